"""The service with each identity provider in turn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from time import time
from typing import Any

import pyotp
import pytest
import time_machine
from django.core import mail
from django.test import Client

from tests.contract.identity.service import Identity, Purpose
from tests.contract.pool import PoolServer, cognito_identity, pool_server


@pytest.fixture(params=["local", pytest.param("cognito", marks=pytest.mark.embedded)])
def identity(request: pytest.FixtureRequest, cheap_scrypt: None) -> Identity:
    """The service over empty tables, with nobody signed up."""
    made: Identity = request.getfixturevalue(f"{request.param}_service")
    return made


@pytest.fixture
def local_service(client: Client) -> Iterator[Identity]:
    """The accounts of our own table. Its clock is the test's to move."""
    with time_machine.travel(datetime.now(UTC)) as clock:

        def app_code(secret: str) -> str:
            clock.shift(30)
            return pyotp.TOTP(secret).now()

        yield Identity(client, _mailed_code, app_code)


@pytest.fixture(scope="session")
def pool_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PoolServer]:
    """The server of user pools."""
    with pool_server(tmp_path_factory.mktemp("pool")) as server:
        yield server


@pytest.fixture
def cognito_service(client: Client, settings: Any, pool_aws: PoolServer) -> Iterator[Identity]:
    """A user pool of its own. Its clock is the real one, which takes codes of the next thirty seconds too."""
    with cognito_identity(settings, pool_aws):
        yield Identity(client, pool_aws.code_mailed, _app_codes())


@pytest.fixture
def rotating_service(client: Client, settings: Any, pool_aws: PoolServer) -> Iterator[Identity]:
    """A user pool that gives a new refresh token at each use."""
    with cognito_identity(settings, pool_aws, rotating=True):
        yield Identity(client, pool_aws.code_mailed, _app_codes())


def _app_codes() -> Callable[[str], str]:
    uses = count()

    def app_code(secret: str) -> str:
        step = next(uses)
        assert step < 2, "a third code would have to wait for its time"
        return pyotp.TOTP(secret).at(int(time()), counter_offset=step)

    return app_code


def _mailed_code(email: str, purpose: Purpose) -> str:
    words = {"sign-up": "confirmation", "reset": "new password"}[purpose]
    bodies = [str(sent.body) for sent in mail.outbox if sent.to == [email] and words in sent.body]
    found = re.search(r"\b\d{6}\b", bodies[-1])
    assert found
    return found.group()
