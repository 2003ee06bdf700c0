"""The buckets of files, models, the catalogue, and logs of access."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.config import WrongConfig
from tests.infra.conftest import Template
from tests.infra.reading import of_type, published, statements, tag_names

BUCKET, POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
PRIVATE = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
UPLOADS = {
    "Id": "unfinished-uploads",
    "Status": "Enabled",
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}
OLD = {"Id": "old-versions", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}


def _bucket(template: dict[str, Any], title: str) -> dict[str, Any]:
    return dict(template["Resources"][title]["Properties"])


def _encryption(bucket: dict[str, Any]) -> dict[str, Any]:
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return dict(rule)


def test_there_are_four_buckets(template: Template) -> None:
    buckets = of_type(template("assets"), BUCKET)

    assert {title: body["Properties"]["BucketName"] for title, body in buckets.items()} == {
        "AccessLogsBucket": "movierec-prod-access-logs",
        "AssetsBucket": "movierec-prod-assets",
        "ModelsBucket": "movierec-prod-models",
        "CatalogueBucket": "movierec-prod-catalogue",
    }


@pytest.mark.parametrize("switches", [{}, {"cmk": "off"}, {"data": "import"}], ids=str)
def test_every_bucket_is_private_versioned_and_stays(template: Template, switches: dict[str, str]) -> None:
    for body in of_type(template("assets", **switches), BUCKET).values():
        properties = body["Properties"]
        assert properties["PublicAccessBlockConfiguration"] == PRIVATE
        assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
        assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        assert UPLOADS in properties["LifecycleConfiguration"]["Rules"]
        assert properties["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
        assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Retain", "Retain")
        assert tag_names(properties) == {"Environment", "Project", "Stack", "ManagedBy"}


def test_every_bucket_refuses_what_comes_without_tls(template: Template) -> None:
    found = template("assets")
    policies = of_type(found, POLICY).values()

    assert {body["Properties"]["Bucket"]["Ref"] for body in policies} == set(of_type(found, BUCKET))
    for body in policies:
        arn = {"Fn::GetAtt": [body["Properties"]["Bucket"]["Ref"], "Arn"]}
        assert statements(body["Properties"]["PolicyDocument"])["OnlyTls"] == {
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, {"Fn::Join": ["", [arn, "/*"]]}],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }


def test_a_key_of_ours_seals_all_but_the_logs_where_cmk_is_on(template: Template) -> None:
    found = template("assets", cmk="on")
    ours = {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Ref": "SecurityKeyArn"}},
        "BucketKeyEnabled": True,
    }

    assert {title: _encryption(_bucket(found, title)) == ours for title in of_type(found, BUCKET)} == {
        "AccessLogsBucket": False,
        "AssetsBucket": True,
        "ModelsBucket": True,
        "CatalogueBucket": True,
    }
    assert found["Parameters"]["SecurityKeyArn"]["Default"] == "/movierec/prod/security/key-arn"


def test_keys_of_s3_seal_where_cmk_is_off(template: Template) -> None:
    found = template("assets", cmk="off")

    for title in of_type(found, BUCKET):
        assert _encryption(_bucket(found, title)) == {
            "ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
            "BucketKeyEnabled": False,
        }
    assert "Parameters" not in found


def test_files_are_archived_after_90_days_and_stay_readable(template: Template) -> None:
    assert _bucket(template("assets"), "AssetsBucket")["LifecycleConfiguration"]["Rules"] == [
        {
            "Id": "archive",
            "Status": "Enabled",
            "Transitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 90}],
        },
        OLD,
        UPLOADS,
    ]


@pytest.mark.parametrize("title", ["ModelsBucket", "CatalogueBucket"])
def test_what_a_newer_model_or_catalogue_replaced_goes_after_30_days(template: Template, title: str) -> None:
    assert _bucket(template("assets"), title)["LifecycleConfiguration"]["Rules"] == [OLD, UPLOADS]


def test_browsers_of_the_environments_origins_may_upload_and_read(template: Template) -> None:
    assert _bucket(template("assets"), "AssetsBucket")["CorsConfiguration"] == {
        "CorsRules": [
            {
                "AllowedHeaders": ["*"],
                "AllowedMethods": ["GET", "PUT", "POST", "DELETE", "HEAD"],
                "AllowedOrigins": [
                    "https://www.movierec.net",
                    "https://movierec.net",
                    "http://localhost:3000",
                    "http://localhost:8080",
                    "http://127.0.0.1:3000",
                ],
                "ExposedHeaders": ["ETag", "x-amz-request-id"],
                "MaxAge": 3000,
            }
        ]
    }


def test_the_layout_is_published(template: Template) -> None:
    assert json.loads(published(template("assets"))["/movierec/prod/assets/layout"]) == {
        "user": ["users/{id}/audio/", "users/{id}/image/", "users/{id}/video/", "users/{id}/brand_kit/"],
        "project": [
            "users/{id}/projects/{projectId}/audio/",
            "users/{id}/projects/{projectId}/video/",
            "users/{id}/projects/{projectId}/frame/",
            "users/{id}/projects/{projectId}/image/",
        ],
    }


def test_the_names_of_the_buckets_are_published(template: Template) -> None:
    values = published(template("assets"))

    assert {name: value for name, value in values.items() if name.endswith("-name")} == {
        "/movierec/prod/assets/assets-bucket-name": {"Ref": "AssetsBucket"},
        "/movierec/prod/assets/models-bucket-name": {"Ref": "ModelsBucket"},
        "/movierec/prod/assets/catalogue-bucket-name": {"Ref": "CatalogueBucket"},
    }


def test_access_is_logged_into_a_bucket_that_forgets_after_90_days(template: Template) -> None:
    found = template("assets")

    for title, purpose in (("AssetsBucket", "assets"), ("ModelsBucket", "models"), ("CatalogueBucket", "catalogue")):
        assert _bucket(found, title)["LoggingConfiguration"] == {
            "DestinationBucketName": "movierec-prod-access-logs",
            "LogFilePrefix": f"movierec-prod-{purpose}/",
        }
        assert found["Resources"][title]["DependsOn"] == "AccessLogsBucketPolicy"
    logs = _bucket(found, "AccessLogsBucket")
    assert "LoggingConfiguration" not in logs
    assert logs["LifecycleConfiguration"]["Rules"] == [
        {
            "Id": "expiry",
            "Status": "Enabled",
            "ExpirationInDays": 90,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        },
        UPLOADS,
    ]


def test_only_buckets_of_this_environment_log_there(template: Template) -> None:
    policy = template("assets")["Resources"]["AccessLogsBucketPolicy"]["Properties"]["PolicyDocument"]

    assert set(statements(policy)) == {"OnlyTls", "LogsOfBuckets"}
    assert statements(policy)["LogsOfBuckets"] == {
        "Sid": "LogsOfBuckets",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": {"Fn::Sub": "arn:${AWS::Partition}:s3:::movierec-prod-access-logs/*"},
        "Condition": {
            "ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:s3:::movierec-prod-*"}},
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        },
    }


def test_private_media_are_open_to_nobody(template: Template) -> None:
    policy = template("assets", env="dev")["Resources"]["AssetsBucketPolicy"]["Properties"]["PolicyDocument"]

    assert set(statements(policy)) == {"OnlyTls"}


@pytest.mark.parametrize("cmk", ["on", "off"])
def test_public_media_are_what_is_below_users_by_policy_alone(template: Template, cmk: str) -> None:
    found = template("assets", env="dev", media="public", cmk=cmk)
    bucket = _bucket(found, "AssetsBucket")
    policy = statements(found["Resources"]["AssetsBucketPolicy"]["Properties"]["PolicyDocument"])

    assert set(policy) == {"OnlyTls", "PublicReads"}
    assert policy["PublicReads"] == {
        "Sid": "PublicReads",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": "arn:${AWS::Partition}:s3:::movierec-dev-assets/users/*"},
    }
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": False,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": False,
    }
    # Readers without credentials could open nothing that a key of KMS seals.
    assert _encryption(bucket)["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    others = set(of_type(found, BUCKET)) - {"AssetsBucket"}
    assert all(_bucket(found, title)["PublicAccessBlockConfiguration"] == PRIVATE for title in others)


def test_media_of_prod_are_never_public(template: Template) -> None:
    with pytest.raises(WrongConfig, match="media is public; in prod it must be private"):
        template("assets", media="public")
