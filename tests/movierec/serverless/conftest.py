"""The handler, loaded once as Lambda loads it, and what a client sees of its answers."""

from __future__ import annotations

import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from movierec.api import origin
from movierec.aws import client as aws_client
from tests.movierec.serverless.events import HOSTS, KEY, Sent, Shape
from tests.stand_ins.log_lines import lines

# Zappa writes this module into the package.
sys.modules["zappa_settings"] = ModuleType("zappa_settings")
sys.modules["zappa_settings"].ENVIRONMENT_VARIABLES = {}  # type: ignore[attr-defined]

from movierec.serverless.handler import lambda_handler  # noqa: E402

__all__ = ["Seen", "ask", "lines", "origin_secret", "seen"]

SECRET = "movierec/test/origin"


@dataclass(frozen=True)
class Seen:
    """What a gateway sends a client for the handler's response; header names in lower case."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes


def seen(response: dict[str, Any]) -> Seen:
    """Reads a response as the gateways do: `multiValueHeaders` beside `headers`, and `cookies`."""
    body = b64decode(response["body"]) if response["isBase64Encoded"] else response["body"].encode()
    pairs = list(response.get("headers", {}).items())
    pairs += [(name, value) for name, values in response.get("multiValueHeaders", {}).items() for value in values]
    cookies = [*response.get("cookies", []), *(value for name, value in pairs if name.lower() == "set-cookie")]
    headers = {name.lower(): value for name, value in pairs if name.lower() != "set-cookie"}
    return Seen(response["statusCode"], headers, cookies, body)


@pytest.fixture
def origin_secret(tables: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A secret with CloudFront's key, which no process has read yet."""
    settings.AWS_ENDPOINT_URL = "https://secretsmanager.eu-north-1.amazonaws.com"
    settings.ORIGIN_SECRET = SECRET
    monkeypatch.setattr(origin, "_holder", origin._KeyHolder())
    aws_client("secretsmanager").create_secret(Name=SECRET, SecretString=f"{KEY}\n")
    return SECRET


@pytest.fixture
def ask(origin_secret: str, settings: Any, cheap_scrypt: None) -> Iterator[Callable[[Shape, Sent], Seen]]:
    """Sends a request through a gateway of a shape."""
    settings.ALLOWED_HOSTS = list(HOSTS)

    def through(shape: Shape, sent: Sent) -> Seen:
        return seen(lambda_handler(shape.event(sent), None))

    return through
