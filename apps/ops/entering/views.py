"""The pages of signing in to the admin and out, and of who is signed in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.request import Request

from apps.ops.console.deeds import deeds_page, offered
from apps.ops.console.guard import COOKIE, SIGN_IN, staff_of, staff_page
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import StaffRequest
from apps.ops.entering import by_form, by_pool, selectors, services
from apps.ops.entering.deeds import DEEDS, kind
from apps.ops.entering.door import SeeOther, open_page
from movierec.api.errors import NotFound
from movierec.api.throttling import address_of, count_request


@open_page("GET", "HEAD", "POST")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in of whichever provider there is."""
    if request.method != "POST":
        return by_pool.sign_in_page(request) if _has_pool() else by_form.sign_in_page(request)
    _count(request)
    return by_pool.begin(request) if _has_pool() else by_form.sign_in(request)


@open_page("POST")
def challenge(request: HttpRequest) -> HttpResponse:
    """The second step of the local provider's form."""
    if _has_pool():
        raise NotFound("The user pool asks for the second factor itself; sign in at /ops/signin.")
    _count(request)
    return by_form.answer_challenge(request)


@open_page("GET")
def callback(request: HttpRequest) -> HttpResponse:
    """Where the pool's pages lead back to. Not for HEAD, which would use the code up."""
    if not _has_pool():
        raise NotFound("There is no user pool that leads back here; sign in at /ops/signin.")
    _count(request)
    return by_pool.finish(request)


@open_page("POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends one's own session, also where it is over, and then what the pool's pages remember."""
    staff = staff_of(request)
    if staff:
        services.leave(staff)
    response = by_pool.signed_out_page(request) if _has_pool() else SeeOther(SIGN_IN)
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


@staff_page(Permission.VIEW_STAFF)
def staff_list(request: StaffRequest) -> HttpResponse:
    """Who of the staff is signed in."""
    context = {
        "staff": request.staff,
        "signed_in": selectors.signed_in(request.staff),
        "deeds": offered(DEEDS, request.staff),
    }
    return render(request, "ops/entering/staff.html", context)


@staff_page(Permission.END_STAFF_SESSIONS, "POST")
def staff_deeds(request: StaffRequest) -> HttpResponse:
    """Ends the sessions that were ticked."""
    return deeds_page(request, DEEDS, kind())


def _has_pool() -> bool:
    return bool(settings.IDENTITY_PROVIDER == "cognito")


def _count(request: HttpRequest) -> None:
    """Counts a try of this address among those of the API's sign-in. Raises TooManyRequests."""
    count_request("auth", address_of(Request(request)))
