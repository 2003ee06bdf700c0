"""The function that gives the signing secret another key, against a Secrets Manager in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
import moto
import pytest
from botocore.exceptions import ClientError

from infra.functions import rotate_signing_key
from infra.functions.rotate_signing_key import check, handler, renewed
from movierec.settings.checked import weakness_of

NAME = "movierec/test/signing"
A, B, C, D = (letter * 30 + "0123456789" * 3 for letter in "abcd")
Begin = Callable[[], str]
Rotate = Callable[[], dict[str, str]]
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a Secrets Manager that holds the signing secret as a template makes it."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with moto.mock_aws(config={"lambda": {"use_docker": False}}):
        client = boto3.client("secretsmanager")
        client.create_secret(Name=NAME, SecretString=json.dumps({"SECRET_KEY": A, "SECRET_KEY_FALLBACKS": ""}))
        yield client


@pytest.fixture
def begin(secrets: Any) -> Begin:
    """Begins a rotation and answers its token: there is an empty version from now on, for the function to fill."""
    trust = {"Version": "2012-10-17", "Statement": []}
    role = boto3.client("iam").create_role(RoleName="rotation", AssumeRolePolicyDocument=json.dumps(trust))
    # A function that does nothing, so that each test does the steps itself.
    function = boto3.client("lambda").create_function(
        FunctionName="rotation", Role=role["Role"]["Arn"], Runtime="python3.13", Handler="h", Code={"ZipFile": b"x"}
    )

    def rotation() -> str:
        begun = secrets.rotate_secret(SecretId=NAME, RotationLambdaARN=function["FunctionArn"])
        return str(begun["VersionId"])

    return rotation


@pytest.fixture
def rotate(secrets: Any, begin: Begin) -> Rotate:
    """Does a whole rotation and answers what is current then."""

    def whole() -> dict[str, str]:
        token = begin()
        do(token, *STEPS)
        # The Secrets Manager in memory begins no rotation while a version has this stage, which the real one allows.
        secrets.update_secret_version_stage(SecretId=NAME, VersionStage="AWSPENDING", RemoveFromVersionId=token)
        return read(secrets, VersionStage="AWSCURRENT")

    return whole


def do(token: str, *steps: str) -> None:
    for step in steps:
        handler({"SecretId": NAME, "ClientRequestToken": token, "Step": step}, None)


def read(secrets: Any, **version: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(secrets.get_secret_value(SecretId=NAME, **version)["SecretString"])
    return found


def stages(secrets: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = secrets.describe_secret(SecretId=NAME)["VersionIdsToStages"]
    return found


class TestRotations:
    def test_the_first_puts_down_what_comes_next_and_leaves_what_signs(self, rotate: Rotate) -> None:
        first = rotate()
        assert first["SECRET_KEY"] == A
        assert first["SECRET_KEY_FALLBACKS"] == first["NEXT"] != A

    def test_each_key_opens_for_a_period_before_it_signs_and_long_after(self, rotate: Rotate) -> None:
        held = [rotate() for _ in range(4)]
        comes = [content["NEXT"] for content in held]
        assert [content["SECRET_KEY"] for content in held] == [A, comes[0], comes[1], comes[2]]
        assert held[3]["SECRET_KEY_FALLBACKS"].split(",") == [comes[3], comes[1], comes[0], A]

    def test_who_started_a_whole_period_ago_opens_what_is_sealed_now(self, rotate: Rotate) -> None:
        before = rotate()
        for _ in range(3):
            after = rotate()
            known = {before["SECRET_KEY"], *before["SECRET_KEY_FALLBACKS"].split(",")}
            assert after["SECRET_KEY"] in known
            before = after

    def test_a_key_that_no_longer_signs_opens_for_a_year(self, rotate: Rotate) -> None:
        held = [rotate() for _ in range(15)]
        olds = held[-1]["SECRET_KEY_FALLBACKS"].split(",")[1:]
        assert olds == [content["SECRET_KEY"] for content in reversed(held[2:-1])]
        assert len(olds) == 12

    def test_the_application_takes_every_key(self, rotate: Rotate) -> None:
        content = rotate()
        keys = [content["SECRET_KEY"], *content["SECRET_KEY_FALLBACKS"].split(",")]
        assert [weakness_of(key) for key in keys] == [None, None]
        assert len(content["NEXT"]) == 96


class TestRetries:
    def test_a_step_done_twice_changes_nothing(self, secrets: Any, begin: Begin) -> None:
        token = begin()
        do(token, "createSecret")
        made = read(secrets, VersionId=token)
        do(token, "createSecret", "setSecret", "testSecret", "testSecret")
        assert read(secrets, VersionId=token) == made
        do(token, "finishSecret")
        before = stages(secrets)
        do(token, *STEPS)
        assert (stages(secrets), read(secrets, VersionStage="AWSCURRENT")) == (before, made)

    def test_until_the_last_step_the_old_version_is_current(self, secrets: Any, begin: Begin) -> None:
        do(begin(), "createSecret", "setSecret", "testSecret")
        assert read(secrets, VersionStage="AWSCURRENT") == {"SECRET_KEY": A, "SECRET_KEY_FALLBACKS": ""}

    def test_a_version_that_is_not_under_way_is_refused(self, secrets: Any) -> None:
        before = stages(secrets)
        token = str(UUID(int=1))
        with pytest.raises(ValueError, match=f"The version {token} of {NAME} is not under way"):
            do(token, "createSecret")
        assert stages(secrets) == before

    def test_a_version_that_was_current_is_refused(self, secrets: Any, rotate: Rotate) -> None:
        old = next(iter(stages(secrets)))
        rotate()
        with pytest.raises(ValueError, match="not under way"):
            do(old, "finishSecret")

    def test_another_secret_is_an_error_that_says_so(self, secrets: Any) -> None:
        with pytest.raises(ClientError, match="ResourceNotFound"):
            handler({"SecretId": "none", "ClientRequestToken": "t", "Step": "createSecret"}, None)


class TestContent:
    def test_a_secret_without_fallbacks_or_next_is_taken(self) -> None:
        after = renewed({"SECRET_KEY": A})
        assert (after["SECRET_KEY"], after["SECRET_KEY_FALLBACKS"]) == (A, after["NEXT"])

    def test_fallbacks_that_an_operator_wrote_with_spaces(self) -> None:
        after = renewed({"SECRET_KEY": A, "NEXT": B, "SECRET_KEY_FALLBACKS": f"{B}, {C} ,{D}"})
        assert after == {
            "SECRET_KEY": B,
            "NEXT": after["NEXT"],
            "SECRET_KEY_FALLBACKS": f"{after['NEXT']},{A},{C},{D}",
        }

    def test_two_rotations_make_different_keys(self) -> None:
        assert renewed({"SECRET_KEY": A})["NEXT"] != renewed({"SECRET_KEY": A})["NEXT"]

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ({"SECRET_KEY": C, "NEXT": D, "SECRET_KEY_FALLBACKS": D}, "running processes do not know"),
            ({"SECRET_KEY": A, "SECRET_KEY_FALLBACKS": ""}, "NEXT is not the first"),
            ({"SECRET_KEY": A, "NEXT": C, "SECRET_KEY_FALLBACKS": f"{D},{C}"}, "NEXT is not the first"),
            ({"SECRET_KEY": A, "NEXT": C, "SECRET_KEY_FALLBACKS": f"{C},{A}"}, "twice"),
            ({"SECRET_KEY": A, "NEXT": "c" * 49, "SECRET_KEY_FALLBACKS": "c" * 49}, "too short"),
        ],
    )
    def test_what_may_not_follow(self, content: dict[str, str], sentence: str) -> None:
        with pytest.raises(ValueError, match=sentence):
            check(content, {"SECRET_KEY": A, "NEXT": B, "SECRET_KEY_FALLBACKS": B})

    def test_what_may_follow(self) -> None:
        before = {"SECRET_KEY": A, "NEXT": B, "SECRET_KEY_FALLBACKS": B}
        check({"SECRET_KEY": B, "NEXT": C, "SECRET_KEY_FALLBACKS": f"{C},{A}"}, before)
        check({"SECRET_KEY": A, "NEXT": "c" * 50, "SECRET_KEY_FALLBACKS": "c" * 50}, before)


class TestSource:
    def test_the_template_carries_this_very_source(self, template: Any) -> None:
        source = Path(rotate_signing_key.__file__).read_text(encoding="utf-8")
        function = template("auth")["Resources"]["Rotation"]["Properties"]
        assert function["Code"] == {"ZipFile": source}
        # The most that CloudFormation takes inline; it calls the module `index`.
        assert len(source) <= 4096
        assert function["Handler"] == "index.handler"

    def test_the_source_needs_nothing_that_lambda_lacks(self) -> None:
        source = Path(rotate_signing_key.__file__).read_text(encoding="utf-8")
        imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
        assert imported == {"__future__", "json", "secrets", "typing", "boto3"}
