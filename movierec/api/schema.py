"""The OpenAPI document: every operation also declares the errors it can answer with."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, PolymorphicProxySerializer
from rest_framework import serializers

from movierec.api.described import describe, errors
from movierec.api.idempotency import HEADER, MAX_KEY_LENGTH, REPLAYED_HEADER

_WRITING = ("POST", "PUT", "PATCH", "DELETE")
# Answers that may come before the request is counted.
_BEFORE_COUNTING = (401, 403, 411, 413, 503)
_RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

# What every answer carries, for the document's `components`.
_HEADERS = {
    "X-Request-Id": {"description": "Names the request; tell it with a problem.", "schema": {"type": "string"}},
    "X-RateLimit-Limit": {"description": "Requests a minute.", "schema": {"type": "integer"}},
    "X-RateLimit-Remaining": {"description": "What is left of this minute's.", "schema": {"type": "integer"}},
    "X-RateLimit-Reset": {
        "description": "When the next minute starts, in seconds since 1970.",
        "schema": {"type": "integer"},
    },
    "Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}},
    REPLAYED_HEADER: {
        "description": "This is the answer to an earlier request with the same Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}

_KEY_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "description": "Makes it safe to send the request again: for 24 hours a repeat with the same key, made up by the "
    "client, gets the first one's answer and changes nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH, "pattern": "^[ -~]+$"},
    "example": "7d4f6f2e-94a5-4c1c-8d0f-2f1f3a5b9c60",
}


class Generator(SchemaGenerator):
    """Makes the document of views that were described when they were imported, and not before they are needed."""

    def create_view(self, *args: Any, **kwargs: Any) -> Any:
        """The view of an operation, which looks for its description as it is made."""
        describe()
        return super().create_view(*args, **kwargs)  # type: ignore[no-untyped-call]


class ApiSchema(AutoSchema):
    """Adds to each operation what follows from the kind of its endpoint: common errors, headers, descriptions."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation with the headers of its answers and a description of its body."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        for status, answer in operation["responses"].items():
            answer.setdefault("headers", {}).update(_references(self._header_names(int(status))))
        if self.method == "POST":
            operation.setdefault("parameters", []).append(_KEY_PARAMETER)
        if "requestBody" in operation:
            operation["requestBody"].setdefault("description", "A JSON object.")
        return operation

    def get_summary(self) -> str:
        """The declared summary, or the first sentence about the endpoint."""
        return str(super().get_summary() or (type(self.view).__doc__ or "").partition(".")[0])

    def map_parsers(self) -> list[str]:
        """JSON alone is the API's; what else a parser takes is for pages without JavaScript."""
        return ["application/json"]

    # Overridden here since `extend_schema` puts its own in place of `get_response_serializers`.
    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        """The declared answers and the common errors, by status."""
        declared = self.get_response_serializers()
        answers = declared if isinstance(declared, dict) else {200: declared}
        every = {**errors(*self._common_statuses()), **answers}
        bodies = {}
        for key, answer in sorted(every.items(), key=_status_of):
            status, media_types = (str(key[0]), key[1:]) if isinstance(key, tuple) else (str(key), None)
            body = self._get_response_for_code(_described(answer), status, media_types, direction)  # type: ignore[no-untyped-call]
            bodies[status] = body
        return bodies

    def _common_statuses(self) -> list[int]:
        authenticated = bool(self.view.get_authenticators())
        statuses = []
        if self.method in _WRITING:
            statuses += [400, 411, 413, 415]
        elif any(_is_in_query(parameter) for parameter in self.get_override_parameters()):
            statuses.append(400)
        if self.method == "POST":
            statuses.append(409)
        if authenticated:
            statuses.append(401)
        if authenticated and self.method in _WRITING:
            statuses.append(403)
        if getattr(self.view, "rate_scope", None):
            statuses += [429, 503]
        return statuses

    def _header_names(self, status: int) -> list[str]:
        names = ["X-Request-Id"]
        if self.method == "POST" and status < 500 and status != 429:
            names.append(REPLAYED_HEADER)
        if not getattr(self.view, "rate_scope", None):
            return names
        if status not in _BEFORE_COUNTING:
            names += _RATE_HEADERS
        if status in (429, 503):
            names.append("Retry-After")
        return names


def _status_of(answer: tuple[Any, Any]) -> int:
    """The status of a declared answer, whose key may name a media type as well."""
    key = answer[0]
    return int(key[0] if isinstance(key, tuple) else key)


def add_headers(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Puts the headers that answers refer to into the document; drf-spectacular calls it last."""
    result["components"]["headers"] = _HEADERS
    return result


def _references(names: list[str]) -> dict[str, dict[str, str]]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _is_in_query(parameter: Any) -> bool:
    """Whether a declared parameter, or a serializer of parameters, is one of the query."""
    return not isinstance(parameter, OpenApiParameter) or parameter.location == OpenApiParameter.QUERY


def _described(declared: Any) -> OpenApiResponse:
    """An answer with a description: the declared one, the serializer's own, or that it worked."""
    if isinstance(declared, OpenApiResponse):
        return declared
    kind = declared if isinstance(declared, type) else type(declared)
    ours = issubclass(kind, serializers.Serializer) and not issubclass(kind, PolymorphicProxySerializer)
    sentence = (kind.__doc__ if ours else None) or "Done."
    return OpenApiResponse(declared, sentence.partition("\n")[0])


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document names the access token."""

    target_class = "movierec.api.authentication.BearerAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token that is a JWT."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document names the browsable API's cookie."""

    target_class = "movierec.api.authentication.CookieAuthentication"
    name = "browserCookie"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The cookie that the sign-in page sets."""
        return {"type": "apiKey", "in": "cookie", "name": "movierec_access"}
