"""Who is asking while the list of ended sessions cannot be read, and how pages greet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.template import engines
from django.test import Client, RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import denials, sessions
from apps.accounts.providers.local.tokens import issue_access_token
from movierec.api.authentication import COOKIE, person_of_cookie
from movierec.api.views import ApiView
from movierec.dynamo.connection import shared_connection

Serve = Callable[[dict[str, Any]], Client]
EMAIL = "ann@example.com"


class Private(ApiView):
    """Something for the signed-in."""

    def get(self, request: Request) -> Response:
        return Response({"user": request.user.user_id})


@pytest.fixture
def service(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A service that has not yet asked about any session."""
    monkeypatch.setattr(denials, "cache", denials.Cache())
    return serve({"private": Private})


def token(email: str = EMAIL) -> str:
    return issue_access_token("ann", email=email, session_id="s1")


def bearer() -> dict[str, str]:
    return {"authorization": f"Bearer {token()}"}


@pytest.fixture
def failing() -> Iterator[Callable[[str], list[str]]]:
    """Lets every BatchGetItem fail with an error code from the call on; answers the requests that came."""
    events = shared_connection().client.meta.events
    handlers = []

    def fail(code: str) -> list[str]:
        asked: list[str] = []

        def answer(model: Any, **_: Any) -> None:
            asked.append(model.name)
            raise ClientError({"Error": {"Code": code, "Message": ""}}, model.name)

        events.register("before-call.dynamodb.BatchGetItem", answer)
        handlers.append(answer)
        return asked

    yield fail
    for handler in handlers:
        events.unregister("before-call.dynamodb.BatchGetItem", handler)


def test_a_token_of_an_open_session_is_taken(service: Client) -> None:
    assert service.get("/private", headers=bearer()).json() == {"user": "ann"}
    service.cookies[COOKIE] = token()
    assert service.get("/private").json() == {"user": "ann"}


def test_a_token_of_an_ended_session_is_not(service: Client) -> None:
    sessions.end("ann", "s1")
    refused = service.get("/private", headers=bearer())
    assert (refused.status_code, refused.json()["error"]) == (401, "Authentication failed")
    assert refused.json()["details"] == "Invalid or expired token"
    service.cookies[COOKIE] = token()
    assert service.get("/private").json()["error"] == "Authorization header required"


def test_while_nobody_can_be_told_apart_programs_get_a_503(service: Client, no_dynamodb: Callable[[], None]) -> None:
    no_dynamodb()
    by_header = service.get("/private", headers=bearer())
    service.cookies[COOKIE] = token()
    by_cookie = service.get("/private")
    for answer in (by_header, by_cookie):
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert answer.json()["code"] == "ServiceUnavailable"


def test_people_get_the_page_of_a_503_after_one_try(service: Client, failing: Callable[[str], list[str]]) -> None:
    asked = failing("InternalServerError")
    service.cookies[COOKIE] = token()
    page = service.get("/private", headers={"accept": "text/html"})
    assert page.status_code == 503
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert "The service cannot reach its data; try again shortly." in page.content.decode()
    assert EMAIL not in page.content.decode()
    assert asked == ["BatchGetItem"]


def test_for_showing_it_is_nobody_while_it_cannot_be_told(service: Client, failing: Callable[[str], list[str]]) -> None:
    asked = failing("ProvisionedThroughputExceededException")
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = token()
    assert person_of_cookie(request) is None
    assert person_of_cookie(request) is None
    assert asked == ["BatchGetItem"]


def test_a_mistake_of_ours_is_not_hidden(service: Client, failing: Callable[[str], list[str]]) -> None:
    failing("ValidationException")
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = token()
    with pytest.raises(ClientError):
        person_of_cookie(request)


@pytest.mark.parametrize(("email", "greeting"), [(EMAIL, EMAIL), ("", "Signed in")])
def test_a_page_greets_by_the_address_if_the_token_names_one(service: Client, email: str, greeting: str) -> None:
    template = engines["django"].from_string("{% load people %}{% signed_in as who %}<{{ who }}>")
    request = RequestFactory().get("/")
    assert template.render({}, request) == "<>"
    request.COOKIES[COOKIE] = token(email)
    assert template.render({}, request) == f"<{greeting}>"
