"""The door of every page of the admin: a live staff session, the right permission, and errors as pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from apps.accounts import staff_sessions
from apps.ops.console.permissions import Permission, staff_groups
from apps.ops.console.staff import Staff, StaffRequest
from movierec.api.errors import ApiError, Forbidden, MethodNotAllowed, NotFound, Unauthorized, as_api_error, log_fault
from movierec.api.request_id import client_address, request_id
from movierec.audit import Event, Tag, Thing, record

P = ParamSpec("P")
View = Callable[Concatenate[StaffRequest, P], HttpResponse]

COOKIE: Final = "movierec_ops"
_LONGEST_NAME: Final = 300
_LONGEST_ADDRESS: Final = 2_000
SIGN_IN: Final = "/ops/signin"
_HEADINGS: Final = {
    401: "Your session has ended",
    403: "That is not yours to do",
    404: "There is nothing here",
    405: "That is not how this page is used",
    409: "Somebody was faster",
    429: "Too many tries",
}
_OF_INPUT: Final = "That was not understood"
_OF_FAULTS: Final = "It did not work"
# What a form carries besides what somebody typed.
_UNTYPED: Final = frozenset({"csrfmiddlewaretoken", "back", "deed", "sure", "ticked", "version", "password", "code"})


def staff_page(permission: Permission, *methods: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Has a view serve staff with the permission only, by these methods (GET where none is named).

    The view gets a StaffRequest. A reader without a session is led to the sign-in, a form without one gets a 401 and
    does nothing. A refusal for want of permission is in the audit. What the view raises as an ApiError, and faults
    outside, are pages in words. Nothing of it may be cached.
    """
    allowed = (*(methods or ("GET",)), *(("HEAD",) if not methods or "GET" in methods else ()))

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                _check_method(request, allowed)
                _check_names(kwargs.values())
                staff = staff_of(request)
                if staff is None:
                    return kept_private(_to_sign_in(request))
                response = view(_as_staff(request, staff, permission), *args, **kwargs)
            except Exception as exception:
                error = as_api_error(exception)
                if error is None:
                    raise
                log_fault(error, exception, request)
                response = error_page(request, error)
            return kept_private(response)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by tests of what support may do
        guarded.methods = allowed  # type: ignore[attr-defined]
        return guarded

    return decorate


def _check_method(request: HttpRequest, allowed: tuple[str, ...]) -> None:
    if request.method not in allowed:
        raise MethodNotAllowed("This page has no such method.", headers={"Allow": ", ".join(allowed)})


def _check_names(names: Iterable[object]) -> None:
    """Raises NotFound for a name in the address that is longer than any of ours, which DynamoDB would refuse."""
    if any(isinstance(name, str) and len(name.encode()) > _LONGEST_NAME for name in names):
        raise NotFound("There is nothing at this address.")


def _as_staff(request: HttpRequest, staff: Staff, permission: Permission) -> StaffRequest:
    """The request with who sends it. Raises Forbidden, and records it, where they lack the permission."""
    mine = cast(StaffRequest, request)
    mine.staff = staff
    if not staff.may(permission):
        _refuse(request, staff, permission)
    return mine


def staff_of(request: HttpRequest) -> Staff | None:
    """Who of the staff sends a request, None without a live session. One request to DynamoDB for a cookie."""
    entered = staff_sessions.look(request.COOKIES.get(COOKIE, "")) if COOKIE in request.COOKIES else None
    if entered is None:
        return None
    return Staff(entered.user_id, entered.email, staff_groups(entered.groups), entered.name, client_address(request))


def kept_private(response: HttpResponse) -> HttpResponse:
    """The response with headers that keep it out of caches and search engines."""
    add_never_cache_headers(response)
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def error_page(request: HttpRequest, error: ApiError) -> HttpResponse:
    """An error as a page in words."""
    back = request.POST.get("back", "")
    context = {
        "error": error,
        "heading": _HEADINGS.get(error.status, _OF_FAULTS if error.status >= 500 else _OF_INPUT),
        "staff": getattr(request, "staff", None),
        "request_id": request_id(),
        "sign_in": SIGN_IN if error.status == 401 else "",
        "typed": _typed(request) if error.status == 401 else [],
        "back": back if is_ours(back) else "",
    }
    response = render(request, "ops/error.html", context, status=error.status)
    for name, value in error.headers.items():
        response[name] = value
    return response


def is_ours(address: str) -> bool:
    """Whether an address that came with a form is that of a page of the admin."""
    inside = address.partition("?")[0] == "/ops" or address.startswith("/ops/")
    return inside and len(address) < _LONGEST_ADDRESS and "\\" not in address


def _typed(request: HttpRequest) -> list[str]:
    """What was typed into a form that nobody takes, so that it can be copied."""
    return [value for name, value in request.POST.items() if name not in _UNTYPED and isinstance(value, str) and value]


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        return redirect(f"{SIGN_IN}?{urlencode({'next': request.get_full_path()})}")
    raise Unauthorized("Your session has ended, and nothing was done. Sign in, and send the form again.")


def _refuse(request: HttpRequest, staff: Staff, permission: Permission) -> None:
    refused = {"permission": permission.name, "method": request.method, "path": request.path[:200]}
    thing = Thing("staff", staff.user_id)
    record(Event(Tag.STAFF_REFUSED, staff.actor, thing, after=refused, outcome="refused"))
    raise Forbidden(f"Your groups do not let you {permission.words}. Nothing was done.")
