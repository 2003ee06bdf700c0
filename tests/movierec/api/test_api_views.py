"""Query parameters and bodies on their way to a view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.test import Client
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from movierec.api.views import ApiView, valid_body, valid_query

Serve = Callable[[dict[str, Any]], Client]
SignIn = Callable[[str], dict[str, str]]


class WordsField(serializers.CharField):
    """A list as a text with commas, which may be given several times."""

    takes_many = True


class QuerySerializer(serializers.Serializer[Any]):
    limit = serializers.IntegerField(min_value=1, max_value=10, default=3)
    kind = serializers.ChoiceField(("movie", "tv"), required=False)
    words = WordsField(required=False)


class Search(ApiView):
    open_to_all = True

    def get(self, request: Request) -> Response:
        return Response(valid_query(QuerySerializer, request))

    def post(self, request: Request) -> Response:
        return Response(valid_body(QuerySerializer, request))


@pytest.fixture
def search(serve: Serve) -> Client:
    return serve({"search": Search})


class TestQuery:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", {"limit": 3}),
            ("limit=7&kind=tv", {"limit": 7, "kind": "tv"}),
            ("words=a,b", {"limit": 3, "words": "a,b"}),
            ("words=a&words=b,c", {"limit": 3, "words": "a,b,c"}),
            ("unknown=1&unknown=2", {"limit": 3}),
            ("words=%F0%9F%8E%AC", {"limit": 3, "words": "\U0001f3ac"}),
        ],
    )
    def test_good_ones(self, search: Client, query: str, found: dict[str, Any]) -> None:
        response = search.get(f"/search?{query}")
        assert (response.status_code, response.json()) == (200, found)

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("limit=2&limit=3", "limit: Give this parameter once."),
            ("kind=tv&limit=2&kind=tv", "kind: Give this parameter once."),
            ("limit=0", "limit: Ensure this value is greater than or equal to 1."),
            ("limit=11", "limit: Ensure this value is less than or equal to 10."),
            ("limit=", "limit: A valid integer is required."),
            ("limit=2.5", "limit: A valid integer is required."),
            ("limit=1e1", "limit: A valid integer is required."),
            ("limit=%00", "limit: A valid integer is required."),
            ("limit=true", "limit: A valid integer is required."),
            ("limit=" + "9" * 999, "limit: Ensure this value is less than or equal to 10."),
            ("limit=" + "9" * 1001, "limit: String value too large."),
            ("kind=Movie", 'kind: "Movie" is not a valid choice.'),
            ("kind=%ED%A0%80", 'kind: "\ufffd\ufffd\ufffd" is not a valid choice.'),
            ("words=a%00", "words: Null characters are not allowed."),
        ],
    )
    def test_bad_ones_name_the_field(self, search: Client, query: str, sentence: str) -> None:
        response = search.get(f"/search?{query}")
        assert (response.status_code, response.json()["error"]) == (400, sentence)
        path, _, message = sentence.partition(": ")
        assert response.json()["details"] == [{"path": path, "message": message}]

    def test_all_repeated_ones_are_named(self, search: Client) -> None:
        details = search.get("/search?kind=tv&limit=2&kind=tv&limit=4").json()["details"]
        assert [detail["path"] for detail in details] == ["kind", "limit"]

    def test_more_parameters_than_django_counts_are_a_client_error(self, search: Client) -> None:
        response = search.get("/search?" + "&".join(f"p{i}=1" for i in range(1001)))
        assert (response.status_code, response.json()["error"]) == (400, "The request is malformed.")


class TestBody:
    WRONG: ClassVar[list[Any]] = [None, True, "1.5", [], [1], {}, {"a": 1}, 1e300, 10**30, 2.5, ""]

    @pytest.mark.parametrize("value", WRONG, ids=str)
    def test_a_wrong_type_names_the_field(self, search: Client, value: Any) -> None:
        response = search.post("/search", {"limit": value}, content_type="application/json")
        assert response.status_code == 400
        assert [detail["path"] for detail in response.json()["details"]] == ["limit"]

    def test_an_empty_body_is_an_empty_object(self, search: Client) -> None:
        response = search.generic("POST", "/search", b"", content_type="application/json")
        assert (response.status_code, response.json()) == (200, {"limit": 3})

    def test_no_body_at_all_is_one_too(self, search: Client) -> None:
        response = search.generic("POST", "/search")
        assert (response.status_code, response.json()) == (200, {"limit": 3})


class TestWhoMay:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_an_open_view_needs_no_token(self, search: Client, method: str) -> None:
        assert getattr(search, method)("/search", content_type="application/json").status_code == 200

    def test_a_view_is_closed_unless_it_says_otherwise(self, serve: Serve, sign_in: SignIn) -> None:
        class Closed(ApiView):
            def get(self, request: Request) -> Response:
                return Response({"user": request.user.user_id})

        client = serve({"closed": Closed})
        assert client.get("/closed").status_code == 401
        assert client.get("/closed", headers=sign_in("user-3")).json() == {"user": "user-3"}
