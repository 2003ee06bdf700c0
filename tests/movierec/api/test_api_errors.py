"""The one error shape: every status, with the texts clients match."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse
from django.test import Client
from django.views import View
from pynamodb.exceptions import GetError, UpdateError
from rest_framework import exceptions as framework
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from movierec.api import errors
from movierec.api.views import ApiView, user_id, valid_body
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow

Serve = Callable[[dict[str, Any]], Client]
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


class PersonSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=5)
    ages = serializers.ListField(child=serializers.IntegerField(min_value=0), default=list)


class Open(ApiView):
    open_to_all = True

    def get(self, request: Request) -> Response:
        return Response({"ok": True})

    def post(self, request: Request) -> Response:
        return Response(valid_body(PersonSerializer, request))


class Private(ApiView):
    def get(self, request: Request) -> Response:
        return Response({"user": user_id(request)})


class Stored(ApiView):
    open_to_all = True

    def get(self, request: Request) -> Response:
        return Response(DataRow.get_row("a", "b"))


def raising(exception: Exception, base: type[View] = ApiView) -> type[View]:
    """A view that raises, of the framework or a plain one."""

    class Raising(base):  # type: ignore[misc, valid-type]
        open_to_all = True

        def get(self, request: Any, **_: str) -> Any:
            raise exception

    return Raising


def check_shape(response: Any, code: str, sentence: str, message: str | None = None) -> dict[str, Any]:
    """Asserts what every error has and answers what is left of its body."""
    body = response.json()
    assert response["Content-Type"] == "application/json"
    assert body.pop("error") == sentence
    assert body.pop("message") == (message or sentence)
    assert body.pop("code") == code
    assert body.pop("requestId") == response["X-Request-Id"]
    assert re.fullmatch(UUID, response["X-Request-Id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body.pop("timestamp"))
    return dict(body)


class TestUnauthorized:
    @pytest.mark.parametrize(
        ("header", "sentence", "details"),
        [
            (None, "Authorization header required", None),
            ("Token abc", "Authorization header must start with 'Bearer '", None),
            ("bearer a.b.c", "Authorization header must start with 'Bearer '", None),
            ("Bearera.b.c", "Authorization header must start with 'Bearer '", None),
            ("Bearer", "Token is empty", None),
            ("Bearer ", "Token is empty", None),
            ("Bearer    ", "Token is empty", None),
            ("Bearer abc", "Invalid JWT token format", "Expected 3 parts separated by dots, got 1 parts"),
            ("Bearer a.b", "Invalid JWT token format", "Expected 3 parts separated by dots, got 2 parts"),
            ("Bearer a.b.c.d", "Invalid JWT token format", "Expected 3 parts separated by dots, got 4 parts"),
            ("Bearer a.b.c", "Authentication failed", "Invalid or expired token"),
            ("Bearer ..", "Authentication failed", "Invalid or expired token"),
        ],
    )
    def test_each_text(self, serve: Serve, header: str | None, sentence: str, details: str | None) -> None:
        response = serve({"private": Private}).get("/private", headers={"authorization": header} if header else {})
        assert response.status_code == 401
        rest = check_shape(response, "Unauthorized", sentence, message="Unauthorized")
        assert rest == ({"details": details} if details else {})
        assert response["WWW-Authenticate"] == 'Bearer realm="movierec"'

    def test_a_good_token_is_let_in(self, serve: Serve, sign_in: Callable[[str], dict[str, str]]) -> None:
        response = serve({"private": Private}).get("/private", headers=sign_in("user-7"))
        assert (response.status_code, response.json()) == (200, {"user": "user-7"})


class TestFieldErrors:
    def test_the_first_field_makes_the_sentence_and_details_name_all(self, serve: Serve) -> None:
        body = {"name": "far too long", "ages": [3, -1, "x"]}
        response = serve({"open": Open}).post("/open", body, content_type="application/json")
        assert response.status_code == 400
        long = "Ensure this field has no more than 5 characters."
        assert check_shape(response, "InvalidParameterException", f"name: {long}") == {
            "details": [
                {"path": "name", "message": long},
                {"path": "ages.1", "message": "Ensure this value is greater than or equal to 0."},
                {"path": "ages.2", "message": "A valid integer is required."},
            ]
        }

    @pytest.mark.parametrize(
        ("detail", "fields"),
        [
            ("odd", [("body", "odd")]),
            ({"non_field_errors": ["odd"]}, [("body", "odd")]),
            ({"a": {"b": ["odd", "even"]}}, [("a.b", "odd"), ("a.b", "even")]),
            ({"a": {"non_field_errors": ["odd"]}}, [("a", "odd")]),
        ],
    )
    def test_paths_of_what_serializers_say(self, detail: Any, fields: list[tuple[str, str]]) -> None:
        error = errors.as_api_error(framework.ValidationError(detail))
        assert error is not None
        assert error.details == [{"path": path, "message": message} for path, message in fields]
        assert error.sentence == f"{fields[0][0]}: {fields[0][1]}"


class TestOtherRefusals:
    @pytest.mark.parametrize("debug", [False, True])
    @pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
    def test_404_of_the_services_own_addresses(self, client: Client, settings: Any, debug: bool, method: str) -> None:
        settings.DEBUG = debug
        response = getattr(client, method)("/nowhere", content_type="application/json")
        assert response.status_code == 404
        assert check_shape(response, "NotFound", "There is nothing at /nowhere.") == {}

    def test_404_of_an_unknown_path(self, serve: Serve) -> None:
        response = serve({"open": Open}).get("/nowhere/at/all")
        assert response.status_code == 404
        assert check_shape(response, "NotFound", "There is nothing at /nowhere/at/all.") == {}

    @pytest.mark.parametrize("base", [ApiView, View])
    def test_404_of_a_view(self, serve: Serve, base: type[View]) -> None:
        response = serve({"x": raising(Http404("the inside"), base)}).get("/x")
        assert response.status_code == 404
        assert check_shape(response, "NotFound", "There is nothing at this address.") == {}

    def test_405(self, serve: Serve) -> None:
        response = serve({"open": Open}).put("/open", {}, content_type="application/json")
        assert response.status_code == 405
        assert check_shape(response, "MethodNotAllowed", "Method not allowed") == {}
        assert response["Allow"] == "GET, POST, HEAD, OPTIONS"

    @pytest.mark.parametrize("body", ["{", "[1,]", "{'a': 1}", '{"a": NaN}', "nonsense", '{"name": "\\ud800"}'])
    def test_400_of_what_is_not_json(self, serve: Serve, body: str) -> None:
        response = serve({"open": Open}).post("/open", body, content_type="application/json")
        assert response.status_code == 400
        assert check_shape(response, "InvalidJson", "Invalid JSON in request body") == {}

    @pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "true"])
    def test_400_of_json_that_is_no_object(self, serve: Serve, body: str) -> None:
        response = serve({"open": Open}).post("/open", body, content_type="application/json")
        assert response.status_code == 400
        details = [{"path": "body", "message": "Not an object."}]
        assert check_shape(response, "BadRequest", "The body must be a JSON object.") == {"details": details}

    def test_413_by_the_length_that_is_announced(self, serve: Serve) -> None:
        body = b'{"name": "' + b"x" * settings.MAX_BODY_BYTES + b'"}'
        response = serve({"open": Open}).post("/open", body, content_type="application/json")
        assert response.status_code == 413
        assert check_shape(response, "PayloadTooLarge", "The body is over 256 KB; send less at once.") == {}

    def test_a_body_of_just_the_limit_is_read(self, serve: Serve) -> None:
        start, end = b'{"name": "Anna", "more": "', b'"}'
        body = start + b"x" * (settings.MAX_BODY_BYTES - len(start) - len(end)) + end
        response = serve({"open": Open}).post("/open", body, content_type="application/json")
        assert (response.status_code, response.json()) == (200, {"name": "Anna", "ages": []})

    @pytest.mark.parametrize("length", ["1" + "0" * 5000, "0" * 5000 + "999999"])
    def test_413_for_lengths_no_number_can_hold(self, serve: Serve, length: str) -> None:
        response = serve({"open": Open}).generic("POST", "/open", b"", "application/json", CONTENT_LENGTH=length)
        assert response.status_code == 413

    @pytest.mark.parametrize("length", ["", "-5", "x", "²", "00012"])
    def test_other_lengths_are_left_to_the_server(self, serve: Serve, length: str) -> None:
        response = serve({"open": Open}).get("/open", CONTENT_LENGTH=length)
        assert response.status_code == 200

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "?"])
    def test_415(self, serve: Serve, kind: str) -> None:
        response = serve({"open": Open}).generic("POST", "/open", b'{"name": "Anna"}', content_type=kind)
        assert response.status_code == 415
        sentence = "The body must be JSON; send it with Content-Type: application/json."
        assert check_shape(response, "UnsupportedMediaType", sentence) == {}

    def test_a_charset_beside_json_is_fine(self, serve: Serve) -> None:
        response = serve({"open": Open}).post("/open", {"name": "Anna"}, "application/json; charset=utf-8")
        assert response.status_code == 200

    @pytest.mark.parametrize("base", [ApiView, View])
    def test_400_of_what_django_finds_suspicious(self, serve: Serve, base: type[View]) -> None:
        response = serve({"x": raising(SuspiciousOperation("the inside"), base)}).get("/x")
        assert response.status_code == 400
        assert check_shape(response, "BadRequest", "The request is malformed.") == {}

    def test_headers_and_details_of_an_error_go_out(self, serve: Serve) -> None:
        error = errors.Forbidden("No.", code="Special", details="Why", headers={"X-Why": "because"})
        response = serve({"x": raising(error)}).get("/x")
        assert response.status_code == 403
        assert check_shape(response, "Special", "No.") == {"details": "Why"}
        assert response["X-Why"] == "because"


class TestUnforeseen:
    SENTENCE: ClassVar[str] = "Something went wrong on our side; the request id helps us to find it."

    @pytest.mark.parametrize("debug", [False, True])
    @pytest.mark.parametrize("base", [ApiView, View])
    def test_500_hides_its_inside_and_is_logged(
        self, serve: Serve, settings: Any, caplog: pytest.LogCaptureFixture, debug: bool, base: type[View]
    ) -> None:
        settings.DEBUG = debug
        with caplog.at_level(logging.ERROR):
            response = serve({"x": raising(RuntimeError("the inside"), base)}).get("/x")
        assert response.status_code == 500
        assert check_shape(response, "InternalError", self.SENTENCE) == {}
        (record,) = [record for record in caplog.records if record.name == "movierec.api.errors"]
        assert record.getMessage() == f"InternalError at '/x' (request {response['X-Request-Id']}): the inside"
        assert record.exc_info is not None
        assert repr(record.exc_info[1]) == "RuntimeError('the inside')"

    @pytest.mark.parametrize("base", [ApiView, View])
    def test_a_path_forges_no_line_of_the_log(
        self, serve: Serve, caplog: pytest.LogCaptureFixture, base: type[View]
    ) -> None:
        client = serve({"x/<str:name>": raising(RuntimeError("the inside"), base)})
        with caplog.at_level(logging.ERROR):
            response = client.get("/x/a%0A2026-01-01%20INFO%20root:%20forged%0D%E2%80%A8%1B[2J")
        (record,) = [record for record in caplog.records if record.name == "movierec.api.errors"]
        path = r"'/x/a\n2026-01-01 INFO root: forged\r\u2028\x1b[2J'"
        assert record.getMessage() == f"InternalError at {path} (request {response['X-Request-Id']}): the inside"

    def test_an_answer_that_cannot_be_written_is_one_too(self, serve: Serve) -> None:
        class Unwritable(ApiView):
            open_to_all = True

            def get(self, request: Request) -> Response:
                return Response({"inside": object()})

        response = serve({"x": Unwritable}).get("/x")
        assert response.status_code == 500
        assert check_shape(response, "InternalError", self.SENTENCE) == {}

    @pytest.mark.parametrize("base", [ApiView, View])
    def test_an_error_of_the_framework_that_we_do_not_use_is_one_too(self, serve: Serve, base: type[View]) -> None:
        response = serve({"x": raising(framework.APIException("the inside"), base)}).get("/x")
        assert response.status_code == 500
        assert check_shape(response, "InternalError", self.SENTENCE) == {}


class TestUnavailable:
    SENTENCE: ClassVar[str] = "The service cannot reach its data; try again shortly."

    def check(self, response: Any) -> None:
        assert response.status_code == 503
        assert check_shape(response, "ServiceUnavailable", self.SENTENCE) == {}
        assert response["Retry-After"] == "5"

    def test_nobody_listens_at_dynamodbs_address(
        self, serve: Serve, no_dynamodb: Callable[[], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        client = serve({"stored": Stored})
        no_dynamodb()
        with caplog.at_level(logging.ERROR):
            response = client.get("/stored")
        self.check(response)
        (record,) = [record for record in caplog.records if record.name == "movierec.api.errors"]
        assert record.getMessage().startswith(f"ServiceUnavailable at '/stored' (request {response['X-Request-Id']}): ")
        assert record.exc_info is None
        assert "http://127.0.0.1:1/" in record.getMessage()

    def test_a_table_is_gone(self, serve: Serve) -> None:
        shared_connection().dispatch("DeleteTable", {"TableName": DataRow.Meta.table_name})
        self.check(serve({"stored": Stored}).get("/stored"))

    def test_the_counter_cannot_be_reached(self, serve: Serve, no_dynamodb: Callable[[], None]) -> None:
        class Counted(Open):
            rate_scope = "media"
            rate_by_address = True

        client = serve({"counted": Counted})
        no_dynamodb()
        response = client.get("/counted")
        self.check(response)
        assert "X-RateLimit-Limit" not in response

    def test_a_view_outside_the_framework(self, serve: Serve, no_dynamodb: Callable[[], None]) -> None:
        class Plain(View):
            def get(self, request: Any) -> HttpResponse:
                return HttpResponse(str(DataRow.get_row("a", "b")))

        client = serve({"plain": Plain})
        no_dynamodb()
        self.check(client.get("/plain"))


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "GetItem")


def caused(cause: Exception) -> Exception:
    error = RuntimeError("outer")
    error.__cause__ = cause
    return error


class TestWhoseFault:
    @pytest.mark.parametrize(
        "exception",
        [
            client_error("ThrottlingException"),
            client_error("ProvisionedThroughputExceededException"),
            client_error("InternalServerError"),
            client_error("ResourceNotFoundException"),
            GetError("wrapped", client_error("RequestLimitExceeded")),
            UpdateError("wrapped", EndpointConnectionError(endpoint_url="http://x")),
            EndpointConnectionError(endpoint_url="http://x"),
            ReadTimeoutError(endpoint_url="http://x"),
            TimeoutError("never done"),
            caused(client_error("ThrottlingException")),
        ],
    )
    def test_of_dynamodb_or_the_way_to_it(self, exception: Exception) -> None:
        assert errors.is_outside_fault(exception)

    @pytest.mark.parametrize(
        "exception",
        [
            client_error("ValidationException"),
            client_error("ConditionalCheckFailedException"),
            client_error("AccessDeniedException"),
            UpdateError("wrapped", client_error("ValidationException")),
            RuntimeError("ours"),
            caused(ValueError("ours")),
            None,
        ],
    )
    def test_of_our_own(self, exception: Exception | None) -> None:
        assert not errors.is_outside_fault(exception)


def subclasses(kind: type[errors.ApiError]) -> Iterable[type[errors.ApiError]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def test_every_error_has_a_status_of_its_kind_and_a_code() -> None:
    found = list(subclasses(errors.ApiError))
    assert len(found) >= 11
    assert [kind for kind in found if not (400 <= kind.status < 600 and kind.code[:1].isupper())] == []
