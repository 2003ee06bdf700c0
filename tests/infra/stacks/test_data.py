"""The tables, and their names where they exist already."""

from __future__ import annotations

from typing import Any

import pytest

from infra.declared.tables import TABLES
from tests.infra.conftest import Template
from tests.infra.reading import of_type, published, tag_names

TABLE = "AWS::DynamoDB::Table"
# The names, keys and expiry that the specification lists.
WANTED = {
    "UserPreferences": (["userId"], None),
    "MovieRecCache": (["mediaId", "mediaType"], "expiresAt"),
    "Favourites": (["userId", "movieId"], None),
    "Watchlist": (["userId", "movieId"], None),
    "movierec-prod-data-table": (["pk", "sk"], "expiresAt"),
    "MovieRecEmbeddingCache": (["contentId", "contentType"], "expiresAt"),
    "Users": (["userId"], None),
    "Files": (["userId", "fileId"], None),
    "Licenses": (["licenseKey"], None),
    "Usage": (["userId", "period"], None),
}


def _tables(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {body["Properties"]["TableName"]: body for body in of_type(template, TABLE).values()}


def test_the_tables_are_those_of_the_specification(template: Template) -> None:
    found = {
        name: (
            [key["AttributeName"] for key in body["Properties"]["KeySchema"]],
            body["Properties"].get("TimeToLiveSpecification", {}).get("AttributeName"),
        )
        for name, body in _tables(template("data")).items()
    }

    assert found == WANTED


def test_indexes_hold_all_attributes(template: Template) -> None:
    def index(name: str, *keys: str) -> dict[str, Any]:
        kinds = zip(keys, ("HASH", "RANGE"), strict=False)
        schema = [{"AttributeName": key, "KeyType": kind} for key, kind in kinds]
        return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}}

    found = {
        name: body["Properties"]["GlobalSecondaryIndexes"]
        for name, body in _tables(template("data")).items()
        if "GlobalSecondaryIndexes" in body["Properties"]
    }

    assert found == {
        "MovieRecCache": [index("genre-index", "genre")],
        "Favourites": [index("addedAt-index", "userId", "addedAt")],
        "Watchlist": [index("addedAt-index", "userId", "addedAt")],
    }


@pytest.mark.parametrize("switches", [{}, {"cmk": "off"}, {"capacity": "provisioned"}], ids=str)
def test_every_table_can_go_back_35_days_and_stays(template: Template, switches: dict[str, str]) -> None:
    for body in _tables(template("data", **switches)).values():
        assert body["Properties"]["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": 35,
        }
        assert body["Properties"]["DeletionProtectionEnabled"] is True
        assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Retain", "Retain")
        assert tag_names(body["Properties"]) == {"Environment", "Project", "Stack", "ManagedBy"}


def test_a_key_of_ours_seals_where_cmk_is_on(template: Template) -> None:
    found = template("data", cmk="on")

    for body in _tables(found).values():
        assert body["Properties"]["SSESpecification"] == {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": {"Ref": "SecurityKeyArn"},
        }
    assert found["Parameters"]["SecurityKeyArn"] == {
        "Type": "AWS::SSM::Parameter::Value<String>",
        "Default": "/movierec/prod/security/key-arn",
    }


def test_a_key_of_aws_seals_where_cmk_is_off(template: Template) -> None:
    found = template("data", cmk="off")

    assert {str(body["Properties"]["SSESpecification"]) for body in _tables(found).values()} == {"{'SSEEnabled': True}"}
    assert "Parameters" not in found


def test_on_demand_is_paid_by_the_request(template: Template) -> None:
    found = template("data")

    assert {body["Properties"]["BillingMode"] for body in _tables(found).values()} == {"PAY_PER_REQUEST"}
    assert not any("ProvisionedThroughput" in str(body) for body in _tables(found).values())
    assert not [body for body in found["Resources"].values() if "AutoScaling" in body["Type"]]


def test_provisioned_capacity_is_one_unit_each_for_tables_and_indexes(template: Template) -> None:
    one = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}

    for body in _tables(template("data", capacity="provisioned")).values():
        assert body["Properties"]["BillingMode"] == "PROVISIONED"
        assert body["Properties"]["ProvisionedThroughput"] == one
        for index in body["Properties"].get("GlobalSecondaryIndexes", []):
            assert index["ProvisionedThroughput"] == one


def test_provisioned_capacity_scales_both_ways_for_every_table_and_index(template: Template) -> None:
    found = template("data", capacity="provisioned")
    targets = of_type(found, "AWS::ApplicationAutoScaling::ScalableTarget")

    places = {
        (body["Properties"]["ResourceId"]["Fn::Sub"], body["Properties"]["ScalableDimension"])
        for body in targets.values()
    }
    paths = [(title, "", "table") for title in of_type(found, TABLE)]
    paths += [
        ("CacheTable", "/index/genre-index", "index"),
        ("FavouritesTable", "/index/addedAt-index", "index"),
        ("WatchlistTable", "/index/addedAt-index", "index"),
    ]
    assert places == {
        (f"table/${{{title}}}{path}", f"dynamodb:{kind}:{way}CapacityUnits")
        for title, path, kind in paths
        for way in ("Read", "Write")
    }
    assert len(targets) == 26
    for body in targets.values():
        limits = {name: body["Properties"][name] for name in ("ServiceNamespace", "MinCapacity", "MaxCapacity")}
        assert limits == {"ServiceNamespace": "dynamodb", "MinCapacity": 1, "MaxCapacity": 50}


def test_every_scaling_target_has_a_policy_that_aims_at_70_percent_of_its_own_way(template: Template) -> None:
    found = template("data", capacity="provisioned")
    targets = of_type(found, "AWS::ApplicationAutoScaling::ScalableTarget")
    policies = of_type(found, "AWS::ApplicationAutoScaling::ScalingPolicy").values()

    assert {body["Properties"]["ScalingTargetId"]["Ref"] for body in policies} == set(targets)
    for body in policies:
        dimension = targets[body["Properties"]["ScalingTargetId"]["Ref"]]["Properties"]["ScalableDimension"]
        way = dimension.split(":")[2].removesuffix("CapacityUnits")
        assert body["Properties"]["PolicyType"] == "TargetTrackingScaling"
        assert body["Properties"]["TargetTrackingScalingPolicyConfiguration"] == {
            "TargetValue": 70.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": f"DynamoDB{way}CapacityUtilization"},
        }


def test_imported_tables_are_only_named(template: Template) -> None:
    found = template("data", data="import", capacity="provisioned")

    assert {body["Type"] for body in found["Resources"].values()} == {"AWS::SSM::Parameter"}
    assert published(found)["/movierec/prod/data/data-table-name"] == "movierec-prod-data-table"
    assert published(found)["/movierec/prod/data/favourites-table-arn"] == {
        "Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/Favourites"
    }


@pytest.mark.parametrize("data", ["create", "import"])
def test_names_and_arns_are_published_the_same_whether_made_or_imported(template: Template, data: str) -> None:
    found = template("data", data=data)

    assert set(published(found)) == {
        f"/movierec/prod/data/{table.key}-table-{what}" for table in TABLES for what in ("name", "arn")
    }
    assert len(found["Outputs"]) == 2 * len(WANTED)


def test_names_of_made_tables_are_read_from_the_tables(template: Template) -> None:
    values = published(template("data"))

    assert values["/movierec/prod/data/data-table-name"] == {"Ref": "DataTable"}
    assert values["/movierec/prod/data/data-table-arn"] == {"Fn::GetAtt": ["DataTable", "Arn"]}
