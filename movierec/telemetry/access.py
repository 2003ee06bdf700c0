"""Each request, counted, and told in a line: what was asked, how it ended, how long it took and what it needed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from hashlib import sha256
from time import perf_counter
from typing import Any, Final

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse

from movierec.telemetry.lines import tell
from movierec.telemetry.routes import FILE, route_of
from movierec.telemetry.series.counters import add_request, is_admin
from movierec.telemetry.tally import Tally, milliseconds_since, tallied

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MARK_LENGTH: Final = 16
# Codes of errors that are 5xx and no fault: staff switched on what they tell.
_MEANT: Final = frozenset({"ReadOnly"})

logger = logging.getLogger(__name__)


class AccessMiddleware:
    """Counts each request, and logs its line, unless settings.TELEMETRY_LINES is off.

    Neither holds a path, query, body, header, address of a caller or name of a person.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._has_answered = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        with tallied() as tally:
            response = self.get_response(request)
        milliseconds, status = round(milliseconds_since(started), 2), response.status_code
        # Files are no work of the service: among its requests they would make it look faster than it is.
        is_file = isinstance(response, FileResponse)
        route = FILE if is_file else route_of(request)
        if not is_file:
            add_request(route, status, milliseconds, meant=tally.error_code in _MEANT)
        if settings.TELEMETRY_LINES:
            _log(request, route, status, tally, milliseconds)
        # The admin's pages keep to the requests to DynamoDB that they promise.
        if not is_file and not is_admin(route):
            self._send_due()
        return response

    def _send_due(self) -> None:
        """Sends counts, but not in the first request of a process, which takes long enough."""
        if self._has_answered:
            from movierec.telemetry.series.sending import send_due  # noqa: PLC0415  (nor is it imported for that one)

            send_due()
        self._has_answered = True


def _log(request: HttpRequest, route: str, status: int, tally: Tally, milliseconds: float) -> None:
    # Anybody can make up methods.
    method = request.method if request.method in _METHODS else "OTHER"
    members: dict[str, Any] = {"method": method, "route": route, "status": status, "milliseconds": milliseconds}
    if tally.error_code:
        members["errorCode"] = tally.error_code
    # The framework puts the person there once a view has asked who it is.
    person = getattr(getattr(request, "user", None), "user_id", None)
    if person:
        members["user"] = mark_of(person)
    figures = {} if route == FILE else _figures(status, tally, milliseconds)
    tell(logger, logging.INFO, f"{method} {route} {status}", members, {**figures, **tally.figures()})


def _figures(status: int, tally: Tally, milliseconds: float) -> dict[str, float]:
    fault = status >= 500 and tally.error_code not in _MEANT
    return {"Requests": 1, "Errors5xx": int(fault), "Latency": milliseconds, "DynamoCalls": 0}


def mark_of(user_id: str) -> str:
    """What stands for a person in the log.

    The same person has always the same mark, so that whoever knows the id finds the lines. Ids are random, so that
    nobody finds the id by the mark; that needs no key, and no secret that would have to be fetched first.
    """
    return sha256(f"movierec.log:{user_id}".encode()).hexdigest()[:_MARK_LENGTH]
