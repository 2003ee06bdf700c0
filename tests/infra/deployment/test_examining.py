"""What doctor finds, on an embedded AWS and without any."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from infra import environments, graph, names
from infra.config import Config
from infra.declared.tables import TABLES
from infra.deployment import deploying
from infra.deployment.aws import Aws
from infra.deployment.checks import account, functions, origin_key, outside, package, standing, taken
from infra.deployment.checks.finding import Check, Finding, Patient, Verdict
from infra.deployment.deploying import Task
from infra.deployment.examining import examine
from tests.infra.deployment import small

RUNBOOK = Path(__file__).parents[3] / "docs" / "runbook.md"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def patient(embedded: Aws) -> Patient:
    """An environment on the embedded AWS of which nothing stands."""
    return Patient(embedded, small.clock())


def verdicts(check: Check, patient: Patient) -> list[tuple[str, str]]:
    return [(found.verdict.value, found.sentence) for found in check(patient)]


def with_config(patient: Patient, **changes: Any) -> Patient:
    return replace(patient, aws=Aws(replace(patient.aws.config, **changes)))


@pytest.mark.embedded
def test_credentials_are_named_and_the_clock_is_compared(patient: Patient) -> None:
    who, clock = account.credentials(patient)

    assert who.verdict is Verdict.OK
    assert who.sentence.endswith("in the account 000000000000.")
    assert clock.verdict is Verdict.OK


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(0, Verdict.OK), (-31, Verdict.WARNING), (299, Verdict.WARNING), (301, Verdict.WRONG)]
)
def test_a_clock_that_is_off(seconds: int, verdict: Verdict) -> None:
    assert account.skew(NOW + timedelta(seconds=seconds), NOW).verdict is verdict


def test_without_credentials_it_says_so_first_and_goes_on(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    found = list(examine(Patient(Aws(config), small.clock())))

    assert found[0].verdict is Verdict.WRONG
    assert found[0].sentence.startswith("There are no credentials for AWS")
    assert {one.sentence for one in found[1:-2] if one.check not in ("Zappa settings", "package")} == {
        "It needs credentials."
    }
    assert found[-1].check == "package"


@pytest.mark.embedded
def test_regions_are_tried_and_another_home_is_named(task: Task, patient: Patient) -> None:
    deploying.deploy(task, small.only("dns"))

    assert [verdict for verdict, _ in verdicts(account.region, patient)] == ["ok", "ok", "ok"]
    moved = verdicts(account.region, with_config(patient, region="eu-central-1"))
    assert moved[-1] == (
        "wrong",
        f"{patient.aws.config.prefix} stands in eu-north-1, and region says eu-central-1.",
    )


@pytest.mark.embedded
def test_a_region_that_is_not_enabled_is_named(patient: Patient) -> None:
    with Stubber(patient.aws.client("sts", "eu-west-1")) as recorded:
        recorded.add_client_error("get_caller_identity", "InvalidClientTokenId")
        assert verdicts(account.region, patient)[-1] == ("wrong", "eu-west-1 is not enabled for this account.")


@pytest.mark.embedded
@pytest.mark.parametrize(("at_once", "verdict"), [(10, "warning"), (1000, "ok")])
def test_few_requests_at_once_are_a_warning(patient: Patient, at_once: int, verdict: str) -> None:
    with (
        Stubber(patient.aws.client("lambda")) as functions,
        Stubber(patient.aws.client("cloudformation")) as formation,
    ):
        functions.add_response("get_account_settings", {"AccountLimit": {"ConcurrentExecutions": at_once}})
        formation.add_response("describe_account_limits", {"AccountLimits": [{"Name": "StackLimit", "Value": 20}]})
        formation.add_response("describe_stacks", {"Stacks": []})
        found = verdicts(account.quotas, patient)

    assert found == [
        (verdict, f"Lambda may run {'only ' if at_once == 10 else ''}{at_once} requests at once."),
        ("ok", "CloudFormation has room for 20 more stacks."),
    ]


@pytest.mark.embedded
def test_a_bucket_of_another_account_is_named(patient: Patient) -> None:
    assert verdicts(taken.buckets, patient) == [("ok", "The names are free, or ours.")]

    with Stubber(patient.aws.client("s3")) as recorded:
        recorded.add_client_error("head_bucket", "403", http_status_code=403)
        for _ in range(5):
            recorded.add_client_error("head_bucket", "404", http_status_code=404)
        assert verdicts(taken.buckets, patient) == [
            ("wrong", f"Another account has {names.bucket(patient.aws.config, 'assets')}.")
        ]


@pytest.mark.embedded
def test_tables_of_no_stack_are_in_the_way_and_those_of_import_must_be_there(patient: Patient) -> None:
    assert verdicts(taken.tables, patient) == [("ok", "No table is in the way.")]
    imported = with_config(patient, data="import")
    assert verdicts(taken.tables, imported)[0][0] == "wrong"

    own = next(table for table in TABLES if table.key == "data").name_in(patient.aws.config)
    patient.aws.client("dynamodb").create_table(
        TableName=own,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    assert verdicts(taken.tables, patient) == [
        ("wrong", f"{own} exist already and belong to no stack of {patient.aws.config.prefix}.")
    ]
    assert own not in verdicts(taken.tables, imported)[0][1]


@pytest.mark.embedded
def test_stacks_and_what_was_changed_by_hand(task: Task, patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdicts(standing.drift, patient) == [("not looked at", "No stack stands yet.")]
    prefix = patient.aws.config.prefix
    assert verdicts(standing.health, patient) == [
        ("not looked at", "budget is left out: the embedded AWS costs nothing."),
        ("warning", "Not deployed: dns, data, compute and api."),
    ]
    monkeypatch.setattr(graph, "PARTS", small.only("dns", "data", "compute"))
    deploying.deploy(task, graph.parts(patient.aws.config))

    assert verdicts(standing.health, patient) == [
        ("ok", f"{prefix}-{name} stands.") for name in ("dns", "data", "compute")
    ]
    sqs = patient.aws.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{prefix}-letters")["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)
    found = verdicts(standing.drift, patient)
    assert found[-1] == ("warning", f"{prefix}-compute was changed by hand: Letters (gone).")


@pytest.mark.embedded
def test_without_a_site_no_zone_and_no_certificate_is_needed(patient: Patient) -> None:
    for check in (outside.zone, outside.certificates):
        assert verdicts(check, patient) == [("ok", "No site is configured, so none is needed.")]


@pytest.mark.embedded
def test_the_zone_of_a_site(patient: Patient) -> None:
    site = f"{patient.aws.config.domain}.net"
    with_site = with_config(patient, site=site)
    assert verdicts(outside.zone, with_site) == [("wrong", f"{site} has no hosted zone in this account.")]

    made = patient.aws.client("route53").create_hosted_zone(Name=site, CallerReference=site)
    identity = made["HostedZone"]["Id"].rpartition("/")[2]
    assert verdicts(outside.zone, with_site) == [("warning", f"{site} has the zone {identity}, not yet given.")]


@pytest.mark.embedded
@pytest.mark.parametrize(("status", "verdict"), [("ISSUED", "ok"), ("PENDING_VALIDATION", "wrong")])
def test_certificates_are_looked_at_where_they_are(
    task: Task, patient: Patient, status: str, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = "arn:aws:acm:us-east-1:000000000000:certificate/one"
    patient.aws.client("ssm", "us-east-1").put_parameter(
        Name=names.parameter_name(patient.aws.config, "dns", "site-certificate-arn"), Value=arn, Type="String"
    )
    with_site = with_config(patient, site="example.net")
    with Stubber(with_site.aws.client("acm", "us-east-1")) as recorded:
        body = {"DomainName": "example.net", "Status": status}
        recorded.add_response("describe_certificate", {"Certificate": body}, {"CertificateArn": arn})
        found = verdicts(outside.certificates, with_site)

    says = "is issued" if status == "ISSUED" else "is PENDING_VALIDATION"
    assert found == [(verdict, f"That of example.net {says}.")]


@pytest.mark.embedded
def test_mail_that_nobody_verified_and_the_sandbox(patient: Patient) -> None:
    ses = patient.aws.client("sesv2")
    with Stubber(ses) as recorded:
        recorded.add_client_error("get_email_identity", "NotFoundException")
        recorded.add_client_error("get_email_identity", "NotFoundException")
        recorded.add_response("get_account", {"ProductionAccessEnabled": False})
        assert verdicts(outside.mail, patient) == [
            ("wrong", "SES may not send as no-reply@movierec.net."),
            ("warning", "SES is in its sandbox and sends to verified addresses only."),
        ]
    with Stubber(ses) as recorded:
        recorded.add_client_error("get_email_identity", "NotFoundException")
        recorded.add_response(
            "get_email_identity", {"VerifiedForSendingStatus": True}, {"EmailIdentity": "movierec.net"}
        )
        recorded.add_response("get_account", {"ProductionAccessEnabled": True})
        assert [verdict for verdict, _ in verdicts(outside.mail, patient)] == ["ok", "ok"]


def test_the_pools_own_codes_are_too_few_for_people(alone: Patient) -> None:
    assert verdicts(outside.pool_mail, alone) == [("ok", "Cognito mails them, about 50 a day.")]
    (found,) = outside.pool_mail(with_config(alone, env="prod"))
    assert (found.verdict, found.sentence) == (
        Verdict.WARNING,
        "Cognito mails about 50 a day, and sign-ups beyond are refused.",
    )
    assert found.remedy == 'Verify movierec.net in SES, write pool_mail = "ses" and deploy the stack auth.'
    (found,) = outside.pool_mail(with_config(alone, env="prod", auth="import"))
    assert found.verdict is Verdict.UNSEEN


def test_codes_by_ses_want_the_domain_verified_and_no_sandbox(real_aws: Aws) -> None:
    by_ses = with_config(Patient(real_aws, small.clock()), pool_mail="ses")
    domain = {"EmailIdentity": "movierec.net"}
    with Stubber(by_ses.aws.client("sesv2")) as recorded:
        recorded.add_response("get_email_identity", {"VerifiedForSendingStatus": False}, domain)
        recorded.add_response("get_account", {"ProductionAccessEnabled": False})
        assert verdicts(outside.pool_mail, by_ses) == [
            ("wrong", "SES does not know movierec.net as yours, and the pool mails by it."),
            ("wrong", "SES is in its sandbox and sends codes to verified addresses only."),
        ]
        recorded.add_client_error("get_email_identity", "NotFoundException", expected_params=domain)
        recorded.add_response("get_account", {"ProductionAccessEnabled": True})
        assert [verdict for verdict, _ in verdicts(outside.pool_mail, by_ses)] == ["wrong"]
        recorded.add_response("get_email_identity", {"VerifiedForSendingStatus": True}, domain)
        recorded.add_response("get_account", {"ProductionAccessEnabled": True})
        assert verdicts(outside.pool_mail, by_ses) == [("ok", "SES mails them for movierec.net.")]


@pytest.mark.embedded
def test_the_key_that_cloudfront_sends_is_compared_and_never_shown(patient: Patient) -> None:
    aws, name = patient.aws, names.secret(patient.aws.config, "origin")
    assert verdicts(origin_key.same, patient) == [
        ("not looked at", f"There is no secret {name} yet; the stack auth makes it.")
    ]
    aws.client("secretsmanager").create_secret(Name=name, SecretString="first-word")
    assert verdicts(origin_key.same, patient) == [("not looked at", "The stack frontend is not deployed yet.")]
    made = aws.client("cloudfront").create_distribution(DistributionConfig=distribution("x-origin-key", "first-word"))
    place = names.parameter_name(aws.config, "frontend", "distribution-id")
    aws.client("ssm").put_parameter(Name=place, Value=made["Distribution"]["Id"], Type="String")

    assert verdicts(origin_key.same, patient) == [("ok", f"CloudFront sends the value of {name}.")]

    aws.client("secretsmanager").put_secret_value(SecretId=name, SecretString="second-word")
    (found,) = origin_key.same(patient)
    assert found.verdict is Verdict.WRONG
    assert found.remedy == "Give it to CloudFront as docs/runbook.md says under The origin key."
    assert "-word" not in str(found)
    assert "\n### The origin key\n" in RUNBOOK.read_text(encoding="utf-8")


@pytest.mark.embedded
def test_a_distribution_that_sends_no_key_is_wrong(patient: Patient) -> None:
    aws = patient.aws
    name = names.secret(aws.config, "origin")
    aws.client("secretsmanager").create_secret(Name=name, SecretString="a-word")
    made = aws.client("cloudfront").create_distribution(DistributionConfig=distribution("X-Other", "a-word"))
    place = names.parameter_name(aws.config, "frontend", "distribution-id")
    aws.client("ssm").put_parameter(Name=place, Value=made["Distribution"]["Id"], Type="String")

    assert [verdict for verdict, _ in verdicts(origin_key.same, patient)] == ["wrong"]


@pytest.mark.parametrize("hosting", ["spa", "amplify"])
def test_a_site_of_files_needs_no_key(alone: Patient, hosting: str) -> None:
    assert verdicts(origin_key.same, with_config(alone, hosting=hosting)) == [
        ("ok", f"hosting is {hosting}, so CloudFront asks no application.")
    ]


def distribution(header: str, value: str) -> dict[str, Any]:
    """A distribution of two origins, the second of which is shown a header."""
    files = {"Id": "files", "DomainName": "files.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    application = {
        "Id": "application",
        "DomainName": "api.example.net",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
        "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": header, "HeaderValue": value}]},
    }
    return {
        "CallerReference": value,
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 2, "Items": [files, application]},
        "DefaultCacheBehavior": {"TargetOriginId": "application", "ViewerProtocolPolicy": "https-only"},
    }


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("arns", "found"),
    [
        ([], ("warning", "ops@example.net is not subscribed.")),
        (["PendingConfirmation"], ("wrong", "ops@example.net has not confirmed that it wants alarms.")),
        (["arn:aws:sns:one"], ("ok", "ops@example.net is told of alarms.")),
    ],
)
def test_who_is_told_of_alarms(patient: Patient, arns: list[str], found: tuple[str, str]) -> None:
    assert verdicts(outside.alarms, patient) == [("warning", "Nobody is told of alarms.")]
    told = with_config(patient, alarm_email="ops@example.net")
    with Stubber(told.aws.client("sns")) as recorded:
        subscriptions = [{"SubscriptionArn": arn, "Endpoint": "ops@example.net"} for arn in arns]
        recorded.add_response("list_subscriptions", {"Subscriptions": subscriptions})
        assert verdicts(outside.alarms, told) == [found]


@pytest.mark.embedded
def test_the_key_of_tmdb_is_never_shown(patient: Patient) -> None:
    name = names.secret(patient.aws.config, "tmdb")
    assert verdicts(outside.tmdb_key, patient)[0][0] == "not looked at"

    secrets = patient.aws.client("secretsmanager")
    secrets.create_secret(Name=name, SecretString='{"TMDB_API_KEY": ""}')
    assert verdicts(outside.tmdb_key, patient) == [
        ("warning", f"{name} holds no key, so the catalogue is empty until there is one.")
    ]

    secrets.put_secret_value(SecretId=name, SecretString='{"TMDB_API_KEY": "very-secret"}')
    (found,) = outside.tmdb_key(patient)
    assert found.verdict is Verdict.OK
    assert "very-secret" not in str(found)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({}, Verdict.WARNING),
        ({"RotationEnabled": True, "LastRotatedDate": NOW - timedelta(days=29)}, Verdict.OK),
        ({"RotationEnabled": True, "LastRotatedDate": NOW - timedelta(days=61)}, Verdict.WRONG),
        ({"RotationEnabled": True, "CreatedDate": NOW - timedelta(days=61)}, Verdict.WRONG),
        (
            {
                "RotationEnabled": True,
                "LastRotatedDate": NOW - timedelta(days=61),
                "RotationRules": {"AutomaticallyAfterDays": 60},
            },
            Verdict.OK,
        ),
    ],
)
def test_a_key_that_is_rotated(body: dict[str, Any], verdict: Verdict) -> None:
    assert outside.rotation("movierec/dev/signing", body, NOW).verdict is verdict


@pytest.mark.embedded
def test_a_signing_secret_that_is_marked_for_deletion_is_told_with_the_way_back(patient: Patient) -> None:
    name = names.secret(patient.aws.config, "signing")
    secrets = patient.aws.client("secretsmanager")
    secrets.create_secret(Name=name, SecretString="{}")
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)

    (found,) = outside.signing_key(patient)

    assert (found.verdict, found.sentence) == (
        Verdict.WRONG,
        f"{name} is marked for deletion, and new functions cannot read it.",
    )
    command = f"aws secretsmanager restore-secret --secret-id {name} --region eu-north-1"
    assert found.remedy == f"Run `{command}` at once: what it seals is lost with it."
    secrets.restore_secret(SecretId=name)
    assert verdicts(outside.signing_key, patient) == [("warning", f"{name} is not rotated.")]


@pytest.mark.embedded
def test_functions_before_a_release_and_after_it(task: Task, patient: Patient) -> None:
    aws = patient.aws
    app, jobs = aws.config.prefix, f"{aws.config.prefix}-jobs"
    assert verdicts(functions.serving, patient) == [("not looked at", f"{app} and {jobs} are not there.")]
    deploying.deploy(task, small.only("dns", "data", "compute"))
    assert verdicts(functions.serving, patient) == [("wrong", f"{app} and {jobs} are not there.")]

    version = small.function(aws, app)
    missing, unserved = functions.serving(patient)
    assert (missing.verdict, missing.sentence) == (Verdict.WRONG, f"{jobs} is not there.")
    assert missing.remedy == "Run `make deploy ENV=dev`."
    assert (unserved.verdict, unserved.sentence) == (Verdict.WRONG, f"{app} has no alias live, so it serves nobody.")

    small.function(aws, jobs)
    for name in (app, jobs):
        aws.client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    assert verdicts(functions.serving, patient) == [("ok", f"{name}, version 1, serves.") for name in (app, jobs)]


@pytest.mark.parametrize(
    ("latest", "live", "verdict", "sentence"),
    [
        ({"LastUpdateStatus": "Successful"}, {"State": "Active"}, "ok", "serves."),
        ({}, {"State": "Inactive"}, "ok", "serves."),
        ({}, {"State": "Failed", "StateReason": "No role"}, "wrong", "serves and is Failed: No role"),
        ({}, {"State": "Pending"}, "wrong", "serves and is Pending: AWS gives no reason"),
        (
            {"LastUpdateStatus": "Failed", "LastUpdateStatusReason": "No key"},
            {"State": "Active"},
            "wrong",
            "serves, but the last update failed: No key",
        ),
        ({"LastUpdateStatus": "InProgress"}, {"State": "Active"}, "warning", "serves, and an update is under way."),
    ],
)
def test_functions_that_are_not_sound(
    real_aws: Aws, latest: dict[str, str], live: dict[str, str], verdict: str, sentence: str
) -> None:
    patient = Patient(real_aws, small.clock())
    app, jobs = real_aws.config.prefix, f"{real_aws.config.prefix}-jobs"
    with Stubber(real_aws.client("lambda")) as recorded:
        for name in (app, jobs):
            asked = {"FunctionName": name, "Qualifier": "$LATEST"}
            recorded.add_response("get_function_configuration", {"Version": "$LATEST", **latest}, asked)
        for name in (app, jobs):
            asked = {"FunctionName": name, "Qualifier": "live"}
            recorded.add_response("get_function_configuration", {"Version": "7", **live}, asked)
        found = verdicts(functions.serving, patient)

    assert found == [(verdict, f"{name}, version 7, {sentence}") for name in (app, jobs)]


def test_settings_of_zappa_that_say_the_same() -> None:
    config = environments.load("dev")
    stages = {"base": {"aws_region": "eu-north-1"}}
    for stage, body in package.wanted(config).items():
        rest = {name: value for name, value in body.items() if name != "aws_region"}
        stages[stage] = {"extends": "base", **rest}

    assert list(package.differences(config, stages)) == []


def test_settings_of_zappa_that_say_otherwise() -> None:
    config = environments.load("dev")
    stages = {"dev": {**package.wanted(config)["dev"], "timeout_seconds": 900, "runtime": "python3.1"}}

    assert sorted(package.differences(config, stages)) == [
        "There is no stage dev_jobs.",
        "runtime of dev is 'python3.1', and 'python3.11' is deployed.",
        "timeout_seconds of dev is 900, and 30 is deployed.",
    ]


@pytest.fixture
def alone(config: Config) -> Patient:
    """An environment that asks AWS nothing."""
    return Patient(Aws(config), small.clock())


def test_settings_of_zappa_that_cannot_be_read(alone: Patient, tmp_path: Path) -> None:
    (found,) = package.zappa_settings(alone, tmp_path)
    assert found.verdict is Verdict.WRONG
    (tmp_path / "zappa_settings.json").write_text("{")
    (found,) = package.zappa_settings(alone, tmp_path)
    assert found.sentence.startswith("zappa_settings.json cannot be read")


def test_the_size_of_a_package(alone: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look() -> Finding:
        (found,) = package.package(alone, tmp_path)
        return found

    assert look() == Finding("package", Verdict.UNSEEN, "build/dev/package.zip is not built.")
    path = tmp_path / "build" / "dev" / "package.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no zip")
    assert look().verdict is Verdict.WRONG
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one", b"0" * 2**20)
    assert look().sentence == "build/dev/package.zip has 1.0 MiB, unpacked 1.0 MiB."
    monkeypatch.setattr(package, "LARGEST_UNPACKED", 2**20 - 1)
    assert look().verdict is Verdict.WRONG


@pytest.mark.embedded
def test_what_may_not_be_seen_is_said_and_the_rest_is_looked_at(patient: Patient) -> None:
    with Stubber(patient.aws.client("lambda")) as recorded:
        recorded.add_client_error("get_account_settings", "AccessDeniedException", "perform: lambda:GetAccountSettings")
        found = {one.check: one for one in examine(patient)}

    assert found["quotas"].verdict is Verdict.UNSEEN
    assert "may not do lambda:GetAccountSettings" in found["quotas"].sentence
    assert found["bucket names"].verdict is Verdict.OK
