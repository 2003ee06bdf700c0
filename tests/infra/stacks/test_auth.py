"""People and secrets: the pool and its clients as the application asks for them, the secrets, and who turns them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.infra.conftest import Template
from tests.infra.reading import of_type, only, published, statements, tag_names

POOL = "AWS::Cognito::UserPool"
CLIENT = "AWS::Cognito::UserPoolClient"
SECRET = "AWS::SecretsManager::Secret"
OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"


def client(template: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][f"{name}Client"]["Properties"]
    return found


class TestPool:
    def test_people_sign_in_by_an_address_that_was_verified(self, template: Template) -> None:
        pool = only(template("auth"), POOL)
        assert pool["UsernameAttributes"] == ["email"]
        assert pool["AutoVerifiedAttributes"] == ["email"]
        assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
        assert pool["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": ["email"]}
        assert pool["Schema"] == [
            {"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True},
        ]

    def test_a_password_has_eight_characters_of_four_classes(self, template: Template) -> None:
        policy = only(template("auth"), POOL)["Policies"]["PasswordPolicy"]
        assert policy == {
            "MinimumLength": 8,
            "RequireLowercase": True,
            "RequireUppercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "TemporaryPasswordValidityDays": 1,
        }

    def test_a_second_factor_by_app_is_everybodys_choice(self, template: Template) -> None:
        pool = only(template("auth"), POOL)
        assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"])

    def test_people_sign_up_by_themselves_and_recover_by_mail_only(self, template: Template) -> None:
        pool = only(template("auth"), POOL)
        assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False}
        recovery = pool["AccountRecoverySetting"]["RecoveryMechanisms"]
        assert recovery == [{"Name": "verified_email", "Priority": 1}]

    def test_codes_are_what_is_mailed(self, template: Template) -> None:
        pool = only(template("auth"), POOL)
        mail = pool["VerificationMessageTemplate"]
        assert mail["DefaultEmailOption"] == "CONFIRM_WITH_CODE"
        assert "{####}" in mail["EmailMessage"]
        assert pool["EmailConfiguration"] == {"EmailSendingAccount": "COGNITO_DEFAULT"}

    @pytest.mark.parametrize("env", ["dev", "staging", "prod"])
    def test_codes_by_ses_come_from_the_address_of_all_other_mail(self, template: Template, env: str) -> None:
        pool = only(template("auth", env, pool_mail="ses"), POOL)
        assert pool["EmailConfiguration"] == {
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": {
                "Fn::Sub": "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/movierec.net"
            },
            "From": "MovieRec <no-reply@movierec.net>",
        }

    def test_codes_by_ses_from_a_bare_address(self, template: Template) -> None:
        pool = only(template("auth", pool_mail="ses", mail_from="codes@mail.example.org"), POOL)
        assert pool["EmailConfiguration"]["From"] == "codes@mail.example.org"
        assert pool["EmailConfiguration"]["SourceArn"]["Fn::Sub"].endswith(":identity/mail.example.org")

    def test_an_imported_pool_mails_as_it_does(self, template: Template) -> None:
        assert template("auth", auth="import", pool_mail="ses") == template("auth", auth="import")

    def test_the_plan_is_the_one_without_a_price_for_what_is_not_used(self, template: Template) -> None:
        pool = only(template("auth"), POOL)
        assert pool["UserPoolTier"] == "LITE"
        assert "UserPoolAddOns" not in pool

    @pytest.mark.parametrize(("env", "protection"), [("dev", "INACTIVE"), ("staging", "ACTIVE"), ("prod", "ACTIVE")])
    def test_it_stays(self, template: Template, env: str, protection: str) -> None:
        made = template("auth", env=env)
        assert only(made, POOL)["DeletionProtection"] == protection
        whole = made["Resources"]["UserPool"]
        assert (whole["DeletionPolicy"], whole["UpdateReplacePolicy"]) == ("Retain", "Retain")

    def test_groups_of_staff(self, template: Template) -> None:
        groups = of_type(template("auth"), "AWS::Cognito::UserPoolGroup").values()
        assert [(group["Properties"]["GroupName"], group["Properties"]["Precedence"]) for group in groups] == [
            ("ops", 0),
            ("support", 10),
        ]

    def test_its_own_pages_have_an_address_that_no_other_account_takes(self, template: Template) -> None:
        domain = only(template("auth"), "AWS::Cognito::UserPoolDomain")
        assert domain == {"UserPoolId": {"Ref": "UserPool"}, "Domain": {"Fn::Sub": "movierec-prod-${AWS::AccountId}"}}


class TestClients:
    @pytest.mark.parametrize("name", ["Web", "Api"])
    def test_tokens_live_as_long_as_the_application_says(self, template: Template, name: str) -> None:
        found = client(template("auth"), name)
        assert found["TokenValidityUnits"] == {"AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days"}
        assert found["AccessTokenValidity"] * 3600 == settings.ACCESS_TOKEN_SECONDS == 3600
        assert found["IdTokenValidity"] == 1
        assert found["RefreshTokenValidity"] * 24 * 3600 == settings.REFRESH_TOKEN_SECONDS == 30 * 24 * 3600
        assert found["AuthSessionValidity"] * 60 == settings.CHALLENGE_SECONDS
        assert found["EnableTokenRevocation"] is True

    @pytest.mark.parametrize("name", ["Web", "Api"])
    def test_sign_ins_by_password_tell_nothing_about_who_has_an_account(self, template: Template, name: str) -> None:
        found = client(template("auth"), name)
        assert found["GenerateSecret"] is False
        assert found["PreventUserExistenceErrors"] == "ENABLED"
        assert found["ExplicitAuthFlows"] == [
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ]
        assert (found["ReadAttributes"], found["WriteAttributes"]) == (["email", "email_verified"], ["email"])

    def test_browsers_sign_in_by_code_and_come_back_to_the_site(self, template: Template) -> None:
        found = client(template("auth"), "Web")
        urls = ["https://movierec.net/", "http://localhost:3000/"]
        assert found["CallbackURLs"] == [*urls, "https://movierec.net/ops/signin/callback"]
        assert found["LogoutURLs"] == [*urls, "https://movierec.net/ops/signin"]
        assert found["AllowedOAuthFlowsUserPoolClient"] is True
        assert found["AllowedOAuthFlows"] == ["code"]
        assert found["AllowedOAuthScopes"] == ["openid", "email", "profile", "aws.cognito.signin.user.admin"]
        assert found["SupportedIdentityProviders"] == ["COGNITO"]

    def test_staff_come_back_to_where_pages_are(self, template: Template) -> None:
        found = client(template("auth", hosting="spa"), "Web")
        assert found["CallbackURLs"][-1] == "https://api.movierec.net/ops/signin/callback"
        assert client(template("auth", env="dev"), "Web")["CallbackURLs"] == ["http://localhost:3000/"]

    def test_programs_do_not_come_through_browsers(self, template: Template) -> None:
        found = client(template("auth"), "Api")
        assert not {"AllowedOAuthFlows", "CallbackURLs", "LogoutURLs"} & set(found)

    def test_there_are_these_two(self, template: Template) -> None:
        names = [body["Properties"]["ClientName"] for body in of_type(template("auth"), CLIENT).values()]
        assert names == ["movierec-prod-web", "movierec-prod-api"]


class TestPublished:
    def test_with_a_pool_of_our_own(self, template: Template) -> None:
        made = template("auth")
        values = published(made)
        assert values["/movierec/prod/auth/user-pool-id"] == {"Ref": "UserPool"}
        host = "movierec-prod-${AWS::AccountId}.auth.${AWS::Region}.amazoncognito.com"
        assert values["/movierec/prod/auth/sign-in-host"] == {"Fn::Sub": host}
        assert values["/movierec/prod/auth/user-pool-arn"] == {"Fn::GetAtt": ["UserPool", "Arn"]}
        assert values["/movierec/prod/auth/user-pool-client-id"] == {"Ref": "WebClient"}
        assert values["/movierec/prod/auth/api-client-id"] == {"Ref": "ApiClient"}
        assert values["/movierec/prod/auth/signing-secret-arn"] == {"Fn::GetAtt": ["SigningSecret", "Id"]}
        exported = {body["Export"]["Name"]: body["Value"] for body in made["Outputs"].values() if "Export" in body}
        assert exported == {
            "MovieRecUserPoolId": {"Ref": "UserPool"},
            "MovieRecUserPoolClientId": {"Ref": "WebClient"},
        }

    def test_an_imported_pool_is_published_alike(self, template: Template) -> None:
        made, created = template("auth", auth="import", user_pool_host="auth.movierec.net"), template("auth")
        assert list(published(made)) == list(published(created))
        assert list(made["Outputs"]) == list(created["Outputs"])
        values = published(made)
        assert values["/movierec/prod/auth/user-pool-id"] == "eu-north-1_x2FwI0mFK"
        assert values["/movierec/prod/auth/user-pool-client-id"] == "4gob38of1s9tu7h9ciik5unjrl"
        assert values["/movierec/prod/auth/api-client-id"] == "4gob38of1s9tu7h9ciik5unjrl"
        assert values["/movierec/prod/auth/sign-in-host"] == "auth.movierec.net"
        assert "/movierec/prod/auth/sign-in-host" not in published(template("auth", auth="import"))
        assert values["/movierec/prod/auth/sign-in-host"] == "auth.movierec.net"
        assert "/movierec/prod/auth/sign-in-host" not in published(template("auth", auth="import"))
        assert values["/movierec/prod/auth/user-pool-arn"] == {
            "Fn::Sub": "arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}"
            ":userpool/eu-north-1_x2FwI0mFK"
        }
        assert made["Outputs"]["UserPoolId"]["Export"] == {"Name": "MovieRecUserPoolId"}

    def test_an_imported_pool_is_left_alone(self, template: Template) -> None:
        kinds = {body["Type"] for body in template("auth", auth="import")["Resources"].values()}
        assert not {kind for kind in kinds if kind.startswith("AWS::Cognito::")}

    @pytest.mark.parametrize("hosting", ["spa", "amplify"])
    def test_without_cloudfront_before_it_the_application_needs_no_word_of_it(
        self, template: Template, hosting: str
    ) -> None:
        made = template("auth", hosting=hosting)
        assert list(of_type(made, SECRET)) == ["TmdbSecret", "SigningSecret"]
        assert "/movierec/prod/auth/origin-secret-arn" not in published(made)


class TestSecrets:
    def test_their_names_and_what_is_in_them(self, template: Template) -> None:
        made = {body["Properties"]["Name"]: body["Properties"] for body in of_type(template("auth"), SECRET).values()}
        assert list(made) == ["movierec/prod/tmdb", "movierec/prod/origin", "movierec/prod/signing"]
        assert json.loads(made["movierec/prod/tmdb"]["SecretString"]) == {"TMDB_API_KEY": ""}
        generated = {"PasswordLength": 64, "ExcludePunctuation": True}
        assert made["movierec/prod/origin"]["GenerateSecretString"] == generated
        assert made["movierec/prod/signing"]["Description"].startswith("The JWT/signing secret: ")
        assert made["movierec/prod/signing"]["GenerateSecretString"] == {
            **generated,
            "GenerateStringKey": "SECRET_KEY",
            "SecretStringTemplate": '{"SECRET_KEY_FALLBACKS": ""}',
        }

    def test_each_is_sealed_and_stays(self, template: Template) -> None:
        for secret in of_type(template("auth"), SECRET).values():
            assert secret["Properties"]["KmsKeyId"] == {"Ref": "SecurityKeyArn"}
            assert (secret["DeletionPolicy"], secret["UpdateReplacePolicy"]) == ("Retain", "Retain")

    def test_only_what_cannot_be_had_again_is_copied_to_the_second_region(self, template: Template) -> None:
        made = {body["Properties"]["Name"]: body["Properties"] for body in of_type(template("auth"), SECRET).values()}
        copied = {name: found["ReplicaRegions"] for name, found in made.items() if "ReplicaRegions" in found}

        assert copied == {"movierec/prod/signing": [{"Region": "eu-west-1"}]}

    def test_without_keys_of_our_own_those_of_aws_seal_them(self, template: Template) -> None:
        for secret in of_type(template("auth", cmk="off"), SECRET).values():
            assert "KmsKeyId" not in secret["Properties"]

    def test_nothing_secret_is_published(self, template: Template) -> None:
        assert "resolve:secretsmanager" not in json.dumps(template("auth"))


class TestRotation:
    def test_the_signing_secret_gets_another_key_every_thirty_days(self, template: Template) -> None:
        made = template("auth")
        assert only(made, "AWS::SecretsManager::RotationSchedule") == {
            "SecretId": {"Fn::GetAtt": ["SigningSecret", "Id"]},
            "RotationLambdaARN": {"Fn::GetAtt": ["Rotation", "Arn"]},
            "RotationRules": {"AutomaticallyAfterDays": 30},
            "RotateImmediatelyOnUpdate": True,
        }
        assert made["Resources"]["SigningRotation"]["DependsOn"] == ["RotationPermission"]

    def test_only_secrets_manager_calls_it_and_for_this_secret_only(self, template: Template) -> None:
        assert only(template("auth"), "AWS::Lambda::Permission") == {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "Rotation"},
            "Principal": "secretsmanager.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": ["SigningSecret", "Id"]},
        }

    def test_the_function(self, template: Template) -> None:
        made = template("auth")
        function = only(made, "AWS::Lambda::Function")
        assert function["FunctionName"] == "movierec-prod-rotation"
        assert (function["Timeout"], function["MemorySize"]) == (30, 256)
        assert function["Role"] == {"Fn::GetAtt": ["FunctionRole", "Arn"]}
        assert function["DeadLetterConfig"] == {"TargetArn": {"Fn::GetAtt": ["RotationFailures", "Arn"]}}
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert "Environment" not in function
        assert only(made, "AWS::Logs::LogGroup") == {
            "LogGroupName": "/aws/lambda/movierec-prod-rotation",
            "RetentionInDays": 7,
            "KmsKeyId": {"Ref": "SecurityKeyArn"},
            "Tags": only(made, "AWS::Logs::LogGroup")["Tags"],
        }

    def test_tracing_off(self, template: Template) -> None:
        made = template("auth", env="dev")
        assert "TracingConfig" not in only(made, "AWS::Lambda::Function")
        assert "xray:" not in json.dumps(made)

    def test_its_role_reaches_that_secret_only(self, template: Template) -> None:
        role = only(template("auth"), "AWS::IAM::Role")
        assert role["RoleName"] == "movierec-prod-rotation"
        assert role["AssumeRolePolicyDocument"]["Statement"] == [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ]
        (policy,) = role["Policies"]
        rights = statements(policy["PolicyDocument"])
        assert set(rights) == {"Logs", "Secret", "Failures", "Traces", "Key"}
        assert rights["Secret"] == {
            "Sid": "Secret",
            "Effect": "Allow",
            "Action": [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            "Resource": [
                {
                    "Fn::Sub": "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}"
                    ":secret:movierec/prod/signing-??????"
                }
            ],
        }
        assert rights["Failures"]["Resource"] == [{"Fn::GetAtt": ["RotationFailures", "Arn"]}]


class TestSharedRole:
    def test_the_one_role_of_all_functions_stands_here(self, template: Template) -> None:
        role = only(template("auth", roles="shared"), "AWS::IAM::Role")
        assert role["RoleName"] == "movierec-prod-function"
        assert [policy["PolicyName"] for policy in role["Policies"]] == ["rotation", "app", "jobs"]

    def test_it_may_do_what_the_separate_ones_may(self, template: Template) -> None:
        shared = {
            policy["PolicyName"]: policy["PolicyDocument"]
            for policy in only(template("auth", roles="shared"), "AWS::IAM::Role")["Policies"]
        }
        separate = {"rotation": only(template("auth"), "AWS::IAM::Role")["Policies"][0]["PolicyDocument"]}
        compute = template("compute")["Resources"]
        for name, title in (("app", "AppRole"), ("jobs", "JobsRole")):
            separate[name] = compute[title]["Properties"]["Policies"][0]["PolicyDocument"]
        # What both may do stands with the first of them alone.
        alike = separate["app"]["Statement"]
        separate["jobs"]["Statement"] = [each for each in separate["jobs"]["Statement"] if each not in alike]
        # There the pool's ARN comes by a parameter, here it is of the same template.
        text = json.dumps(separate).replace('{"Ref": "AuthUserPoolArn"}', '{"Fn::GetAtt": ["UserPool", "Arn"]}')
        assert shared == json.loads(text)

    def test_lambda_may_keep_with_it_what_failed(self, template: Template) -> None:
        role = only(template("auth", roles="shared"), "AWS::IAM::Role")
        policies = {policy["PolicyName"]: statements(policy["PolicyDocument"]) for policy in role["Policies"]}
        # The alias of the jobs sends there, whose queue is made later, and the rotation to a queue of this stack.
        queue = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:movierec-prod-dead-letters"
        sends = {"Sid": "Failures", "Effect": "Allow", "Action": ["sqs:SendMessage"]}
        assert policies["jobs"]["Failures"] == {**sends, "Resource": [{"Fn::Sub": queue}]}
        assert policies["rotation"]["Failures"] == {
            **sends,
            "Resource": [{"Fn::GetAtt": ["RotationFailures", "Arn"]}],
        }
        letters = template("compute", roles="shared")["Resources"]["DeadLetters"]["Properties"]
        assert queue.endswith(f":{letters['QueueName']}")
        # Both queues are sealed by the environment's key, which the sender uses.
        for name in ("app", "rotation"):
            assert policies[name]["Key"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
            services = policies[name]["Key"]["Condition"]["StringEquals"]["kms:ViaService"]
            assert {"Fn::Sub": "sqs.${AWS::Region}.amazonaws.com"} in services

    def test_its_policies_fit_into_a_role(self, template: Template) -> None:
        role = only(template("auth", roles="shared"), "AWS::IAM::Role")
        documents = [
            json.dumps(policy["PolicyDocument"], separators=(",", ":"))
            .replace("${AWS::Partition}", "aws")
            .replace("${AWS::Region}", "eu-north-1")
            .replace("${AWS::AccountId}", "123456789012")
            for policy in role["Policies"]
        ]
        # IAM's limit for all inline policies of a role; a reference is shorter than what it stands for.
        references = sum(len(re.findall(r'"(Ref|Fn::GetAtt)"', text)) for text in documents)
        assert sum(map(len, documents)) + references * 60 < 10_240

    def test_an_imported_pool(self, template: Template) -> None:
        role = only(template("auth", roles="shared", auth="import"), "AWS::IAM::Role")
        users = statements(role["Policies"][1]["PolicyDocument"])["Users"]
        assert "userpool/eu-north-1_x2FwI0mFK" in json.dumps(users["Resource"])


def test_the_queue_of_rotations_that_failed(template: Template) -> None:
    queue = only(template("auth"), "AWS::SQS::Queue")
    assert queue["QueueName"] == "movierec-prod-rotation-failures"
    assert queue["KmsMasterKeyId"] == {"Ref": "SecurityKeyArn"}
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    (denied,) = only(template("auth"), "AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
    assert (denied["Effect"], denied["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    plain = only(template("auth", cmk="off"), "AWS::SQS::Queue")
    assert plain["SqsManagedSseEnabled"] is True
    assert "KmsMasterKeyId" not in plain


def test_everything_that_can_be_is_tagged(template: Template) -> None:
    made = template("auth")
    pool = only(made, POOL)
    assert set(pool["UserPoolTags"]) == {"Environment", "Project", "Stack", "ManagedBy"}
    for kind in (SECRET, "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::SQS::Queue", "AWS::Logs::LogGroup"):
        for body in of_type(made, kind).values():
            assert tag_names(body["Properties"]) == {"Environment", "Project", "Stack", "ManagedBy"}


def test_the_rights_on_the_pool_are_those_that_the_documents_name(template: Template) -> None:
    written = set(re.findall(r"`(cognito-idp:\w+)`", OPERATIONS.read_text(encoding="utf-8")))
    given = set(re.findall(r"cognito-idp:[A-Z]\w+", json.dumps(template("compute"))))
    assert given == written
