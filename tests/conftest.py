"""What every test shares: an empty DynamoDB in memory, a client, and a person who is signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from threading import Lock
from typing import Any

import moto
import pytest
from django.core import mail
from django.test import Client
from hypothesis import settings as hypothesis_settings
from moto.core.botocore_stubber import BotocoreStubber

from apps.accounts import denials, passwords
from apps.accounts.providers.local.tokens import issue_access_token
from apps.media import marks
from movierec.aws import client as aws_client
from movierec.dynamo.registry import create_missing_tables
from movierec.switches import keeping
from movierec.switches.values import DEFAULTS, Switches
from tests.stand_ins.fixtures import tmdb

# The same examples in every run, and none refused for the time a busy machine took.
hypothesis_settings.register_profile("same", derandomize=True, database=None, deadline=None)
hypothesis_settings.load_profile("same")

# Named here, the fixtures of the stand-ins are every test's.
__all__ = ["tmdb"]

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def switches_just_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The switches' defaults, which are not read until something forgets them: tests count requests."""
    monkeypatch.setattr(keeping, "keeper", keeping.Keeper(DEFAULTS, read_at=0, seconds=inf))


@pytest.fixture(autouse=True)
def nothing_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """No title hidden or corrected, which is not read until staff decide on one: tests count requests."""
    monkeypatch.setattr(marks, "cache", marks.Cache(inf, marks.Curation()))


@pytest.fixture
def go_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Switches], None]:
    """Has this process go by other switches, for the test's time."""
    return lambda switches: monkeypatch.setattr(keeping, "keeper", keeping.Keeper(switches, read_at=0, seconds=inf))


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Every table, empty, in memory, and no index; nothing is remembered of another test's sessions."""
    settings.CATALOGUE_STORE = str(tmp_path / "catalogue")
    monkeypatch.setattr(denials, "cache", denials.Cache())
    with moto.mock_aws():
        list(create_missing_tables())
        yield


@pytest.fixture
def atomic_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the DynamoDB in memory serve one request at a time, as atomically as the real one writes a row."""
    lock = Lock()
    serve_request = BotocoreStubber.process_request

    def serve_one(self: BotocoreStubber, request: Any) -> Any:
        with lock:
            return serve_request(self, request)

    monkeypatch.setattr(BotocoreStubber, "process_request", serve_one)


@pytest.fixture
def client(tables: None) -> Client:
    """A program's HTTP client over empty tables."""
    return Client(headers={"accept": "application/json"}, raise_request_exception=False)


@pytest.fixture
def sign_in(tables: None) -> Callable[[str], dict[str, str]]:
    """Makes a token for a user id and answers the headers that carry it."""

    def headers(user_id: str = "user-1") -> dict[str, str]:
        token = issue_access_token(user_id, email=f"{user_id}@example.com", session_id="test-session")
        return {"authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parameters that cost a thousandth of production's, which the tests of passwords hold."""
    monkeypatch.setattr(passwords, "COST", passwords.Cost(n=2**5, r=8, p=1))


@pytest.fixture
def post(client: Client, cheap_scrypt: None) -> Callable[..., Any]:
    """Sends JSON to an address below /auth/."""

    def send(name: str, body: Any) -> Any:
        return client.post(f"/auth/{name}", body, content_type="application/json")

    return send


@pytest.fixture
def mailed_code() -> Callable[[], str]:
    """The code in the newest mail."""

    def read() -> str:
        found = re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))
        assert found
        return found.group()

    return read


@pytest.fixture
def bucket(tables: None, settings: Any, tmp_path: Path) -> str:
    """The name of an empty bucket, which is the configured store."""
    settings.AWS_ENDPOINT_URL = "https://s3.eu-north-1.amazonaws.com"
    settings.MODEL_CACHE = tmp_path / "cache"
    # Stores are remembered by their addresses.
    name = f"movierec-{tmp_path.name.replace('_', '-')}"[:63].strip("-").lower()
    settings.MODEL_STORE = f"s3://{name}/some/models"
    aws_client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    return name
