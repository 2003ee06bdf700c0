"""What the pages share that are open to who is not signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Final
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.utils.http import MAX_URL_LENGTH

from apps.accounts.staff_sessions import LIFE_SECONDS, end_behind
from apps.ops.console.guard import COOKIE, error_page, kept_private
from movierec.api.errors import ApiError, MethodNotAllowed, as_api_error, log_fault

View = Callable[[HttpRequest], HttpResponse]

HOME: Final = "/ops"
_SIGN_IN: Final = "signin"
_PRINTABLE: Final = re.compile(r"[!-~]*")


class SeeOther(HttpResponseRedirect):
    """303: the browser goes on with a GET, whatever it sent."""

    status_code = 303


def open_page(*methods: str) -> Callable[[View], View]:
    """Has a view serve everybody by these methods; errors are pages in words, and nothing of it may be cached."""

    def decorate(view: View) -> View:
        @wraps(view)
        def served(request: HttpRequest) -> HttpResponse:
            try:
                _check_method(request, methods)
                response = view(request)
            except Exception as exception:
                error = as_api_error(exception)
                if error is None:
                    raise
                log_fault(error, exception, request)
                response = error_page(request, error)
            return kept_private(response)

        return served

    return decorate


def _check_method(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise MethodNotAllowed("This page has no such method.", headers={"Allow": ", ".join(methods)})


def said_in_page(attempt: Callable[[], HttpResponse], page: Callable[[ApiError], HttpResponse]) -> HttpResponse:
    """What an attempt answers, or the page that says why it was refused; faults outside are raised on."""
    try:
        return attempt()
    except Exception as exception:
        error = as_api_error(exception)
        if error is None or error.status >= 500:
            raise
        response = page(error)
        response.status_code = error.status
        for name, value in error.headers.items():
            response[name] = value
        return response


def page_wanted(request: HttpRequest, text: str) -> str:
    """The page of the admin that an address names, as the service's own path; the dashboard for any other address.

    So nobody is led elsewhere by a link to the sign-in that somebody else made.
    """
    path = text.removeprefix(script_name(request))
    parts = unquote(path.partition("?")[0]).split("/")
    inside = len(path) <= MAX_URL_LENGTH and _PRINTABLE.fullmatch(path) and "\\" not in unquote(path)
    known = parts[:2] == ["", "ops"] and not {"", ".", ".."} & set(parts[1:]) and parts[2:3] != [_SIGN_IN]
    return path if inside and known and "#" not in path else HOME


def script_name(request: HttpRequest) -> str:
    """What stands before the service's own paths, such as an API's stage."""
    return str(request.META.get("SCRIPT_NAME", ""))


def let_in(request: HttpRequest, cookie: str, page: str) -> HttpResponse:
    """Leads on to a page of the admin with the cookie of a session that has begun.

    The session that this browser had before ends, and forms of before are no longer good. One request where it had one.
    """
    if COOKIE in request.COOKIES:
        end_behind(request.COOKIES[COOKIE])
    rotate_token(request)
    response = SeeOther(page)
    response.set_cookie(COOKIE, cookie, max_age=LIFE_SECONDS, httponly=True, samesite="Lax", secure=not settings.LOCAL)
    return response
