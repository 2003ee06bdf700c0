from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from infra import environments
from infra.config import Config
from infra.declared import functions
from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble
from infra.release import shifting
from tests.infra.deployment import small

PUBLISHED = {"compute/release-application": "movierec-prod", "compute/release-group": "app"}


@pytest.fixture
def config() -> Config:
    return environments.load("prod")


@pytest.fixture
def aws(config: Config, nobody: None) -> Aws:
    return Aws(config)


@pytest.fixture
def answers(aws: Aws) -> Iterator[dict[str, Stubber]]:
    """AWS's answers, in order; it is an error to ask anything else, or not all of it."""
    stubbers = {name: Stubber(aws.client(name)) for name in ("lambda", "codedeploy")}
    for stubber in stubbers.values():
        stubber.activate()
    yield stubbers
    for stubber in stubbers.values():
        stubber.assert_no_pending_responses()


def alias(version: str, weights: dict[str, float] | None = None) -> dict[str, Any]:
    routing = {"RoutingConfig": {"AdditionalVersionWeights": weights}} if weights else {}
    return {"FunctionVersion": version, "Name": "live", **routing}


def begun(answers: dict[str, Stubber], *statuses: str, **last: Any) -> None:
    for number, status in enumerate(statuses):
        more = last if number == len(statuses) - 1 else {}
        answers["codedeploy"].add_response("get_deployment", {"deploymentInfo": {"status": status, **more}})


def shift(aws: Aws, version: str) -> str:
    return shifting.shift(aws, small.clock(), functions.app(aws.config), version, PUBLISHED)


def test_in_prod_codedeploy_moves_the_alias_in_steps(
    aws: Aws, answers: dict[str, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = shifting.app_spec("movierec-prod", "4", "6")
    assert json.loads(json.dumps(spec)) == {
        "version": 0.0,
        "Resources": [
            {
                "app": {
                    "Type": "AWS::Lambda::Function",
                    "Properties": {
                        "Name": "movierec-prod",
                        "Alias": "live",
                        "CurrentVersion": "4",
                        "TargetVersion": "6",
                    },
                }
            }
        ],
    }
    answers["lambda"].add_response("get_alias", alias("4"), {"FunctionName": "movierec-prod", "Name": "live"})
    asked = {
        "applicationName": "movierec-prod",
        "deploymentGroupName": "app",
        "revision": {
            "revisionType": "AppSpecContent",
            "appSpecContent": {"content": json.dumps(spec), "sha256": ANY},
        },
        "description": "movierec-prod: version 4 to 6",
    }
    answers["codedeploy"].add_response("create_deployment", {"deploymentId": "d-1"}, asked)
    begun(answers, "Created", "InProgress", "InProgress", "Succeeded")
    assert shift(aws, "6") == "4"
    assert capsys.readouterr().out.splitlines() == [
        "  CodeDeploy d-1: Created",
        "  CodeDeploy d-1: InProgress",
        "  CodeDeploy d-1: Succeeded",
        "movierec-prod: version 6 serves in place of 4.",
    ]


def test_an_alarm_takes_the_new_version_back(aws: Aws, answers: dict[str, Stubber]) -> None:
    answers["lambda"].add_response("get_alias", alias("4"))
    answers["codedeploy"].add_response("create_deployment", {"deploymentId": "d-1"})
    begun(answers, "InProgress", "Stopped", errorInformation={"code": "ALARM_ACTIVE", "message": "An alarm is active."})
    with pytest.raises(Trouble, match=r"^CodeDeploy took the new version of movierec-prod back: An alarm is active\."):
        shift(aws, "6")


def test_a_release_that_was_killed_is_waited_for(aws: Aws, answers: dict[str, Stubber]) -> None:
    answers["lambda"].add_response("get_alias", alias("4", {"6": 0.1}))
    answers["codedeploy"].add_response("list_deployments", {"deployments": ["d-1"]})
    begun(answers, "InProgress", "Succeeded")
    answers["lambda"].add_response("get_alias", alias("6"))
    # The version that came of it is the one that is wanted.
    assert shift(aws, "6") == "6"


def test_what_codedeploy_has_begun_is_stopped_before_the_alias_moves_back(
    aws: Aws, answers: dict[str, Stubber]
) -> None:
    answers["codedeploy"].add_response("list_deployments", {"deployments": ["d-1"]})
    asked = {"deploymentId": "d-1", "autoRollbackEnabled": False}
    answers["codedeploy"].add_response("stop_deployment", {"status": "Pending"}, asked)
    begun(answers, "InProgress", "Stopped")
    shifting.halt(aws, small.clock(), PUBLISHED)


def test_a_version_that_serves_is_left_alone(aws: Aws, answers: dict[str, Stubber]) -> None:
    answers["lambda"].add_response("get_alias", alias("4"))
    assert shift(aws, "4") == "4"


def test_without_a_deployment_group_the_remedy_is_told(aws: Aws, answers: dict[str, Stubber]) -> None:
    answers["lambda"].add_response("get_alias", alias("4"))
    with pytest.raises(Trouble, match="has no deployment group yet"):
        shifting.shift(aws, small.clock(), functions.app(aws.config), "6", {})


def test_jobs_are_moved_at_once(aws: Aws, answers: dict[str, Stubber]) -> None:
    for _ in range(2):
        answers["lambda"].add_response("get_alias", alias("4"))
    answers["lambda"].add_response(
        "update_alias",
        {},
        {
            "FunctionName": "movierec-prod-jobs",
            "Name": "live",
            "FunctionVersion": "6",
            "Description": "",
            "RoutingConfig": {"AdditionalVersionWeights": {}},
        },
    )
    jobs = functions.jobs(aws.config)
    assert shifting.shift(aws, small.clock(), jobs, "6", PUBLISHED) == "4"
