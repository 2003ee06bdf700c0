from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from botocore.exceptions import EndpointConnectionError
from django.core.exceptions import ImproperlyConfigured
from moto.core.botocore_stubber import BotocoreStubber
from pytest_django.fixtures import Settings

from apps.accounts.providers.local import key_secret, keys
from apps.accounts.providers.local.rotation import KeysUnreachable, RotatedLately
from apps.accounts.providers.local.signing_key import key_of, new_pem
from movierec.aws import client

NAME = "movierec-test-token-key"
NOW = 1_800_000_000
LIFE = 3600 + 60 + 300
Fail = Callable[[str | Exception], None]


@pytest.fixture(autouse=True)
def secret(tables: None, settings: Settings) -> str:
    """The name of a secret that is not there yet; DynamoDB's connection is made already."""
    settings.AWS_ENDPOINT_URL = "https://secretsmanager.eu-north-1.amazonaws.com"
    settings.TOKEN_KEY_SECRET = NAME
    return NAME


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fail]:
    """Lets Secrets Manager answer with an error code, or not at all."""

    def plan(error: str | Exception) -> None:
        def answer(*_: object) -> Any:
            if isinstance(error, Exception):
                raise error
            return 400, {"x-amzn-errortype": error}, b'{"__type": "%s"}' % error.encode()

        monkeypatch.setattr(BotocoreStubber, "process_request", answer)

    return plan


def create(content: str | None) -> None:
    given = {} if content is None else {"SecretString": content}
    client("secretsmanager").create_secret(Name=NAME, **given)


def kids() -> list[str]:
    return [key.kid for key in key_secret.read()]


def test_the_current_version_is_the_key() -> None:
    pem = new_pem()
    create(pem.decode())
    assert key_secret.read() == [key_of(pem)]


def test_a_rotation_keeps_the_key_before_as_the_previous() -> None:
    pem = new_pem()
    create(pem.decode())
    new = key_secret.rotate()
    assert kids() == [new.kid, key_of(pem).kid]


def test_a_second_rotation_waits_for_the_last_token_of_the_key_it_drops() -> None:
    with time_machine.travel(NOW, tick=False):
        create(new_pem().decode())
        first = key_secret.rotate()
    with time_machine.travel(NOW + LIFE - 1, tick=False):
        before = kids()
        with pytest.raises(RotatedLately):
            key_secret.rotate()
        assert kids() == before
    with time_machine.travel(NOW + LIFE, tick=False):
        second = key_secret.rotate()
        assert kids() == [second.kid, first.kid]


def test_of_two_rotations_at_once_one_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    create(new_pem().decode())
    version, raced = key_secret._version, []

    def rotate_between(stage: str) -> Any:
        found = version(stage)
        if stage == "AWSPREVIOUS" and not raced:
            raced.append(True)
            raced.append(key_secret.rotate())
        return found

    monkeypatch.setattr(key_secret, "_version", rotate_between)
    with pytest.raises(RotatedLately):
        key_secret.rotate()
    assert kids()[0] == raced[1].kid
    assert len(kids()) == 2


def test_a_secret_that_was_made_with_another_text_gets_its_first_key() -> None:
    create("a placeholder")
    with pytest.raises(ImproperlyConfigured) as caught:
        key_secret.read()
    assert str(caught.value) == (
        f"TOKEN_KEY_SECRET names {NAME}, whose current version is not an unencrypted RSA key of at least 2048 bits "
        "in PEM; run manage.py rotate_token_key to store one."
    )
    assert "placeholder" not in str(caught.value)
    new = key_secret.rotate()
    assert kids() == [new.kid]


def test_a_secret_without_a_value_gets_its_first_key() -> None:
    create(None)
    with pytest.raises(KeysUnreachable):
        key_secret.read()
    new = key_secret.rotate()
    assert kids() == [new.kid]


def test_a_secret_that_is_not_there_is_not_made() -> None:
    with pytest.raises(KeysUnreachable) as caught:
        key_secret.read()
    assert caught.value.reason == "there is no such secret, or it has no value"
    with pytest.raises(KeysUnreachable) as caught:
        key_secret.rotate()
    assert caught.value.reason == "ResourceNotFoundException"
    assert client("secretsmanager").list_secrets()["SecretList"] == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("AccessDeniedException", "AccessDeniedException"),
        ("ThrottlingException", "ThrottlingException"),
        (
            EndpointConnectionError(endpoint_url="https://example.com"),
            'Could not connect to the endpoint URL: "https://example.com"',
        ),
    ],
)
def test_what_keeps_us_from_the_secret_is_a_503_with_a_reason(fail: Fail, error: Any, reason: str) -> None:
    fail(error)
    for use in (key_secret.read, key_secret.rotate):
        with pytest.raises(KeysUnreachable) as caught:
            use()
        assert (caught.value.status, caught.value.reason) == (503, reason)
        assert reason not in caught.value.sentence


def test_a_process_whose_secret_cannot_be_read_does_not_start(fail: Fail, new_process: Callable[[], Any]) -> None:
    new_process()
    fail("AccessDeniedException")
    with pytest.raises(ImproperlyConfigured) as caught:
        keys.check_configuration()
    assert str(caught.value) == (
        f"TOKEN_KEY_SECRET names {NAME}, which cannot be read (AccessDeniedException); "
        "make the secret, or let this process read it."
    )


def test_a_process_whose_secret_holds_a_key_starts(new_process: Callable[[], Any], settings: Settings) -> None:
    settings.LOCAL = False
    pem = new_pem()
    create(pem.decode())
    new_process()
    keys.check_configuration()
    assert keys.signing_key() == key_of(pem)
