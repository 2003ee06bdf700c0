"""What views say of themselves for the OpenAPI document.

Views are imported to answer requests, and the document is made rarely. So a description is only kept when its view is
imported, and becomes drf-spectacular's, whose generator takes long to import, when somebody asks for the document.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiResponse
from drf_spectacular.utils import extend_schema as spectacular_extend_schema
from rest_framework import serializers

Method = TypeVar("Method", bound=Callable[..., Any])

_waiting: list[tuple[Callable[..., Any], dict[str, Any]]] = []


def extend_schema(**facts: Any) -> Callable[[Method], Method]:
    """Describes a view's method, by the arguments of drf-spectacular's decorator of this name."""

    def keep(method: Method) -> Method:
        _waiting.append((method, facts))
        return method

    return keep


def describe() -> None:
    """Gives drf-spectacular what has been kept."""
    while _waiting:
        method, facts = _waiting.pop(0)
        spectacular_extend_schema(**facts)(method)


class FieldErrorSerializer(serializers.Serializer[Any]):
    """One wrong field."""

    path = serializers.CharField(help_text="The field, with dots for what stands inside another.")
    message = serializers.CharField()


class ErrorSerializer(serializers.Serializer[Any]):
    """The one error shape."""

    error = serializers.CharField(help_text="One sentence for people.")
    message = serializers.CharField(help_text="The same, or 'Unauthorized' on 401.")
    code = serializers.CharField(help_text="A stable code for programs.")
    requestId = serializers.CharField()
    timestamp = serializers.DateTimeField()
    details = serializers.JSONField(required=False, help_text="A text, or a list of {path, message}.")


_SENTENCES = {
    400: "The request is wrong; `details` names the fields.",
    401: "No valid access token.",
    403: "A browser's request without its CSRF token, or an account that is not confirmed.",
    404: "There is no such thing.",
    405: "The path has no such method.",
    409: "It conflicts with what is there, or a request with this Idempotency-Key still runs; see Retry-After.",
    411: "The body came without its length.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too many requests; see Retry-After.",
    503: "Something behind the service does not answer; see Retry-After.",
}


def errors(*statuses: int) -> dict[int, OpenApiResponse]:
    """The declarations of error answers, for an endpoint's `extend_schema`."""
    return {status: OpenApiResponse(ErrorSerializer, _SENTENCES[status]) for status in statuses}
