"""Who a request says it is for is believed with the origin's key alone."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from infra.declared import origin as declared
from movierec import secret_texts
from movierec.api import origin
from movierec.api.origin import OriginMiddleware
from movierec.api.request_id import client_address
from movierec.aws import client

SECRET = "movierec/test/origin"
KEY = "k" * 40
SOCKET = "130.176.0.1"
VIEWER = "203.0.113.9"


@pytest.fixture(autouse=True)
def _secret(tables: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AWS_ENDPOINT_URL = "https://secretsmanager.eu-north-1.amazonaws.com"
    settings.ORIGIN_SECRET = SECRET
    settings.ALLOWED_HOSTS = ["movierec.net", "testserver"]
    monkeypatch.setattr(origin, "_holder", origin._KeyHolder())
    client("secretsmanager").create_secret(Name=SECRET, SecretString=f"{KEY}\n")


@pytest.fixture
def reads() -> Any:
    """The operations sent to Secrets Manager; whatever is put into `fault` is raised."""
    sent: list[str] = []

    def note(model: Any, **_: Any) -> None:
        sent.append(model.name)

    events = client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.GetSecretValue", note)
    yield sent
    events.unregister("before-call.secretsmanager.GetSecretValue", note)


def served(**headers: str) -> tuple[str, str, HttpRequest]:
    """The caller's address and the host that a view sees, and the request."""
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=SOCKET)
    assert OriginMiddleware(view)(request).status_code == 200
    return client_address(seen[0]), seen[0].get_host(), seen[0]


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def claims(key: str | None = KEY, address: str = VIEWER, host: str = "movierec.net") -> dict[str, str]:
    told = {"X-Viewer-Address": address, "X-Forwarded-Host": host}
    return told if key is None else {**told, "X-Origin-Key": key}


def test_the_templates_name_the_same_headers() -> None:
    assert set(claims()) == {declared.KEY_HEADER, declared.HOST_HEADER, declared.ADDRESS_HEADER}


@pytest.mark.parametrize("address", [VIEWER, "2001:db8::1"])
def test_with_the_key_the_viewer_and_the_host_are_believed(address: str) -> None:
    assert served(**claims(address=address))[:2] == (address, "movierec.net")


def test_the_viewers_address_counts_before_the_gateways() -> None:
    context = {"requestContext": {"http": {"sourceIp": SOCKET}}}
    request = RequestFactory().get("/", headers=claims(), **{"lambda.event": context})
    OriginMiddleware(empty)(request)
    assert client_address(request) == VIEWER


@pytest.mark.parametrize("key", [None, "", "another", KEY[:-1], "ключ"])
def test_without_it_nothing_is(key: str | None) -> None:
    assert served(**claims(key))[:2] == (SOCKET, "testserver")


@pytest.mark.parametrize("key", [None, "another", KEY])
def test_no_view_sees_the_headers(key: str | None) -> None:
    request = served(**claims(key))[2]
    assert {"X-Origin-Key", "X-Viewer-Address", "X-Forwarded-Host"}.isdisjoint(request.headers)


@pytest.mark.parametrize("address", ["", "unknown", "203.0.113.9:443", "<b>"])
def test_what_is_no_address_leaves_the_sockets(address: str) -> None:
    assert served(**claims(address=address))[:2] == (SOCKET, "movierec.net")


def test_a_service_without_a_proxy_believes_no_key(settings: Any, reads: list[str]) -> None:
    settings.ORIGIN_SECRET = ""
    assert served(**claims())[0] == SOCKET
    assert reads == []


def test_the_secret_is_read_when_a_key_is_first_shown(reads: list[str]) -> None:
    served()
    assert reads == []
    for _ in range(3):
        served(**claims())
    assert reads == ["GetSecretValue"]


def test_another_key_is_looked_for_once_a_minute(reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(secret_texts.time, "monotonic", lambda: now)
    assert served(**claims())[0] == VIEWER
    client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString="n" * 40)
    assert [served(**claims("n" * 40))[0] for _ in range(2)] == [SOCKET, SOCKET]
    assert len(reads) == 1
    now += 60
    assert served(**claims("n" * 40))[0] == VIEWER
    assert (served(**claims())[0], len(reads)) == (SOCKET, 2)


def test_an_empty_secret_is_nobodys_key() -> None:
    client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=" ")
    assert served(**claims(" "))[0] == SOCKET


def test_while_the_secret_cannot_be_read_a_key_is_answered_503(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, reads: list[str]
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(secret_texts.time, "monotonic", lambda: now)

    def refuse(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://a.example")

    events = client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.GetSecretValue", refuse)
    try:
        for _ in range(5):
            response = OriginMiddleware(empty)(RequestFactory().get("/", headers=claims()))
            assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert served(**claims(None))[0] == SOCKET
    finally:
        events.unregister("before-call.secretsmanager.GetSecretValue", refuse)
    assert reads == ["GetSecretValue"]
    assert [record.levelname for record in caplog.records if record.name == "movierec.api.errors"] == [
        "ERROR",
        *["INFO"] * 4,
    ]
    now += secret_texts.RETRY_SECONDS
    assert "ORIGIN_SECRET names movierec/test/origin, which cannot be read (EndpointConnectionError)" in caplog.text
    assert served(**claims())[0] == VIEWER


@pytest.mark.parametrize("path", ["/", "/docs", "/schema", "/media/genres", "/nowhere", "/static/web/icon.svg"])
@pytest.mark.parametrize("host", ["evil.example", "movierec.net.evil.example", "a b"])
def test_a_host_that_is_not_ours_is_refused(client: Client, path: str, host: str) -> None:
    answer = client.get(path, headers={"host": host})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert answer.json().keys() == {"error", "message", "code", "requestId", "timestamp"}
    assert (answer.json()["error"], answer.json()["code"]) == (
        "This host is none of ALLOWED_HOSTS; ask one that is.",
        "BadRequest",
    )
    assert answer["X-Request-Id"] == answer.json()["requestId"]


def test_nor_one_that_is_told_with_the_key(client: Client) -> None:
    assert client.get("/docs", headers=claims(host="evil.example")).status_code == 400
    assert client.get("/docs", headers={**claims(), "host": "evil.example"}).status_code == 200


def test_a_load_balancer_asks_after_the_health_of_an_address(client: Client) -> None:
    assert client.get("/health", headers={"host": "10.0.0.7:8000"}).status_code == 200
