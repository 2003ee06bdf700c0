"""The pages of people's accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from apps.accounts.directory.interface import GROUPS, STATUSES
from apps.ops.console import deeds as console_deeds
from apps.ops.console.audited import audited
from apps.ops.console.guard import staff_page
from apps.ops.console.lists import Choice, Filter, asked, listed
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import StaffRequest
from apps.ops.people import deeds as people_deeds
from apps.ops.people import selectors, services
from apps.ops.people.as_seen import as_seen
from movierec.api.errors import BadRequest
from movierec.audit import Tag, Thing
from movierec.audit.writing import MAX_REASON_LENGTH

FILTERS: Final = (
    Filter("status", "Status", tuple(Choice(status, status.replace("-", " ").capitalize()) for status in STATUSES)),
    Filter("state", "Sign-in", (Choice("enabled", "Enabled"), Choice("disabled", "Disabled"))),
    Filter("group", "Group", tuple(Choice(group, group) for group in GROUPS)),
)
# A pool's own cursors are long.
LONGEST_CURSOR: Final = 4_000
EXPORT_NAME: Final = "movierec-export.json"


@staff_page(Permission.VIEW_PEOPLE)
def people(request: StaffRequest) -> HttpResponse:
    """Accounts, page by page."""
    wanted = asked(request, FILTERS, longest_cursor=LONGEST_CURSOR)
    found = selectors.people(wanted)
    context = {
        "asked": wanted,
        "filters": FILTERS,
        "listed": listed(request, found.people, after=found.after, count=found.count, looked=found.looked),
        "deeds": console_deeds.offered(people_deeds.BULK, request.staff),
        "back": request.get_full_path(),
    }
    return _page(request, "ops/people/list.html", context)


@staff_page(Permission.MANAGE_PEOPLE, "POST")
def deeds(request: StaffRequest) -> HttpResponse:
    """What staff do to one account or several."""
    return console_deeds.deeds_page(request, people_deeds.ALL, people_deeds.PEOPLE)


@staff_page(Permission.VIEW_PEOPLE)
def person(request: StaffRequest, user_id: str) -> HttpResponse:
    """One account and what is known of it."""
    found = selectors.person(user_id)
    kept = selectors.kept(user_id)
    fitting = people_deeds.fitting(found, leaves=bool(kept.deletion_at), staff=request.staff)
    context = {"person": found, "kept": kept, "deeds": fitting, "back": _address(user_id)}
    return _page(request, "ops/people/person.html", context)


@staff_page(Permission.MANAGE_PEOPLE, "POST")
def sessions(request: StaffRequest, user_id: str) -> HttpResponse:
    """The end of some of a person's sessions."""
    return console_deeds.deeds_page(request, *people_deeds.sessions_of(user_id, _address(user_id)))


@staff_page(Permission.EXPORT_PEOPLE, "GET", "POST")
def export(request: StaffRequest, user_id: str) -> HttpResponse:
    """Everything stored about a person as a file, once it is said why."""

    def sent(reason: str) -> HttpResponse:
        if found.status == "unconfirmed":
            raise BadRequest("This account was never confirmed, so nothing but its address is kept of it.")
        headers = {"Content-Disposition": f'attachment; filename="{EXPORT_NAME}"'}
        parts = services.export(request.staff, user_id, reason)
        streamed = StreamingHttpResponse(parts, content_type="application/json", headers=headers)
        # The guard only sets headers, which both kinds of responses have.
        return cast(HttpResponse, streamed)

    found = selectors.person(user_id)
    words = {
        "heading": "Export everything stored",
        "explanation": "A file with all that is kept about this person, but for secrets. It leaves the house with you.",
        "button": "Export",
    }
    return _once_said_why(request, {"person": found, **words}, sent)


@staff_page(Permission.VIEW_AS_PERSON, "GET", "POST")
def as_person(request: StaffRequest, user_id: str) -> HttpResponse:
    """What a person sees, once it is said why."""

    def shown(reason: str) -> HttpResponse:
        with audited(request.staff, Tag.PERSON_VIEWED, Thing("person", user_id), reason=reason):
            seen = as_seen(user_id)
        return _page(request, "ops/people/as_person.html", {"person": found, "seen": seen, "back": _address(user_id)})

    found = selectors.person(user_id)
    words = {
        "heading": "See what this person sees",
        "explanation": "Their lists, their taste, and what is recommended to them. Nothing changes by looking.",
        "button": "Show",
    }
    return _once_said_why(request, {"person": found, **words}, shown)


def _once_said_why(
    request: StaffRequest, context: dict[str, Any], go_on: Callable[[str], HttpResponse]
) -> HttpResponse:
    """Asks why, and goes on with the reason."""
    reason = request.POST.get("reason", "").strip()[:MAX_REASON_LENGTH]
    if reason:
        return go_on(reason)
    missing = request.method == "POST"
    asked_back = {
        **context,
        "missing_reason": missing,
        "longest_reason": MAX_REASON_LENGTH,
        "back": _address(context["person"].user_id),
    }
    return _page(request, "ops/people/why.html", asked_back, status=400 if missing else 200)


def _address(user_id: str) -> str:
    return f"{people_deeds.BACK}/{quote(user_id, safe='')}"


def _page(request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, template, {"staff": request.staff, **context}, status=status)
