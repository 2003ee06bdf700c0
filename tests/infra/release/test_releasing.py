"""Releases against the embedded AWS, with real stacks and a small package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from infra import __main__ as command
from infra.config import Config, WrongConfig
from infra.declared import functions
from infra.deployment.aws import Aws
from infra.deployment.deploying import Task
from infra.deployment.telling import Trouble
from infra.release import lambdas, packaging, releasing, rolling_back
from infra.release.releasing import Plan
from tests.infra.release import tiny

pytestmark = pytest.mark.embedded


@pytest.fixture
def aws(embedded_url: str, config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Aws:
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded_url)
    monkeypatch.setattr(packaging, "STATIC", collected(tmp_path / "static"))
    return Aws(config)


LINK = f'<link rel="stylesheet" href="https://site/static/{tiny.STYLE}">'


def collected(folder: Path) -> Path:
    folder.mkdir()
    (folder / tiny.STYLE).write_text("p {}")
    (folder / "staticfiles.json").write_text(json.dumps({"paths": {"a.css": tiny.STYLE}}))
    return folder


def plan(aws: Aws, package: Path, **more: Any) -> Plan:
    return Plan(Task(aws, agree=lambda _question: True), package=package, **more)


def serving(aws: Aws) -> tuple[str, str]:
    found = [lambdas.serving(aws, one) for one in functions.functions(aws.config)]
    assert found[0] is not None
    assert found[1] is not None
    return found[0].version, found[1].version


def test_a_first_release_a_second_a_broken_one_and_the_way_back(
    aws: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = releasing.release(plan(aws, tiny.packed(tmp_path, "one")))
    assert first.changed
    assert first.address.startswith(f"{aws.endpoint}/_aws/execute-api/")
    old = serving(aws)
    assert old == (first.versions["app"], first.versions["jobs"])
    app = functions.app(aws.config)
    made = lambdas.configuration(aws, app, "live")
    assert made is not None
    assert (made["Timeout"], made["MemorySize"], made["Role"][-len("-dev-app") :]) == (30, 512, "-dev-app")
    assert made["Environment"]["Variables"]["SECRET_KEY_SECRET"] == f"{aws.config.domain}/dev/signing"
    kept = aws.client("lambda").get_function_event_invoke_config(
        FunctionName=functions.jobs(aws.config).name, Qualifier="live"
    )
    assert kept["DestinationConfig"]["OnFailure"]["Destination"].endswith(f":{aws.config.prefix}-dead-letters")

    again = releasing.release(plan(aws, tmp_path / "one.zip", stacks=False))
    assert not again.changed
    assert again.versions == first.versions
    assert "These versions serve already; nothing is moved." in capsys.readouterr().out

    # Well where it is tried, and ill where it runs.
    ill = "import os\nHEALTH = 200 if os.environ['AWS_LAMBDA_FUNCTION_NAME'] == 'release' else 500"
    with pytest.raises(Trouble, match=r"version \d+, is not healthy: /health answers 500"):
        releasing.release(plan(aws, tiny.packed(tmp_path, "ill", more=ill)))
    assert serving(aws) == old

    # Well when it is asked directly, and not as a whole: by then it serves, and goes back.
    half = "import os\nPAGE = 200 if os.environ['AWS_LAMBDA_FUNCTION_NAME'] == 'release' else 500"
    with pytest.raises(Trouble) as taken_back:
        releasing.release(plan(aws, tiny.packed(tmp_path, "half", more=half), stacks=False))
    assert str(taken_back.value).splitlines() == [
        f"The service answers a page with 500: '<html>{LINK}</html>'",
        f"{aws.config.prefix}: version {old[0]} serves.",
        f"{aws.config.prefix}-jobs: version {old[1]} serves.",
        "That is what served before.",
    ]
    assert serving(aws) == old

    second = releasing.release(plan(aws, tiny.packed(tmp_path, "two", more="SECOND = 2"), stacks=False))
    assert second.changed
    assert serving(aws) == (second.versions["app"], second.versions["jobs"]) != old

    assert rolling_back.roll_back(aws) == {"app": old[0], "jobs": old[1]}
    assert serving(aws) == old
    with pytest.raises(WrongConfig, match=r"has no version 99; there are"):
        rolling_back.roll_back(aws, "99")
    assert serving(aws) == old


def test_a_package_that_lacks_something_is_not_uploaded(aws: Aws, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"^The package lacks the module nowhere_to_be_found"):
        releasing.release(plan(aws, tiny.packed(tmp_path, "bad", more="import nowhere_to_be_found")))
    assert lambdas.configuration(aws, functions.app(aws.config)) is None


def test_a_stack_that_is_stuck_stops_the_release(aws: Aws, tmp_path: Path) -> None:
    name = f"{aws.config.prefix}-security"
    stuck = {"StackName": name, "StackId": name, "StackStatus": "UPDATE_ROLLBACK_FAILED"}
    answered = (AWSResponse("", 200, {}, None), {"Stacks": [stuck]})
    aws.client("cloudformation").meta.events.register("before-call.cloudformation.DescribeStacks", lambda **_: answered)
    with pytest.raises(Trouble, match=rf"^The stack {name} in eu-north-1 is UPDATE_ROLLBACK_FAILED: .*continue-update"):
        releasing.release(plan(aws, tmp_path / "none.zip"))


def test_without_stacks_the_missing_one_is_named(aws: Aws, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"is not published: deploy the stack \w+ first"):
        releasing.release(plan(aws, tmp_path / "none.zip", stacks=False))


def test_another_region_than_the_one_where_it_stands_is_refused(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.client("ssm", "us-east-1").put_parameter(
        Name=f"/{aws.config.domain}/dev/deployer/region", Value="eu-west-3", Type="String"
    )
    words = ["release", "--env", "dev", "--yes", "--set", f"domain={aws.config.domain}"]
    assert command.main(words) == command.FAILED
    assert f"{aws.config.prefix} stands in eu-west-3, and region says eu-north-1." in capsys.readouterr().err


def test_without_credentials_nothing_is_begun(
    config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert command.main(["release", "--env", "dev", "--yes"]) == command.FAILED
    assert capsys.readouterr().err.startswith("There are no credentials for AWS")


def test_other_environments_than_dev_are_not_for_the_embedded_aws(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["release", "--env", "prod", "--yes"]) == command.WRONG
    assert "prod refuses an AWS that is not AWS's" in capsys.readouterr().err


def test_there_is_no_way_back_from_nothing(aws: Aws) -> None:
    with pytest.raises(Trouble, match=r"serves nothing yet, so there is nothing to go back from"):
        rolling_back.roll_back(aws)
