"""From nothing to a running service and back, on the embedded AWS: the commands, packages and events of a real one.

The tests are one story in the order of this file; each goes on from what the ones before it left.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from infra import environments
from infra.declared.functions import app, jobs
from infra.declared.jobs import JOBS
from infra.deployment import parameters
from infra.deployment.aws import Aws
from infra.release import releasing
from tests.deployment.conftest import REGION, ROOT, Cloud

CONFIG = environments.load("dev")
APP, JOBS_FUNCTION = app(CONFIG).name, jobs(CONFIG).name
ORIGIN = "http://localhost:3000"
PASSWORD = "Correct-horse-7"
EMAIL = "viewer@example.com"

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="session")
def deployed(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    """The cloud after the stacks were deployed, the catalogue filled, a model trained, and all of it released."""
    stacks = cloud.run("deploy", "--env", "dev", "--yes")
    assert stacks.returncode == 0, stacks.stdout + stacks.stderr
    told = cloud.run("outputs", "--env", "dev", "--format", "json")
    assert told.returncode == 0, told.stderr
    cloud.outputs |= {
        f"{stack}/{name}": value for stack, own in json.loads(told.stdout).items() for name, value in own.items()
    }
    cloud.api = f"{cloud.url}/_aws/execute-api/{cloud.outputs['api/Id']}/{cloud.outputs['api/Stage']}"
    cloud.host = cloud.outputs["api/Host"]
    folder = tmp_path_factory.mktemp("training")
    _operate(cloud, "-m", "tests.deployment.fill")
    _write_likes(folder / "likes.csv")
    words = ["--interactions", str(folder / "likes.csv"), "--output", str(folder / "model"), "--no-evaluation"]
    _operate(cloud, "manage.py", "train_recommender", *words)
    done = cloud.run("release", "--env", "dev", "--yes", "--model", str(folder / "model"))
    assert done.returncode == 0, done.stdout + done.stderr
    cloud.outputs["told"] = stacks.stdout + done.stdout
    return cloud


def _operate(cloud: Cloud, *words: str) -> None:
    """Runs a program on the deployed environment's data."""
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=ROOT, env=_as_function(cloud), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _as_function(cloud: Cloud) -> dict[str, str]:
    """The environment of the functions, for a program that an operator runs on their data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", cloud.url)
        aws = Aws(CONFIG)
        found = releasing.environment(aws, parameters.published(aws))
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": cloud.url}
    own = {"DJANGO_SETTINGS_MODULE": "movierec.settings", "AWS_REGION": REGION}
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **own, **found, **credentials}


def _write_likes(path: Path) -> None:
    """Sixty viewers with two tastes, over titles that the demo catalogue has."""
    tastes = ((603, 155, 27205, 157336, 1891, 11), (862, 12, 585, 14160, 10681, 9806))
    draw = Random(7)  # noqa: S311
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("userId", "movieId", "rating"))
        for viewer in range(60):
            rows.writerows((viewer, title, 5) for title in draw.sample(tastes[viewer % 2], 4))


@pytest.fixture(scope="session")
def token(deployed: Cloud) -> str:
    """The access token of a person who signed up by the API."""
    signed_up = deployed.call("POST", "/auth/signup", {"email": EMAIL, "password": PASSWORD})
    assert (signed_up.status, sorted(signed_up.body)) == (200, ["message", "userSub"])
    confirmed = deployed.call("POST", "/auth/signup", {"email": EMAIL, "code": "123456"})
    assert (confirmed.status, confirmed.body["email"]) == (200, EMAIL)
    signed_in = deployed.call("POST", "/auth/signin", {"email": EMAIL, "password": PASSWORD})
    assert signed_in.status == 200, signed_in.body
    return str(signed_in.body["AccessToken"])


def test_a_deploy_says_what_it_left_out_and_where_the_service_is(deployed: Cloud) -> None:
    told = deployed.outputs["told"]
    assert "budget" in told
    assert "SigningRotation" in told
    assert f"{deployed.api} answers" in told
    # Nothing served before, so there is no way back to name.
    assert "make rollback" not in told


def test_health_is_told_through_the_gateway(deployed: Cloud) -> None:
    answer = deployed.call("GET", "/health")
    assert answer.status == 200
    assert answer.body["environment"] == "dev"
    assert answer.headers["X-Request-Id"]


def test_a_person_goes_from_sign_up_to_recommendations(deployed: Cloud, token: str) -> None:
    saved = deployed.call("POST", "/user/preferences", {"favoriteGenres": [878], "contentType": "movies"}, token)
    assert saved.status == 200, saved.body
    for number in (603, 155):
        kept = deployed.call("POST", "/user/favourites", {"mediaId": number, "mediaType": "movie"}, token)
        assert kept.status == 200, kept.body
    listed = deployed.call("GET", "/user/favourites", token=token).body["items"]
    assert sorted(item["mediaId"] for item in listed) == ["155", "603"]
    found = deployed.call("POST", "/recommendations", {"limit": 5}, token)
    assert found.status == 200, found.body
    assert found.body["metadata"]["fallbackUsed"] is False
    assert len(found.body["items"]) == 5
    assert {item["mediaId"] for item in found.body["items"]}.isdisjoint({"603", "155"})
    assert all(item["recommendationReason"] for item in found.body["items"])


def test_the_gateway_lets_nobody_in_without_a_token(deployed: Cloud, token: str) -> None:
    refused = deployed.call("GET", "/user/favourites", Origin=ORIGIN)
    assert (refused.status, refused.body["message"]) == (401, "Unauthorized")
    assert refused.headers["Access-Control-Allow-Origin"] in CONFIG.web_origins
    assert deployed.call("GET", "/user/favourites", token=token[:-5] + "AAAAA").status == 401
    assert deployed.call("GET", "/user/favourites", token=token).status == 200


def test_other_sites_pages_may_ask_only_where_they_are_listed(deployed: Cloud) -> None:
    allowed = deployed.call("OPTIONS", "/user/favourites", Origin=ORIGIN, Access_Control_Request_Method="POST")
    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (204, ORIGIN)
    assert "DELETE" in allowed.headers["Access-Control-Allow-Methods"]
    other = deployed.call("OPTIONS", "/user/favourites", Origin="https://example.com")
    assert other.headers["Access-Control-Allow-Origin"] is None


def test_what_is_not_there_or_too_much_is_refused_in_one_shape(deployed: Cloud) -> None:
    members = ["code", "error", "message", "requestId", "timestamp"]
    nowhere = deployed.call("GET", "/nowhere")
    assert (nowhere.status, sorted(nowhere.body)) == (404, members)
    wrong = deployed.call("DELETE", "/media")
    assert (wrong.status, wrong.body["error"]) == (405, "Method not allowed")
    large = deployed.call("POST", "/auth/signin", b'{"email": "' + b"a" * 300_000 + b'"}')
    assert (large.status, sorted(large.body)) == (413, members)


def test_pages_stay_below_the_stage(deployed: Cloud) -> None:
    page = deployed.call("GET", "/media?listType=trending&mediaType=movie", Accept="text/html")
    assert page.status == 200
    links = re.findall(r'(?:href|action)="(/[^"]*)"', page.content.decode())
    assert links
    assert [link for link in links if not link.startswith("/prod/") and link != "/prod"] == []


def test_the_site_has_a_door_of_its_own_and_its_files_at_cloudfront(deployed: Cloud) -> None:
    host = deployed.outputs["frontend/DistributionHost"]
    # The embedded AWS's CloudFront reaches buckets, but no API; so the page comes from behind it.
    door = f"{deployed.url}/_aws/execute-api/{deployed.outputs['frontend/SiteApiId']}"
    site = replace(deployed, api=door, host=deployed.outputs["frontend/SiteApiHost"])
    front = site.call("GET", "/", Accept="text/html")
    assert front.status == 200
    (style,) = re.findall(rf'href="https://{host}(/static/web/movierec\.[0-9a-f]+\.css)"', front.content.decode())
    edge = replace(deployed, api=deployed.url)
    file = edge.call("GET", style, Host=host, X_Forwarded_Proto="https", Accept="text/css")
    assert (file.status, file.headers["Content-Type"].split(";")[0]) == (200, "text/css")
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert file.content == (ROOT / "apps/web/static/web/movierec.css").read_bytes()


# The embedded AWS has no budget, and asks for the right to look at one as budgets:DescribeBudget, where AWS has
# budgets:ViewBudget. So there the command says that it could not, and what to look at.
NEEDS_BUDGET = "refresh-figures"


def test_commands_run_in_the_function_of_jobs(deployed: Cloud) -> None:
    assert deployed.invoke(JOBS_FUNCTION, {"manage": "check"}) == {"exitCode": 0}
    failed = deployed.invoke(JOBS_FUNCTION, {"manage": "no_such_command"})
    assert failed["error"] == "Unhandled"
    assert deployed.invoke(JOBS_FUNCTION, {"odd": 1})["error"] == "Unhandled"


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_what_a_schedule_sends_runs(deployed: Cloud, job: Any) -> None:
    scheduler = deployed.client("scheduler")
    (found,) = [one for one in scheduler.list_schedules()["Schedules"] if one["Name"].endswith(job.name)]
    schedule = scheduler.get_schedule(Name=found["Name"], GroupName=found["GroupName"])
    assert schedule["ScheduleExpression"] == job.cron
    assert schedule["Target"]["Arn"].endswith(f":function:{JOBS_FUNCTION}:live")
    ended = deployed.invoke(JOBS_FUNCTION, json.loads(schedule["Target"]["Input"]))
    if job.name == NEEDS_BUDGET:
        assert "The budget movierec-dev-monthly could not be read" in ended["errorMessage"]
    else:
        assert ended == {"exitCode": 0}


def test_the_log_has_requests_and_nothing_of_people(deployed: Cloud, token: str) -> None:
    deployed.call("GET", "/user/favourites?cursor=", token=token)
    events = deployed.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{APP}")["events"]
    lines = [json.loads(event["message"]) for event in events if event["message"].startswith("{")]
    (line,) = [line for line in lines if line.get("route") == "/user/favourites" and line.get("method") == "GET"][-1:]
    assert (line["status"], len(line["user"])) == (200, 16)
    assert line["requestId"]
    everything = "\n".join(event["message"] for event in events)
    assert EMAIL not in everything
    assert PASSWORD not in everything
    assert token not in everything


def test_the_roles_allow_what_they_say_and_no_more(deployed: Cloud) -> None:
    """The embedded AWS enforces policies here, so that all the answers above were made with the function's rights."""
    role = deployed.client("iam").get_role(RoleName=f"{CONFIG.prefix}-app")["Role"]["Arn"]
    credentials = deployed.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    import boto3  # noqa: PLC0415
    from botocore.exceptions import ClientError  # noqa: PLC0415

    table = boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=deployed.url,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    assert "Item" not in table.get_item(TableName="Favourites", Key={"userId": {"S": "-"}, "movieId": {"S": "-"}})
    for call in (
        lambda: table.scan(TableName="Favourites"),
        lambda: table.delete_table(TableName="Favourites"),
        lambda: table.get_item(TableName="Licenses", Key={"licenseKey": {"S": "-"}}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()


def test_an_update_serves_and_a_rollback_brings_the_old_version_back(deployed: Cloud, token: str) -> None:
    before, jobs_before = deployed.serving(APP), deployed.serving(JOBS_FUNCTION)
    again = deployed.run("release", "--env", "dev", "--yes", "--no-stacks")
    assert again.returncode == 0, again.stdout + again.stderr
    assert deployed.serving(APP) == before
    updated = deployed.run("release", "--env", "dev", "--yes", "--no-stacks", "--set", "app_memory_mb=768")
    assert updated.returncode == 0, updated.stdout + updated.stderr
    assert int(deployed.serving(APP)) > int(before)
    assert "To go back: make rollback ENV=dev" in updated.stdout
    assert deployed.call("GET", "/user/favourites", token=token).status == 200
    for said in ("Rolling back from version", "serves already: rolled back from version"):
        back = deployed.run("rollback", "--env", "dev")
        assert back.returncode == 0, back.stdout + back.stderr
        assert said in back.stdout
        assert (deployed.serving(APP), deployed.serving(JOBS_FUNCTION)) == (before, jobs_before)
    assert deployed.call("GET", "/user/favourites", token=token).status == 200


def test_nothing_is_left_to_deploy(deployed: Cloud) -> None:
    done = deployed.run("diff", "--env", "dev", "--exit-code")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_destroy_takes_what_holds_no_data_and_leaves_the_rest(deployed: Cloud) -> None:
    refused = deployed.run("destroy", "--env", "dev", "--confirm", "dev")
    assert refused.returncode != 0
    assert "UserPreferences" in refused.stdout + refused.stderr
    parts = [word for stack in ("frontend", "api", "compute") for word in ("--stack", stack)]
    done = deployed.run("destroy", "--env", "dev", "--confirm", "dev", "--empty-buckets", *parts)
    assert done.returncode == 0, done.stdout + done.stderr
    names = [stack["StackName"] for stack in deployed.client("cloudformation").describe_stacks()["Stacks"]]
    assert {f"{CONFIG.prefix}-{stack}" for stack in ("frontend", "api", "compute")}.isdisjoint(names)
    assert "UserPreferences" in deployed.client("dynamodb").list_tables()["TableNames"]
