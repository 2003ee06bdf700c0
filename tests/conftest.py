"""What every test shares: an empty DynamoDB in memory, a client, and a person who is signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

# Before Django reads its settings: no embedded AWS, a state folder of the tests' own, no real credentials.
os.environ.update(
    MOVIEREC_ENV="local",
    AWS_ENDPOINT_URL="https://dynamodb.eu-north-1.amazonaws.com",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    STATE_DIR=f"build/tests/{os.environ.get('PYTEST_XDIST_WORKER', 'main')}",
    EMAIL_URL="memorymail://",
    RATE_LIMITS="auth=100000,user=100000,recommendations=100000,media=100000",
)

import moto  # noqa: E402  (before any client is made, so that botocore's clients pass through it)
import pytest  # noqa: E402
from django.test import Client  # noqa: E402
from movierec.dynamo.registry import create_missing_tables  # noqa: E402

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture
def tables() -> Iterator[None]:
    """Every table, empty, in memory."""
    with moto.mock_aws():
        list(create_missing_tables())
        yield


@pytest.fixture
def client(tables: None) -> Client:
    """A program's HTTP client over empty tables."""
    return Client(headers={"accept": "application/json"}, raise_request_exception=False)


@pytest.fixture
def sign_in(tables: None) -> Callable[[str], dict[str, str]]:
    """Makes a token for a user id and answers the headers that carry it."""
    from apps.accounts.tokens import issue_access_token

    def headers(user_id: str = "user-1") -> dict[str, str]:
        token = issue_access_token(user_id, email=f"{user_id}@example.com", session_id="test-session")
        return {"authorization": f"Bearer {token}"}

    return headers
