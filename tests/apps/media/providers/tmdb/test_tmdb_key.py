from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import orjson
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from apps.media.errors import SourceKeyRefused, SourceUnavailable
from apps.media.providers.tmdb.client import TmdbClient
from apps.media.providers.tmdb.configured import configured_source
from apps.media.providers.tmdb.key import ApiKey, KeyHolder
from movierec.aws import client
from movierec.clock import Clock, Deadline
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
def test_a_secret_is_the_key_or_json_that_names_it(
    holder: KeyHolder, clock: StillClock, reads: list[str], content: str
) -> None:
    store(content)
    assert [holder.current(Deadline(clock, 3)) for _ in range(3)] == [ApiKey(OTHER)] * 3
    assert reads == ["GetSecretValue"]


@pytest.mark.parametrize(
    "content", ["{}", '{"TMDB_API_KEY": 7}', '{"TMDB_API_KEY": ""}', "{", "two words", "clé", "a\nb"]
)
def test_a_secret_without_a_key_is_refused(holder: KeyHolder, clock: StillClock, content: str) -> None:
    store(content)
    with pytest.raises(SourceKeyRefused) as raised:
        holder.current(Deadline(clock, 3))
    assert str(raised.value) == (
        "The secret movierec/tmdb holds no key. "
        "Put the key that TMDB's settings page shows into the secret movierec/tmdb (TMDB_API_KEY_SECRET)."
    )


def test_a_secret_that_is_not_there_is_looked_for_every_five_seconds(
    holder: KeyHolder, reads: list[str], clock: StillClock
) -> None:
    for _ in range(3):
        with pytest.raises(
            SourceKeyRefused, match=r"movierec/tmdb, which cannot be read \(ResourceNotFoundException\)"
        ):
            holder.current(Deadline(clock, 3))
    assert len(reads) == 1
    store(OTHER)
    clock.goes_on(5)
    assert holder.current(Deadline(clock, 3)) == ApiKey(OTHER)


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetSecretValue")


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        (refusal("ThrottlingException"), SourceUnavailable, "ThrottlingException"),
        (refusal("AccessDeniedException"), SourceKeyRefused, "AccessDeniedException"),
        (EndpointConnectionError(endpoint_url="https://a.example"), SourceUnavailable, "EndpointConnectionError"),
    ],
)
def test_faults_of_secrets_manager_are_told_apart(
    holder: KeyHolder, clock: StillClock, fault: Exception, error: type[Exception], reason: str
) -> None:
    def refuse(**_: Any) -> None:
        raise fault

    events = client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.GetSecretValue", refuse)
    try:
        with pytest.raises(error, match=reason):
            holder.current(Deadline(clock, 3))
    finally:
        events.unregister("before-call.secretsmanager.GetSecretValue", refuse)


def test_a_changed_secret_is_taken_up_when_tmdb_refuses_the_old_key(
    holder: KeyHolder, tmdb: TmdbServer, reads: list[str], clock: StillClock
) -> None:
    tmdb.answers("movie/603", {"id": 603})
    store(OTHER)
    asks = TmdbClient(tmdb.base_url, holder, clock)
    with pytest.raises(SourceKeyRefused):
        asks.get("movie/603", {}, parse=dict, budget=3)
    change(tmdb.key)
    clock.goes_on(59)
    with pytest.raises(SourceKeyRefused):
        asks.get("movie/603", {}, parse=dict, budget=3)
    assert len(reads) == 1
    clock.goes_on(1)
    assert asks.get("movie/603", {}, parse=dict, budget=3) == {"id": 603}
    assert (len(reads), len(tmdb.requests)) == (2, 4)


def test_a_key_of_the_environment_is_read_nowhere_else(tmdb: TmdbServer, reads: list[str], clock: StillClock) -> None:
    with pytest.raises(SourceKeyRefused, match="into TMDB_API_KEY"):
        TmdbClient(tmdb.base_url, KeyHolder(OTHER, "", clock), clock).get("movie/603", {}, parse=dict, budget=3)
    assert (reads, len(tmdb.requests)) == ([], 1)


def test_a_secret_is_in_no_log_and_no_error(
    holder: KeyHolder, tmdb: TmdbServer, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    store(OTHER)
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceKeyRefused) as raised:
        TmdbClient(tmdb.base_url, holder, clock).get("movie/603", {}, parse=dict, budget=3)
    assert tmdb.requests
    assert OTHER not in caplog.text + str(raised.value)
    assert raised.value.__cause__ is raised.value.__context__ is None


def test_a_clock_that_is_set_back_does_not_keep_the_secret_from_being_read(
    holder: KeyHolder, reads: list[str], clock: StillClock
) -> None:
    with pytest.raises(SourceKeyRefused):
        holder.current(Deadline(clock, 3))
    store(OTHER)
    clock.is_set_back(3600)
    assert holder.current(Deadline(clock, 3)) == ApiKey(OTHER)
    assert len(reads) == 2


def test_without_time_no_secret_is_read(holder: KeyHolder, reads: list[str], clock: StillClock) -> None:
    store(OTHER)
    with pytest.raises(SourceUnavailable, match="no time to read the key") as raised:
        holder.current(Deadline(clock, 0))
    assert raised.value.retry_after == 1
    assert holder.other_than(ApiKey(OTHER), Deadline(clock, 0)) is None
    assert reads == []


def test_nobody_waits_past_the_deadline_for_another_who_reads_the_secret(holder: KeyHolder) -> None:
    store(OTHER)
    reading, released = Event(), Event()

    def hang(**_: Any) -> None:
        reading.set()
        released.wait(30)

    events = client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.GetSecretValue", hang)
    try:
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(holder.current, Deadline(Clock(), 30))
            assert reading.wait(30)
            began = time.monotonic()
            with pytest.raises(SourceUnavailable, match="no time to read the key"):
                holder.current(Deadline(Clock(), 0.05))
            assert time.monotonic() - began < 5
            released.set()
            assert first.result() == ApiKey(OTHER)
    finally:
        released.set()
        events.unregister("before-call.secretsmanager.GetSecretValue", hang)


def test_a_key_in_hand_is_given_while_another_looks_for_a_new_one(holder: KeyHolder, clock: StillClock) -> None:
    store(OTHER)
    held = holder.current(Deadline(clock, 3))
    clock.goes_on(60)
    met: list[ApiKey] = []

    def ask(**_: Any) -> None:
        met.append(holder.current(Deadline(clock, 3)))

    events = client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.GetSecretValue", ask)
    try:
        assert holder.other_than(held, Deadline(clock, 3)) is None
    finally:
        events.unregister("before-call.secretsmanager.GetSecretValue", ask)
    assert met == [held]


PLACEHOLDER = '{"TMDB_API_KEY": ""}'


class TestAwaiting:
    """A secret that has the empty key with which it is made is no key yet."""

    def test_it_is_said_once_what_to_do(
        self, holder: KeyHolder, clock: StillClock, reads: list[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        store(PLACEHOLDER)
        for _ in range(4):
            assert holder.is_awaited()
            clock.goes_on(30)
        assert len(reads) == 2
        assert caplog.messages == [
            "There is no key of TMDB yet, and what is stored serves. "
            "Put the key that TMDB's settings page shows into the secret movierec/tmdb (TMDB_API_KEY_SECRET)."
        ]

    def test_a_key_that_is_put_in_later_is_found_within_a_minute(self, holder: KeyHolder, clock: StillClock) -> None:
        store(PLACEHOLDER)
        assert holder.is_awaited()
        change(OTHER)
        assert holder.is_awaited()
        clock.goes_on(60)
        assert not holder.is_awaited()
        assert holder.current(Deadline(clock, 3)) == ApiKey(OTHER)

    @pytest.mark.parametrize("content", [OTHER, "", "{", "{}", '{"TMDB_API_KEY": "two words"}'])
    def test_other_contents_are_keys_or_mistakes(self, holder: KeyHolder, content: str) -> None:
        store(content or " ")
        assert not holder.is_awaited()

    def test_a_secret_that_cannot_be_read_is_a_mistake(self, holder: KeyHolder) -> None:
        assert not holder.is_awaited()

    def test_a_key_of_the_environment_is_there(self, reads: list[str], clock: StillClock) -> None:
        assert not KeyHolder(OTHER, "", clock).is_awaited()
        assert reads == []

    def test_there_is_no_source_meanwhile(self, settings: Any) -> None:
        store(PLACEHOLDER)
        settings.TMDB_API_KEY, settings.TMDB_API_KEY_SECRET = "", SECRET
        assert configured_source() is None
        settings.TMDB_API_KEY_SECRET = "movierec/other"
        assert configured_source() is not None
