"""The browsable API: the answer in a page of ours, with forms that send JSON."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.providers.local.tokens import issue_access_token
from movierec.api.errors import FieldErrors
from movierec.api.forms import starting_body
from movierec.api.views import ApiView, valid_body

Serve = Callable[[dict[str, Any]], Client]


class NoteSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    kind = serializers.ChoiceField(("short", "long"))
    size = serializers.IntegerField(default=3)
    words = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()
    written = serializers.CharField(read_only=True)
    remark = serializers.CharField(required=False)


@extend_schema_serializer(examples=[OpenApiExample("One", value={"title": "Example"})])
class ExampleSerializer(NoteSerializer):
    pass


class EntrySerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(help_text="Your <address>.")
    password = serializers.CharField()


class Note(ApiView):
    """A note.

    Kept for a while.
    """

    body_serializer = NoteSerializer
    replaced_member = "note"

    def get(self, request: Request) -> Response:
        return Response({"note": {"title": "Stored </pre><script>"}}, headers={"Cache-Control": "public"})

    def put(self, request: Request) -> Response:
        raise FieldErrors([("title", "Too <short>."), ("kind", "Unknown.")])

    def delete(self, request: Request) -> Response:
        return Response(status=204)


class Entry(ApiView):
    open_to_all = True
    body_serializer = EntrySerializer

    def get(self, request: Request) -> Response:
        return Response({"message": "Enter."})

    def post(self, request: Request) -> Response:
        return Response({"message": f"Hello {valid_body(EntrySerializer, request)['email']}"})


@pytest.fixture
def people(serve: Serve) -> Client:
    """A browser over the views of this module."""
    client = serve({"note": Note, "entry": Entry})
    client.defaults["HTTP_ACCEPT"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    return client


@pytest.fixture
def ann(people: Client) -> Client:
    """The same, signed in."""
    people.cookies["movierec_access"] = issue_access_token("u1", email="ann@example.com", session_id="s")
    return people


def bodies(page: str) -> dict[str, str]:
    """The starting JSON of each form by its method."""
    found = re.findall(r'<textarea id="(\w+)-1-body"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {method.upper(): html.unescape(body) for method, body in found}


def test_the_page_has_the_answer_its_status_and_the_person(ann: Client) -> None:
    response = ann.get("/note")
    page = response.content.decode()
    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<h1>Note</h1>\n<p>A note.</p>\n\n<p>Kept for a while.</p>" in page
    assert '<span class="status good">200 OK</span>' in page
    assert "Stored &lt;/pre&gt;&lt;script&gt;" in page
    assert "<script>" not in page
    assert '<span class="who">ann@example.com</span>' in page


def test_no_cache_keeps_a_page_whatever_the_answer_allows(ann: Client) -> None:
    assert ann.get("/note")["Cache-Control"] == "private, no-store"
    assert ann.get("/note", headers={"accept": "application/json"})["Cache-Control"] == "public"


def test_the_csrf_cookie_comes_with_a_page_and_not_with_json(ann: Client) -> None:
    assert "csrftoken" not in ann.get("/note", headers={"accept": "application/json"}).cookies
    assert ann.get("/note").cookies["csrftoken"]["samesite"] == "Strict"


def test_there_is_a_form_for_every_method_that_changes_something(ann: Client) -> None:
    page = ann.get("/note").content.decode()
    assert re.findall(r'action="/note" data-method="(\w+)"', page) == ["PUT", "DELETE"]
    assert page.count('name="csrfmiddlewaretoken"') == 3


def test_a_form_starts_from_what_it_replaces(ann: Client) -> None:
    page = ann.get("/note").content.decode()
    assert bodies(page)["PUT"] == '{\n  "title": "Stored </pre><script>"\n}'


def test_a_wrong_field_is_named_in_the_page(ann: Client) -> None:
    ann.get("/note")
    response = ann.put("/note", {}, content_type="application/json", headers=csrf(ann))
    page = response.content.decode()
    assert response.status_code == 400
    assert '<h2 id="outcome" tabindex="-1">title: Too &lt;short&gt;.</h2>' in page
    assert "<li><code>kind</code>: Unknown.</li>" in page
    assert '<span class="status bad">400 Bad Request</span>' in page


def csrf(client: Client) -> dict[str, str]:
    return {"x-csrftoken": client.cookies["csrftoken"].value}


def test_an_answer_without_data_is_a_page_too(ann: Client) -> None:
    ann.get("/note")
    response = ann.delete("/note", headers=csrf(ann))
    assert "204 No Content" in response.content.decode()


def test_a_write_without_the_token_is_refused_in_a_page(people: Client) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    browser.cookies["movierec_access"] = issue_access_token("u1", email="ann@example.com", session_id="s")
    response = browser.put("/note", {}, content_type="application/json")
    assert response.status_code == 403
    assert "CSRF:" in response.content.decode()


def test_someone_not_signed_in_is_shown_the_way(people: Client) -> None:
    response = people.get("/note")
    page = response.content.decode()
    assert response.status_code == 401
    assert '<h2 id="outcome" tabindex="-1">Please sign in first</h2>' in page
    assert "Authorization header required" in page
    assert '<a class="button" href="/auth/signin">Sign in</a>' in page
    assert "This address answers people who are signed in." in page


def test_someone_signed_in_is_not(ann: Client) -> None:
    assert "This address answers people" not in ann.get("/note").content.decode()


def test_a_method_that_is_not_there_is_a_page_with_the_forms_that_are(people: Client) -> None:
    response = people.delete("/entry")
    assert response.status_code == 405
    assert 'data-method="POST"' in response.content.decode()


def test_a_password_gets_labelled_inputs_and_not_json(people: Client) -> None:
    page = people.get("/entry").content.decode()
    assert "<textarea" not in page
    assert '<label for="post-1-email">Email</label>' in page
    assert "Your &lt;address&gt;." in page
    assert re.findall(
        r'<input id="[\w-]+" name="(\w+)" type="(\w+)" autocomplete="([\w-]+)".*?( required)?>', page
    ) == [
        ("email", "email", "username", " required"),
        ("password", "password", "current-password", " required"),
    ]
    assert '<button class="button">Entry</button>' in page


def test_what_came_of_the_inputs_is_said_first(people: Client) -> None:
    body = {"email": "ann@example.com", "password": "secret secret"}
    page = people.post("/entry", body, content_type="application/json").content.decode()
    assert '<h2 id="outcome" tabindex="-1">Hello ann@example.com</h2>' in page
    assert "secret secret" not in page


def test_a_form_starts_from_defaults_and_what_must_be_given() -> None:
    assert starting_body(NoteSerializer()) == {"title": "", "kind": "short", "size": 3, "words": [], "count": 1}


def test_a_documented_example_is_better() -> None:
    assert starting_body(ExampleSerializer()) == {"title": "Example"}
