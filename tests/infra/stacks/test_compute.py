"""What stands around the functions: logs, the bucket of packages, roles, schedules, and releases in two steps."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra import environments, graph
from infra.config import LOG_DAYS
from infra.declared import functions, tables
from infra.declared.jobs import JOBS
from movierec.audit.rows import PREFIX
from tests.infra.conftest import Template
from tests.infra.reading import of_type, only, published, statements

ROLE = "AWS::IAM::Role"
HERE = "${AWS::Region}:${AWS::AccountId}"


def sub(service: str, resource: str, where: str = HERE) -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:{where}:{resource}"}


def s3(path: str) -> dict[str, str]:
    return sub("s3", path, where=":")


APP_ALIAS = sub("lambda", "function:movierec-prod:live")
JOBS_ALIAS = sub("lambda", "function:movierec-prod-jobs:live")
LETTERS = {"Fn::GetAtt": ["DeadLetters", "Arn"]}


def rights(template: dict[str, Any], title: str) -> dict[str, dict[str, Any]]:
    """The statements of a role's one policy, by their Sid."""
    (policy,) = template["Resources"][title]["Properties"]["Policies"]
    return statements(policy["PolicyDocument"])


def trusted(template: dict[str, Any], title: str) -> dict[str, Any]:
    (taking,) = template["Resources"][title]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert taking["Action"] == "sts:AssumeRole"
    found: dict[str, Any] = taking
    return found


class TestLogs:
    def test_both_functions_have_a_group_that_forgets(self, template: Template) -> None:
        made = template("compute")
        groups = of_type(made, "AWS::Logs::LogGroup").values()
        assert {group["Properties"]["LogGroupName"]: group["Properties"]["RetentionInDays"] for group in groups} == {
            "/aws/lambda/movierec-prod": {"Ref": "LogDays"},
            "/aws/lambda/movierec-prod-jobs": {"Ref": "LogDays"},
        }
        days = made["Parameters"]["LogDays"]
        assert (days["Type"], days["Default"], days["AllowedValues"]) == ("Number", 7, list(LOG_DAYS))
        assert all(group["Properties"]["KmsKeyId"] == {"Ref": "SecurityKeyArn"} for group in groups)

    def test_the_days_are_the_environments(self, template: Template) -> None:
        made = template("compute", log_days="30", cmk="off")
        groups = of_type(made, "AWS::Logs::LogGroup").values()
        assert made["Parameters"]["LogDays"]["Default"] == 30
        assert all("KmsKeyId" not in group["Properties"] for group in groups)


class TestDeploymentBucket:
    def test_it_is_private_sealed_and_versioned(self, template: Template) -> None:
        bucket = only(template("compute"), "AWS::S3::Bucket")
        assert bucket["BucketName"] == "movierec-prod-deployment"
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {
            "SSEAlgorithm": "aws:kms",
            "KMSMasterKeyID": {"Ref": "SecurityKeyArn"},
        }
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}

    def test_old_packages_go(self, template: Template) -> None:
        rules = only(template("compute"), "AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
        assert {"NoncurrentDays": 30} in [rule.get("NoncurrentVersionExpiration") for rule in rules]

    def test_nobody_comes_without_tls(self, template: Template) -> None:
        policy = only(template("compute"), "AWS::S3::BucketPolicy")["PolicyDocument"]
        (denied,) = [statement for statement in policy["Statement"] if statement["Effect"] == "Deny"]
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    def test_it_goes_with_its_stack_and_is_published(self, template: Template) -> None:
        made = template("compute")
        assert made["Resources"]["DeploymentBucket"]["DeletionPolicy"] == "Delete"
        assert published(made)["/movierec/prod/compute/deployment-bucket-name"] == {"Ref": "DeploymentBucket"}


class TestAppRole:
    def test_lambda_alone_takes_it_on(self, template: Template) -> None:
        made = template("compute")
        assert made["Resources"]["AppRole"]["Properties"]["RoleName"] == "movierec-prod-app"
        assert trusted(made, "AppRole")["Principal"] == {"Service": "lambda.amazonaws.com"}

    def test_rows_of_its_own_tables_and_no_scan(self, template: Template) -> None:
        found = rights(template("compute"), "AppRole")
        assert found["Rows"]["Action"] == [
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        ]
        assert found["Rows"]["Resource"] == [
            sub("dynamodb", f"table/{name}")
            for name in ("UserPreferences", "MovieRecCache", "Favourites", "Watchlist", "movierec-prod-data-table")
        ]
        assert found["Indexes"]["Action"] == ["dynamodb:Query"]
        assert found["Indexes"]["Resource"] == [
            sub("dynamodb", "table/MovieRecCache/index/genre-index"),
            sub("dynamodb", "table/Favourites/index/addedAt-index"),
            sub("dynamodb", "table/Watchlist/index/addedAt-index"),
        ]
        assert "dynamodb:Scan" not in json.dumps(found)

    @pytest.mark.parametrize("role", ["AppRole", "JobsRole"])
    def test_the_audit_is_added_to_and_never_changed(self, template: Template, role: str) -> None:
        assert rights(template("compute"), role)["Audit"] == {
            "Sid": "Audit",
            "Effect": "Deny",
            "Action": [
                "dynamodb:BatchWriteItem",
                "dynamodb:DeleteItem",
                "dynamodb:PartiQLDelete",
                "dynamodb:PartiQLUpdate",
                "dynamodb:UpdateItem",
            ],
            "Resource": [sub("dynamodb", "table/movierec-prod-data-table")],
            "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["AUDIT#*"]}},
        }
        assert PREFIX == "AUDIT#"

    def test_what_staff_do_in_the_admin(self, template: Template) -> None:
        found = rights(template("compute"), "AppRole")
        assert found["Staff"]["Action"] == [
            "cognito-idp:AdminAddUserToGroup",
            "cognito-idp:AdminConfirmSignUp",
            "cognito-idp:AdminDisableUser",
            "cognito-idp:AdminEnableUser",
            "cognito-idp:AdminListGroupsForUser",
            "cognito-idp:AdminRemoveUserFromGroup",
            "cognito-idp:AdminResetUserPassword",
            "cognito-idp:AdminUpdateUserAttributes",
            "cognito-idp:ListUsers",
            "cognito-idp:ListUsersInGroup",
        ]
        assert found["Staff"]["Resource"] == [{"Ref": "AuthUserPoolArn"}]
        assert found["StartJobs"]["Action"] == ["lambda:InvokeFunction"]
        assert found["StartJobs"]["Resource"] == [sub("lambda", "function:movierec-prod-jobs:live")]
        assert found["ChooseModel"]["Action"] == ["s3:PutObject"]
        assert found["ChooseModel"]["Resource"] == [s3("movierec-prod-models/current.json")]

    def test_files_of_people_and_no_listing_of_others(self, template: Template) -> None:
        found = rights(template("compute"), "AppRole")
        assert found["Files"]["Action"] == ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
        assert found["Files"]["Resource"] == [s3("movierec-prod-assets/users/*")]
        assert found["FilesList"] == {
            "Sid": "FilesList",
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [s3("movierec-prod-assets")],
            "Condition": {"StringLike": {"s3:prefix": "users/*"}},
        }

    def test_models_and_the_catalogue_are_read(self, template: Template) -> None:
        found = rights(template("compute"), "AppRole")
        assert found["Published"]["Action"] == ["s3:GetObject"]
        assert found["Published"]["Resource"] == [s3("movierec-prod-models/*"), s3("movierec-prod-catalogue/*")]
        assert found["PublishedList"]["Resource"] == [s3("movierec-prod-models"), s3("movierec-prod-catalogue")]
        assert not {"Models", "Catalogue"} & set(found)

    def test_users_of_the_pool_but_not_their_passwords(self, template: Template) -> None:
        users = rights(template("compute"), "AppRole")["Users"]
        assert users["Action"] == [
            "cognito-idp:AdminDeleteUser",
            "cognito-idp:AdminGetUser",
            "cognito-idp:AdminSetUserMFAPreference",
            "cognito-idp:AdminUserGlobalSignOut",
            "cognito-idp:DescribeUserPool",
        ]
        assert users["Resource"] == [{"Ref": "AuthUserPoolArn"}]

    def test_the_secrets_that_it_reads(self, template: Template) -> None:
        found = rights(template("compute"), "AppRole")["Secrets"]
        assert found["Action"] == ["secretsmanager:GetSecretValue"]
        assert found["Resource"] == [
            sub("secretsmanager", f"secret:movierec/prod/{name}-??????") for name in ("signing", "tmdb", "origin")
        ]
        spa = rights(template("compute", hosting="spa"), "AppRole")["Secrets"]
        assert len(spa["Resource"]) == 2

    def test_lines_into_its_own_group(self, template: Template) -> None:
        found = rights(template("compute"), "AppRole")["Logs"]
        assert found["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
        assert found["Resource"] == [sub("logs", "log-group:/aws/lambda/movierec-prod:*")]

    def test_mail_in_the_services_own_name(self, template: Template) -> None:
        found = rights(template("compute"), "AppRole")["Mail"]
        assert found["Action"] == ["ses:SendEmail", "ses:SendRawEmail"]
        assert found["Resource"] == [
            sub("ses", "identity/no-reply@movierec.net"),
            sub("ses", "identity/movierec.net"),
        ]
        assert found["Condition"] == {"StringEquals": {"ses:FromAddress": "no-reply@movierec.net"}}

    def test_a_sender_without_a_name(self, template: Template) -> None:
        found = rights(template("compute", mail_from="post@films.example"), "AppRole")["Mail"]
        assert found["Condition"] == {"StringEquals": {"ses:FromAddress": "post@films.example"}}

    def test_the_key_through_services_only(self, template: Template) -> None:
        found = rights(template("compute"), "AppRole")["Key"]
        assert found["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        assert found["Resource"] == [{"Ref": "SecurityKeyArn"}]
        services = ("dynamodb", "s3", "secretsmanager", "sqs")
        assert found["Condition"] == {
            "StringEquals": {
                "kms:ViaService": [{"Fn::Sub": f"{service}.${{AWS::Region}}.amazonaws.com"} for service in services]
            }
        }
        assert "Key" not in rights(template("compute", cmk="off"), "AppRole")

    def test_traces_where_they_are_on(self, template: Template) -> None:
        found = rights(template("compute"), "AppRole")["Traces"]
        assert found["Action"] == ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        assert "xray:" not in json.dumps(template("compute", tracing="off"))


class TestJobsRole:
    def test_it_may_do_what_requests_may_and_more(self, template: Template) -> None:
        made = template("compute")
        app, jobs = rights(made, "AppRole"), rights(made, "JobsRole")
        of_staff = {"Staff", "StartJobs", "ChooseModel"}
        assert set(app) - set(jobs) == of_staff
        assert set(jobs) - set(app) == {"Scans", "Accounts", "Models", "Catalogue", "Costs", "Failures"}
        alike = set(app) - {"Logs", "Secrets"} - of_staff
        assert {name: jobs[name] for name in alike} == {name: app[name] for name in alike}

    def test_what_is_more(self, template: Template) -> None:
        jobs = rights(template("compute"), "JobsRole")
        assert (jobs["Scans"]["Action"], jobs["Scans"]["Resource"]) == (
            ["dynamodb:Scan"],
            [sub("dynamodb", "table/MovieRecCache")],
        )
        assert jobs["Accounts"]["Action"] == [
            "cognito-idp:AdminAddUserToGroup",
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminSetUserPassword",
        ]
        assert jobs["Costs"]["Action"] == ["budgets:ViewBudget"]
        assert jobs["Costs"]["Resource"] == [
            {"Fn::Sub": "arn:${AWS::Partition}:budgets::${AWS::AccountId}:budget/movierec-prod-monthly"}
        ]
        assert jobs["Models"]["Action"] == ["s3:PutObject", "s3:DeleteObject"]
        assert jobs["Models"]["Resource"] == [s3("movierec-prod-models/*")]
        assert (jobs["Catalogue"]["Action"], jobs["Catalogue"]["Resource"]) == (
            ["s3:PutObject"],
            [s3("movierec-prod-catalogue/*")],
        )
        assert jobs["Failures"]["Resource"] == [sub("sqs", "movierec-prod-dead-letters")]
        assert jobs["Logs"]["Resource"] == [sub("logs", "log-group:/aws/lambda/movierec-prod-jobs:*")]
        assert "origin" not in json.dumps(jobs["Secrets"])


class TestOtherRoles:
    def test_gateways_call_the_version_that_serves(self, template: Template) -> None:
        made = template("compute")
        assert trusted(made, "ApiInvokeRole")["Principal"] == {"Service": "apigateway.amazonaws.com"}
        assert rights(made, "ApiInvokeRole") == {
            "App": {"Sid": "App", "Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [APP_ALIAS]}
        }

    def test_schedules_start_jobs_and_say_what_failed(self, template: Template) -> None:
        made = template("compute")
        taking = trusted(made, "SchedulerRole")
        assert taking["Principal"] == {"Service": "scheduler.amazonaws.com"}
        assert taking["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
        found = rights(made, "SchedulerRole")
        assert (found["Jobs"]["Action"], found["Jobs"]["Resource"]) == (["lambda:InvokeFunction"], [JOBS_ALIAS])
        assert (found["Failures"]["Action"], found["Failures"]["Resource"]) == (["sqs:SendMessage"], [LETTERS])
        assert found["Key"]["Resource"] == [{"Ref": "SecurityKeyArn"}]
        assert "Key" not in rights(template("compute", cmk="off"), "SchedulerRole")

    def test_published(self, template: Template) -> None:
        values = published(template("compute"))
        for name, title in (
            ("app", "AppRole"),
            ("jobs", "JobsRole"),
            ("api-invoke", "ApiInvokeRole"),
            ("scheduler", "SchedulerRole"),
        ):
            assert values[f"/movierec/prod/compute/{name}-role-arn"] == {"Fn::GetAtt": [title, "Arn"]}


class TestSharedRole:
    def test_it_is_made_before_and_published_here(self, template: Template) -> None:
        made = template("compute", roles="shared")
        assert not {"AppRole", "JobsRole"} & set(made["Resources"])
        shared = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/movierec-prod-function"}
        assert published(made)["/movierec/prod/compute/app-role-arn"] == shared
        assert published(made)["/movierec/prod/compute/jobs-role-arn"] == shared

    @pytest.mark.parametrize("env", ["dev", "prod"])
    def test_it_is_the_only_one_of_functions_in_all_templates(self, env: str) -> None:
        config = environments.load(env, ["roles=shared"])
        roles = [
            body["Properties"]
            for part in graph.parts(config)
            for body in of_type(part.build(config).finish().to_dict(), ROLE).values()
        ]
        of_functions = [role["RoleName"] for role in roles if "lambda.amazonaws.com" in json.dumps(role)]
        assert of_functions == [f"movierec-{env}-function"]


class TestSchedules:
    def test_each_job_is_started_when_it_is_declared(self, template: Template) -> None:
        made = of_type(template("compute"), "AWS::Scheduler::Schedule").values()
        assert [
            (
                body["Properties"]["Name"],
                body["Properties"]["ScheduleExpression"],
                body["Properties"]["Target"]["Input"],
            )
            for body in made
        ] == [(job.name, job.cron, job.payload) for job in JOBS]

    def test_the_daily_sync(self, template: Template) -> None:
        made = template("compute")
        assert made["Resources"]["DailySyncSchedule"]["Properties"] == {
            "Name": "daily-sync",
            "GroupName": {"Ref": "ScheduleGroup"},
            "Description": "What is popular and trending at TMDB",
            "ScheduleExpression": "cron(0 8 * * ? *)",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "State": "ENABLED",
            "KmsKeyArn": {"Ref": "SecurityKeyArn"},
            "Target": {
                "Arn": JOBS_ALIAS,
                "RoleArn": {"Fn::GetAtt": ["SchedulerRole", "Arn"]},
                "Input": '{"manage": "sync_media --schedule daily"}',
                "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600},
                "DeadLetterConfig": {"Arn": LETTERS},
            },
        }
        assert only(made, "AWS::Scheduler::ScheduleGroup")["Name"] == "movierec-prod"

    def test_without_a_key(self, template: Template) -> None:
        for body in of_type(template("compute", cmk="off"), "AWS::Scheduler::Schedule").values():
            assert "KmsKeyArn" not in body["Properties"]


class TestDeadLetters:
    def test_the_queue_is_sealed_and_published(self, template: Template) -> None:
        made = template("compute")
        queue = only(made, "AWS::SQS::Queue")
        assert queue["QueueName"] == "movierec-prod-dead-letters"
        assert queue["KmsMasterKeyId"] == {"Ref": "SecurityKeyArn"}
        assert queue["RedriveAllowPolicy"] == {"redrivePermission": "allowAll"}
        values = published(made)
        assert values["/movierec/prod/compute/dead-letter-queue-arn"] == LETTERS
        assert values["/movierec/prod/compute/dead-letter-queue-name"] == {"Fn::GetAtt": ["DeadLetters", "QueueName"]}

    def test_nobody_writes_to_it_without_tls(self, template: Template) -> None:
        policy = only(template("compute"), "AWS::SQS::QueuePolicy")
        assert policy["Queues"] == [{"Ref": "DeadLetters"}]
        assert policy["PolicyDocument"]["Statement"] == [
            {
                "Sid": "OnlyTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": LETTERS,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ]


class TestReleases:
    def test_a_tenth_of_the_requests_comes_first_and_an_alarm_takes_it_back(self, template: Template) -> None:
        made = template("compute")
        application = only(made, "AWS::CodeDeploy::Application")
        assert (application["ApplicationName"], application["ComputePlatform"]) == ("movierec-prod", "Lambda")
        group = only(made, "AWS::CodeDeploy::DeploymentGroup")
        assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
        assert group["DeploymentStyle"] == {
            "DeploymentType": "BLUE_GREEN",
            "DeploymentOption": "WITH_TRAFFIC_CONTROL",
        }
        assert group["AlarmConfiguration"] == {"Enabled": True, "Alarms": [{"Name": {"Ref": "ReleaseErrors"}}]}
        assert group["AutoRollbackConfiguration"] == {
            "Enabled": True,
            "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
        }
        values = published(made)
        assert values["/movierec/prod/compute/release-application"] == {"Ref": "Release"}
        assert values["/movierec/prod/compute/release-group"] == {"Ref": "ReleaseGroup"}

    def test_one_error_in_a_minute_is_enough(self, template: Template) -> None:
        alarm = only(template("compute"), "AWS::CloudWatch::Alarm")
        assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("AWS/Lambda", "Errors", "Sum")
        assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Threshold"]) == (60, 1, 0)
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["Dimensions"] == [
            {"Name": "FunctionName", "Value": "movierec-prod"},
            {"Name": "Resource", "Value": "movierec-prod:live"},
        ]

    def test_its_role_moves_one_alias(self, template: Template) -> None:
        made = template("compute")
        assert trusted(made, "ReleaseRole")["Principal"] == {"Service": "codedeploy.amazonaws.com"}
        found = rights(made, "ReleaseRole")
        assert found["Alias"]["Action"] == ["lambda:GetAlias", "lambda:UpdateAlias"]
        assert found["Alias"]["Resource"] == [sub("lambda", "function:movierec-prod")]
        assert found["Alarm"]["Resource"] == [{"Fn::GetAtt": ["ReleaseErrors", "Arn"]}]

    def test_canary_off(self, template: Template) -> None:
        made = template("compute", canary="off")
        kinds = {body["Type"] for body in made["Resources"].values()}
        assert not {kind for kind in kinds if kind.startswith(("AWS::CodeDeploy::", "AWS::CloudWatch::"))}
        assert not [name for name in published(made) if "release" in name]


class TestRights:
    @pytest.mark.parametrize("roles", ["separate", "shared"])
    @pytest.mark.parametrize("stack", ["auth", "compute"])
    def test_no_service_is_given_whole_and_nobody_gets_a_key_to_carry(
        self, template: Template, stack: str, roles: str
    ) -> None:
        made = template(stack, roles=roles)
        kinds = {body["Type"] for body in made["Resources"].values()}
        assert not {"AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::Group"} & kinds
        for role in of_type(made, ROLE).values():
            assert "ManagedPolicyArns" not in role["Properties"]
            for policy in role["Properties"]["Policies"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    assert not [action for action in statement["Action"] if "*" in action]
                    if statement["Resource"] == ["*"]:
                        assert statement["Sid"] == "Traces"

    def test_tables_of_the_neighbouring_systems_are_out_of_reach(self, template: Template) -> None:
        reached = set(re.findall(r"table/([\w-]+)", json.dumps(template("compute"))))
        config = environments.load("prod")
        own = {table.name_in(config) for table in tables.TABLES if table.key in tables.OWN}
        assert reached == own
        assert not reached & {"Users", "Files", "Licenses", "Usage", "MovieRecEmbeddingCache"}


class TestFunctions:
    def test_time_and_memory(self) -> None:
        config = environments.load("prod")
        assert functions.functions(config) == (
            functions.Function("movierec-prod", "prod", "app", 30, 512),
            functions.Function("movierec-prod-jobs", "prod_jobs", "jobs", 300, 1024),
        )

    def test_memory_is_the_environments(self) -> None:
        config = environments.load("dev", ["app_memory_mb=1024", "jobs_memory_mb=2048"])
        assert [function.memory_mb for function in functions.functions(config)] == [1024, 2048]
