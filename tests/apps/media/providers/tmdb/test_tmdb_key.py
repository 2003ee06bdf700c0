from __future__ import annotations

import logging
from typing import Any

import orjson
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from apps.media.errors import SourceRefused, SourceUnavailable
from apps.media.providers.tmdb.client import TmdbClient
from apps.media.providers.tmdb.key import ApiKey, KeyHolder
from movierec.aws import client
from tests.stand_ins.clock import StillClock
from tests.stand_ins.tmdb_server import TmdbServer

SECRET = "movierec/tmdb"
OTHER = "ffffeeeeddddccccbbbbaaaa99998888"


@pytest.fixture(autouse=True)
def _secrets_manager(tables: None, settings: Any) -> None:
    settings.AWS_ENDPOINT_URL = "https://secretsmanager.eu-north-1.amazonaws.com"


@pytest.fixture
def holder(clock: StillClock) -> KeyHolder:
    return KeyHolder("", SECRET, clock)


@pytest.fixture
def reads() -> Any:
    """The operations sent to Secrets Manager."""
    sent: list[str] = []

    def note(model: Any, **_: Any) -> None:
        sent.append(model.name)

    events = client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.GetSecretValue", note)
    yield sent
    events.unregister("before-call.secretsmanager.GetSecretValue", note)


def store(content: str) -> None:
    client("secretsmanager").create_secret(Name=SECRET, SecretString=content)


def change(content: str) -> None:
    client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=content)


def test_a_key_shows_itself_to_nobody() -> None:
    assert repr(ApiKey(OTHER)) == "ApiKey()"


@pytest.mark.parametrize("content", [OTHER, f" {OTHER}\n", orjson.dumps({"TMDB_API_KEY": OTHER, "more": 1}).decode()])
def test_a_secret_is_the_key_or_json_that_names_it(holder: KeyHolder, reads: list[str], content: str) -> None:
    store(content)
    assert [holder.current() for _ in range(3)] == [ApiKey(OTHER)] * 3
    assert reads == ["GetSecretValue"]


@pytest.mark.parametrize(
    "content", ["{}", '{"TMDB_API_KEY": 7}', '{"TMDB_API_KEY": ""}', "{", "two words", "clé", "a\nb"]
)
def test_a_secret_without_a_key_is_refused(holder: KeyHolder, content: str) -> None:
    store(content)
    with pytest.raises(SourceRefused) as raised:
        holder.current()
    assert str(raised.value) == (
        "The secret movierec/tmdb holds no key. "
        "Put the key that TMDB's settings page shows into the secret movierec/tmdb (TMDB_API_KEY_SECRET)."
    )


def test_a_secret_that_is_not_there_is_looked_for_every_five_seconds(
    holder: KeyHolder, reads: list[str], clock: StillClock
) -> None:
    for _ in range(3):
        with pytest.raises(SourceRefused, match=r"movierec/tmdb, which cannot be read \(ResourceNotFoundException\)"):
            holder.current()
    assert len(reads) == 1
    store(OTHER)
    clock.goes_on(5)
    assert holder.current() == ApiKey(OTHER)


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetSecretValue")


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        (refusal("ThrottlingException"), SourceUnavailable, "ThrottlingException"),
        (refusal("AccessDeniedException"), SourceRefused, "AccessDeniedException"),
        (EndpointConnectionError(endpoint_url="https://a.example"), SourceUnavailable, "EndpointConnectionError"),
    ],
)
def test_faults_of_secrets_manager_are_told_apart(
    holder: KeyHolder, fault: Exception, error: type[Exception], reason: str
) -> None:
    def refuse(**_: Any) -> None:
        raise fault

    events = client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.GetSecretValue", refuse)
    try:
        with pytest.raises(error, match=reason):
            holder.current()
    finally:
        events.unregister("before-call.secretsmanager.GetSecretValue", refuse)


def test_a_changed_secret_is_taken_up_when_tmdb_refuses_the_old_key(
    holder: KeyHolder, tmdb: TmdbServer, reads: list[str], clock: StillClock
) -> None:
    tmdb.answers("movie/603", {"id": 603})
    store(OTHER)
    asks = TmdbClient(tmdb.base_url, holder, clock)
    with pytest.raises(SourceRefused):
        asks.get("movie/603", {}, budget=3)
    change(tmdb.key)
    clock.goes_on(59)
    with pytest.raises(SourceRefused):
        asks.get("movie/603", {}, budget=3)
    assert len(reads) == 1
    clock.goes_on(1)
    assert asks.get("movie/603", {}, budget=3) == {"id": 603}
    assert (len(reads), len(tmdb.requests)) == (2, 4)


def test_a_key_of_the_environment_is_read_nowhere_else(tmdb: TmdbServer, reads: list[str], clock: StillClock) -> None:
    with pytest.raises(SourceRefused, match="into TMDB_API_KEY"):
        TmdbClient(tmdb.base_url, KeyHolder(OTHER, "", clock), clock).get("movie/603", {}, budget=3)
    assert (reads, len(tmdb.requests)) == ([], 1)


def test_a_secret_is_in_no_log_and_no_error(
    holder: KeyHolder, tmdb: TmdbServer, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    store(OTHER)
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceRefused) as raised:
        TmdbClient(tmdb.base_url, holder, clock).get("movie/603", {}, budget=3)
    assert tmdb.requests
    assert OTHER not in caplog.text + str(raised.value)
    assert raised.value.__cause__ is raised.value.__context__ is None
