"""One error type and one error shape for the whole API.

Services raise `ApiError` or a subclass; `exception_handler` and the middleware turn every error, Django's and
the framework's included, into `{"error", "message", "code", "requestId", "timestamp", "details"?}`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import botocore.exceptions
import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from rest_framework import exceptions as drf
from rest_framework.response import Response

from movierec.api.request_id import request_id
from movierec.localaws import LocalAwsError
from movierec.telemetry.routes import route_of
from movierec.telemetry.tally import note_error
from movierec.timestamps import now_text

logger = logging.getLogger(__name__)

Details = str | Sequence[Mapping[str, str]]


class ApiError(Exception):
    """An error a client can act on: HTTP status, stable code, one sentence, optional details and headers."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "InternalError"
    # Of a fault that is in the log already, for all whom it meets.
    logged_once: ClassVar[bool] = False

    def __init__(
        self,
        sentence: str,
        *,
        code: str | None = None,
        details: Details | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.error_code = code or self.code
        self.details = details
        self.headers = dict(headers or {})


class BadRequest(ApiError):
    """400: the request as sent cannot be served; nothing was stored."""

    status = 400
    code = "BadRequest"


class FieldErrors(BadRequest):
    """400 that names the wrong fields: `details` is a list of `{"path", "message"}`."""

    code = "InvalidParameterException"

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        path, message = fields[0]
        super().__init__(f"{path}: {message}", details=[{"path": p, "message": m} for p, m in fields])


class Unauthorized(ApiError):
    """401: who is asking is not known."""

    status = 401
    code = "Unauthorized"

    def __init__(self, sentence: str, **options: Any) -> None:
        super().__init__(sentence, **options)
        self.headers.setdefault("WWW-Authenticate", 'Bearer realm="movierec"')


class Forbidden(ApiError):
    """403: who is asking is known and may not."""

    status = 403
    code = "Forbidden"


class NotFound(ApiError):
    """404: there is no such thing."""

    status = 404
    code = "NotFound"


class MethodNotAllowed(ApiError):
    """405: the path exists, the method does not."""

    status = 405
    code = "MethodNotAllowed"


class LengthRequired(ApiError):
    """411: the body comes in chunks, without its length; WSGI hands on none of it."""

    status = 411
    code = "LengthRequired"

    def __init__(self) -> None:
        super().__init__("Send the body with its Content-Length, not in chunks.")


class PayloadTooLarge(ApiError):
    """413: the body is larger than is taken."""

    status = 413
    code = "PayloadTooLarge"


class UnsupportedMediaType(ApiError):
    """415: the body is not JSON."""

    status = 415
    code = "UnsupportedMediaType"


class TooManyRequests(ApiError):
    """429: a limit is reached; `Retry-After` says for how many seconds."""

    status = 429
    code = "TooManyRequestsException"

    def __init__(self, sentence: str, *, retry_after: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence, headers={"Retry-After": str(retry_after), **(headers or {})})


class Unavailable(ApiError):
    """503: something behind the service does not answer; `Retry-After` says when to try again."""

    status = 503
    code = "ServiceUnavailable"

    def __init__(self, sentence: str = "The service cannot reach its data; try again shortly.") -> None:
        super().__init__(sentence, headers={"Retry-After": "5"})


class InternalError(ApiError):
    """500: a mistake of ours. The sentence says nothing about its inside."""

    def __init__(self) -> None:
        super().__init__("Something went wrong on our side; the request id helps us to find it.")


def too_large() -> PayloadTooLarge:
    """The error of a body over the limit."""
    return PayloadTooLarge(f"The body is over {settings.MAX_BODY_BYTES // 1024} KB; send less at once.")


def body_of(error: ApiError) -> dict[str, Any]:
    """The JSON body of an error, whose code goes into the log's line of the request as well."""
    note_error(error.error_code)
    body: dict[str, Any] = {
        "error": error.sentence,
        "message": "Unauthorized" if error.status == 401 else error.sentence,
        "code": error.error_code,
        "requestId": request_id(),
        "timestamp": now_text(),
    }
    if error.details is not None:
        body["details"] = error.details
    return body


def http_response(error: ApiError) -> HttpResponse:
    """An error as a plain Django response, for middleware and views outside the framework."""
    return HttpResponse(
        orjson.dumps(body_of(error)), status=error.status, headers=error.headers, content_type="application/json"
    )


def exception_handler(exception: Exception, context: Mapping[str, Any]) -> Response | None:
    """The framework's hook: a response in the one shape, or None for what only the middleware may answer."""
    error = as_api_error(exception)
    if error is None:
        return None
    log_fault(error, exception, context["request"])
    return Response(body_of(error), status=error.status, headers=error.headers)


def log_fault(error: ApiError, exception: Exception, request: HttpRequest) -> None:
    """Logs what made us answer 5xx; the answer itself says nothing of it.

    A mistake of ours with its traceback, a fault outside in a line: while it lasts, every request meets it.
    """
    if error.status >= 500:
        trace = exception if error.status == InternalError.status else None
        # Where logs are kept no id of a path gets into them; a person at a terminal tries the same path again. It is
        # the client's text: escaped, it cannot forge a line of the log.
        place = route_of(request) if settings.TELEMETRY_LINES else request.path
        level = logging.INFO if error.logged_once else logging.ERROR
        logger.log(level, "%s at %r (request %s): %s", error.error_code, place, request_id(), exception, exc_info=trace)


def as_api_error(exception: Exception) -> ApiError | None:
    """Any known exception as an `ApiError`; None for what nobody foresaw."""
    if isinstance(exception, ApiError):
        return exception
    if isinstance(exception, drf.ValidationError):
        return FieldErrors(list(_flatten(exception.detail)))
    for kind, make in _KNOWN_ERRORS.items():
        if isinstance(exception, kind):
            return make()
    return Unavailable() if is_outside_fault(exception) or isinstance(exception, LocalAwsError) else None


# Those of the framework, then Django's; the first that fits counts.
_KNOWN_ERRORS: dict[type[Exception], Callable[[], ApiError]] = {
    drf.MethodNotAllowed: lambda: MethodNotAllowed("Method not allowed"),
    drf.UnsupportedMediaType: lambda: UnsupportedMediaType(
        "The body must be JSON; send it with Content-Type: application/json."
    ),
    drf.ParseError: lambda: BadRequest("Invalid JSON in request body", code="InvalidJson"),
    drf.NotFound: lambda: NotFound("There is nothing at this address."),
    Http404: lambda: NotFound("There is nothing at this address."),
    RequestDataTooBig: too_large,
    SuspiciousOperation: lambda: BadRequest("The request is malformed."),
    UnreadablePostError: lambda: BadRequest("The connection ended before the whole body had come."),
}


def _flatten(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The field errors of a serializer as (path, message) pairs; a list's entries are numbered from 0."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            outer = key == "non_field_errors"
            yield from _flatten(value, path if outer else f"{path}.{key}".lstrip("."))
    elif isinstance(detail, list):
        for entry in detail:
            yield from _flatten(entry, path)
    else:
        yield path or "body", str(detail)


# What DynamoDB answers when it is busy or ill, as opposed to when it is asked something wrong.
_OUTSIDE_CODES = frozenset(
    {
        "InternalServerError",
        "ItemCollectionSizeLimitExceededException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ResourceNotFoundException",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ExpiredTokenException",
        "UnrecognizedClientException",
    }
)


def is_outside_fault(exception: BaseException | None) -> bool:
    """Whether the fault lies with DynamoDB or the way to it, and not with what we asked of it.

    PynamoDB wraps botocore's errors; the innermost one decides.
    """
    while exception is not None:
        if isinstance(exception, botocore.exceptions.ClientError):
            return exception.response.get("Error", {}).get("Code") in _OUTSIDE_CODES
        if isinstance(exception, botocore.exceptions.BotoCoreError | TimeoutError):
            return True
        exception = getattr(exception, "cause", None) or exception.__cause__
    return False


def not_found(request: HttpRequest) -> HttpResponse:
    """The answer of every path that is not ours, for programs."""
    return http_response(NotFound(f"There is nothing at {request.path}."))
