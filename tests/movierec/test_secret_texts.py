"""The signing keys in Secrets Manager, read when something is first sealed."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import orjson
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from django.core import signing
from django.test import Client

from movierec import env, secret_texts
from movierec.aws import client as aws_client
from movierec.lazy_keys import LazyTexts, lazy_text
from movierec.sealing import seal, unseal
from movierec.secret_texts import (
    RETRY_SECONDS,
    Kept,
    SecretUnreadable,
    secret_text,
    signing_key,
    signing_key_fallbacks,
)

SECRET = "movierec/test/signing"
KEY, NEXT, OLDER = (secrets.token_urlsafe(64) for _ in range(3))


@pytest.fixture(autouse=True)
def _secret(tables: None, settings: Any) -> Any:
    settings.AWS_ENDPOINT_URL = "https://secretsmanager.eu-north-1.amazonaws.com"
    settings.SECRET_KEY_SECRET = SECRET
    secret_texts._signing_keys.cache_clear()
    yield
    secret_texts._signing_keys.cache_clear()


@pytest.fixture
def lazy(settings: Any) -> None:
    """The settings as they are where SECRET_KEY_SECRET is set."""
    settings.SECRET_KEY = lazy_text("movierec.secret_texts.signing_key")
    settings.SECRET_KEY_FALLBACKS = LazyTexts("movierec.secret_texts.signing_key_fallbacks")


@pytest.fixture
def reads() -> Any:
    """The operations sent to Secrets Manager."""
    sent: list[str] = []

    def note(model: Any, **_: Any) -> None:
        sent.append(model.name)

    events = aws_client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.GetSecretValue", note)
    yield sent
    events.unregister("before-call.secretsmanager.GetSecretValue", note)


def store(content: Any) -> None:
    text = content if isinstance(content, str) else orjson.dumps(content).decode()
    aws_client("secretsmanager").create_secret(Name=SECRET, SecretString=text)


@pytest.mark.usefixtures("lazy")
class TestSettings:
    def test_keys_are_read_once_and_at_their_first_use(self, settings: Any, reads: list[str]) -> None:
        store({"SECRET_KEY": KEY, "SECRET_KEY_FALLBACKS": f"{NEXT}, {OLDER},", "NEXT": NEXT})
        assert reads == []
        assert unseal("test", seal("test", b"content")) == b"content"
        assert (str(settings.SECRET_KEY), list(settings.SECRET_KEY_FALLBACKS)) == (KEY, [NEXT, OLDER])
        assert reads == ["GetSecretValue"]

    def test_what_a_fallback_sealed_opens(self, settings: Any) -> None:
        store({"SECRET_KEY": KEY, "SECRET_KEY_FALLBACKS": f"{NEXT},{OLDER}"})
        settings.SECRET_KEY, lazy = OLDER, settings.SECRET_KEY
        sealed = seal("test", b"content")
        settings.SECRET_KEY = lazy
        assert unseal("test", sealed) == b"content"

    def test_django_signs_with_them(self) -> None:
        store({"SECRET_KEY": KEY, "SECRET_KEY_FALLBACKS": OLDER})
        assert signing.loads(signing.dumps("x", key=OLDER)) == signing.loads(signing.dumps("x")) == "x"

    def test_fallbacks_are_a_list_whose_text_shows_nothing(self, settings: Any) -> None:
        store({"SECRET_KEY": KEY, "SECRET_KEY_FALLBACKS": OLDER})
        assert isinstance(settings.SECRET_KEY_FALLBACKS, list)
        assert (len(settings.SECRET_KEY_FALLBACKS), settings.SECRET_KEY_FALLBACKS[0]) == (1, OLDER)
        assert OLDER not in repr(settings.SECRET_KEY_FALLBACKS)

    def test_a_request_that_needs_them_is_answered_503_and_others_are_served(
        self, client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        body = {"email": "ann@example.com", "password": "correct horse battery"}
        answer = client.post("/auth/signup", body, content_type="application/json")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.json()["error"] == "The service cannot read its keys; try again shortly."
        assert (
            f"SECRET_KEY_SECRET names {SECRET}, which cannot be read (ResourceNotFoundException); check the name, "
            "the region, and the right secretsmanager:GetSecretValue on it."
        ) in caplog.text
        assert client.get("/health").status_code == 200
        store({"SECRET_KEY": KEY, "SECRET_KEY_FALLBACKS": ""})
        now = time.monotonic() + RETRY_SECONDS
        monkeypatch.setattr(secret_texts.time, "monotonic", lambda: now)
        assert client.post("/auth/signup", body, content_type="application/json").status_code == 200

    def test_a_fault_is_kept_for_five_seconds_and_logged_once(
        self, reads: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = time.monotonic()
        monkeypatch.setattr(secret_texts.time, "monotonic", lambda: now)
        faults = []
        for _ in range(5):
            with pytest.raises(SecretUnreadable) as raised:
                signing_key()
            faults.append(raised.value)
        assert reads == ["GetSecretValue"]
        assert [fault.logged_once for fault in faults] == [False, True, True, True, True]
        assert {str(fault) for fault in faults} == {str(faults[0])}
        now += RETRY_SECONDS - 0.01
        with pytest.raises(SecretUnreadable):
            signing_key()
        assert len(reads) == 1
        store({"SECRET_KEY": KEY, "SECRET_KEY_FALLBACKS": ""})
        now += 0.01
        assert [signing_key(), signing_key()] == [KEY, KEY]
        assert len(reads) == 2

    def test_who_is_signed_in_needs_none_of_them(
        self, client: Client, sign_in: Callable[[str], dict[str, str]], reads: list[str]
    ) -> None:
        assert client.get("/user/stats/stats", headers=sign_in("ann")).status_code == 200
        assert reads == []


class TestThreads:
    """One thread reads; it is let go on by an event, so that nobody waits for a clock."""

    def test_without_a_value_all_wait_for_one_read_and_get_its_fault(self) -> None:
        begun, may_end, reads = Event(), Event(), []

        def read() -> str:
            reads.append("read")
            begun.set()
            assert may_end.wait(10)
            raise SecretUnreadable("away")

        kept = Kept(read)

        def fault() -> str:
            with pytest.raises(SecretUnreadable) as raised:
                kept.value()
            return str(raised.value)

        with ThreadPoolExecutor(4) as pool:
            faults = [pool.submit(fault) for _ in range(4)]
            assert begun.wait(10)
            may_end.set()
        assert [found.result() for found in faults] == ["away"] * 4
        assert reads == ["read"]

    def test_a_known_value_serves_while_another_is_read(self) -> None:
        begun, may_end, values = Event(), Event(), iter(["old", "new"])

        def read() -> str:
            value = next(values)
            if value == "new":
                begun.set()
                assert may_end.wait(10)
            return value

        kept = Kept(read, seconds=0)
        assert (kept.known(), kept.value(), kept.known()) == (None, "old", "old")
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(kept.value)
            assert begun.wait(10)
            assert kept.value() == "old"
            may_end.set()
        assert (reading.result(), kept.known()) == ("new", "new")


@pytest.mark.parametrize(
    ("content", "weakness"),
    [
        ("{", "is not there"),
        ("[]", "is not there"),
        ({"SECRET_KEY": KEY}, "is not there"),
        ({"SECRET_KEY": 7, "SECRET_KEY_FALLBACKS": ""}, "is not there"),
        ({"SECRET_KEY": "", "SECRET_KEY_FALLBACKS": ""}, "is empty"),
        ({"SECRET_KEY": KEY[:49], "SECRET_KEY_FALLBACKS": ""}, "is shorter than 50 characters"),
        ({"SECRET_KEY": KEY, "SECRET_KEY_FALLBACKS": "a" * 60}, "has fewer than 5 different characters"),
    ],
)
def test_a_key_that_cannot_be_right_is_refused_without_showing_it(content: Any, weakness: str) -> None:
    store(content)
    with pytest.raises(SecretUnreadable) as raised:
        signing_key()
    assert str(raised.value) == (
        f"SECRET_KEY_SECRET names {SECRET}, in which a key {weakness}; store JSON with a long random SECRET_KEY, "
        "and with SECRET_KEY_FALLBACKS, older ones with commas between."
    )


def test_no_fallbacks() -> None:
    store({"SECRET_KEY": KEY, "SECRET_KEY_FALLBACKS": ""})
    assert (signing_key(), signing_key_fallbacks()) == (KEY, ())


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "x"), "AccessDeniedException"),
        (EndpointConnectionError(endpoint_url="https://a.example"), "EndpointConnectionError"),
    ],
)
def test_a_secret_that_cannot_be_read_says_why(fault: Exception, reason: str) -> None:
    def refuse(**_: Any) -> None:
        raise fault

    events = aws_client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.GetSecretValue", refuse)
    try:
        with pytest.raises(SecretUnreadable, match=rf"NAME names some/secret, which cannot be read \({reason}\)"):
            secret_text("NAME", "some/secret")
    finally:
        events.unregister("before-call.secretsmanager.GetSecretValue", refuse)


def test_a_process_on_lambda_starts_without_any_secret(tmp_path: Path) -> None:
    # Nothing listens at this address: it must not come to that.
    variables = {
        **{name: variable.default for name, variable in env.VARIABLES.items()},
        "MOVIEREC_ENV": "dev",
        "DEBUG": "on",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_LAMBDA_FUNCTION_NAME": "movierec-dev",
        "ALLOWED_HOSTS": "api.movierec.net",
        "SECRET_KEY_SECRET": SECRET,
        "ORIGIN_SECRET": "movierec/test/origin",
        "TMDB_API_KEY_SECRET": "movierec/test/tmdb",
        "EMAIL_URL": "ses://",
        "IDENTITY_PROVIDER": "cognito",
        "COGNITO_USER_POOL_ID": "eu-north-1_AbCdEfGhI",
        "COGNITO_CLIENT_ID": "client-1",
        "PATH": "",
        "STATE_DIR": str(tmp_path),
    }
    (tmp_path / "zappa_settings.py").write_text("ENVIRONMENT_VARIABLES = {'LOG_LEVEL': 'WARNING'}\n")
    ask = (
        "import sys, warnings; warnings.simplefilter('ignore'); sys.path.append(sys.argv[1])\n"
        "from movierec.serverless.handler import lambda_handler\n"
        "event = {'version': '2.0', 'rawPath': '/docs', 'headers': {'host': 'api.movierec.net'},"
        " 'requestContext': {'http': {'method': 'GET', 'sourceIp': '203.0.113.9'}}}\n"
        "print(lambda_handler(event, None)['statusCode'], 'zappa.handler' in sys.modules, 'werkzeug' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", ask, str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        cwd=env.BASE_DIR,
        env=variables,
    )
    assert (ended.returncode, ended.stdout.splitlines()[-1:]) == (0, ["200 False False"]), ended.stderr
