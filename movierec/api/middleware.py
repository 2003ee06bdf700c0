"""The few things every response has: a request id, CORS headers, errors as JSON, and paths with or without a slash."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from movierec.api import errors, request_id
from movierec.api.not_found import is_ours

Handler = Callable[[HttpRequest], HttpResponse]

ALLOWED_HEADERS = "Content-Type,Authorization,X-Api-Key,Accept,Origin,X-Requested-With,Idempotency-Key"
ALLOWED_METHODS = "GET,POST,PUT,DELETE,OPTIONS"
EXPOSED_HEADERS = (
    "Date,X-Request-Id,X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset,Retry-After,Idempotent-Replayed"
)


class RequestIdMiddleware:
    """Puts `X-Request-Id` on every response, and has lines of the log name the request while it is served."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identity = request_id.begin(request)
        response = self.get_response(request)
        request_id.end()
        response["X-Request-Id"] = identity
        return response


class CorsMiddleware:
    """Answers OPTIONS with 204 and echoes an allowed origin on every response, errors included.

    Our own because the contract wants 204, credentials and one fixed list on every path. The admin is nothing that a
    page of another origin may read.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        preflight = request.method == "OPTIONS"
        response = HttpResponse(status=204) if preflight else self.get_response(request)
        if preflight:
            del response["Content-Type"]
        patch_vary_headers(response, ["Origin"])
        origin = request.headers.get("Origin", "")
        if not _is_admin(request.path_info) and origin in settings.CORS_ALLOWED_ORIGINS:
            self._allow(response, origin, preflight=preflight)
        return response

    @staticmethod
    def _allow(response: HttpResponse, origin: str, *, preflight: bool) -> None:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Credentials"] = "true"
        response["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        if preflight:
            response["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
            response["Access-Control-Allow-Methods"] = ALLOWED_METHODS
            response["Access-Control-Max-Age"] = str(settings.CORS_MAX_AGE_SECONDS)


def _is_admin(path: str) -> bool:
    return path == "/ops" or path.startswith("/ops/")


class JsonErrorMiddleware:
    """Turns what views outside the framework raise, and what nobody foresaw, into the one error shape."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = _refusal(request)
        if refusal is not None:
            return errors.http_response(refusal)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        error = errors.as_api_error(exception) or errors.InternalError()
        errors.log_fault(error, exception, request)
        return errors.http_response(error)


def _refusal(request: HttpRequest) -> errors.ApiError | None:
    """What is wrong with the body's announcement, before anything of it is read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "Transfer-Encoding" in request.headers:
        return errors.LengthRequired()
    return errors.too_large() if _is_over(length, settings.MAX_BODY_BYTES) else None


def _is_over(length: str, limit: int) -> bool:
    """Whether a Content-Length names more bytes than `limit`; int() refuses numbers of thousands of digits."""
    digits = length.lstrip("0")
    return digits.isdecimal() and (len(digits) > len(str(limit)) or int(digits) > limit)


class TrailingSlashMiddleware:
    """Serves `/path/` as `/path`: the same answer, never a redirect that would lose a body."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        bare = request.path_info.rstrip("/")
        if bare and bare != request.path_info and not is_ours(request.path_info) and is_ours(bare):
            request.path_info = bare
            request.path = request.path.rstrip("/")
        return self.get_response(request)
