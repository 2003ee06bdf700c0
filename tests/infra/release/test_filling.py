from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import moto
import pytest

from infra.config import Config
from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble
from infra.release import filling


@pytest.fixture
def aws(config: Config, nobody: None) -> Iterator[Aws]:
    with moto.mock_aws():
        yield Aws(config)


def secret(aws: Aws, purpose: str, text: str) -> None:
    config = aws.config
    aws.client("secretsmanager").create_secret(Name=f"{config.domain}/dev/{purpose}", SecretString=text)


@pytest.mark.parametrize("text", [None, "not JSON", "[]", '{"SECRET_KEY": ""}'])
def test_without_a_signing_key_nothing_is_released(aws: Aws, text: str | None) -> None:
    if text is not None:
        secret(aws, "signing", text)
    with pytest.raises(
        Trouble, match=rf"^The secret {aws.config.domain}/dev/signing has no SECRET_KEY: deploy the stack auth"
    ):
        filling.must_have_keys(aws)


@pytest.mark.parametrize(("key", "warned"), [("", True), ("k", False)])
def test_without_a_key_of_tmdb_there_is_a_warning(
    aws: Aws, key: str, warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    secret(aws, "signing", json.dumps({"SECRET_KEY": "s"}))
    secret(aws, "tmdb", json.dumps({"TMDB_API_KEY": key}))
    filling.must_have_keys(aws)
    assert ("has no key of TMDB yet" in capsys.readouterr().out) is warned


def test_a_place_without_a_model_says_what_that_means(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    filling.bring_model(aws, None, {})
    assert "There is no trained model: recommendations rest on popularity." in capsys.readouterr().out


@pytest.fixture
def invoked(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What Lambda was asked; moto would want a container for it."""
    calls: list[dict[str, Any]] = []
    client = aws.client("lambda")
    monkeypatch.setattr(client, "invoke", lambda **call: calls.append(call))
    return calls


def cache(aws: Aws) -> None:
    aws.client("dynamodb").create_table(
        TableName="MovieRecCache",
        KeySchema=[{"AttributeName": "mediaId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "mediaId", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_an_empty_catalogue_is_filled_when_there_is_a_key(aws: Aws, invoked: list[dict[str, Any]]) -> None:
    cache(aws)
    filling.begin_catalogue(aws, "t-jobs")
    assert invoked == []
    secret(aws, "tmdb", json.dumps({"TMDB_API_KEY": "k"}))
    filling.begin_catalogue(aws, "t-jobs")
    assert invoked == [
        {
            "FunctionName": "t-jobs",
            "Qualifier": "live",
            "InvocationType": "Event",
            "Payload": b'{"manage": "sync_media --schedule daily"}',
        }
    ]


def test_a_catalogue_with_titles_is_left_alone(aws: Aws, invoked: list[dict[str, Any]]) -> None:
    cache(aws)
    aws.client("dynamodb").put_item(TableName="MovieRecCache", Item={"mediaId": {"S": "1"}})
    secret(aws, "tmdb", json.dumps({"TMDB_API_KEY": "k"}))
    filling.begin_catalogue(aws, "t-jobs")
    assert invoked == []
