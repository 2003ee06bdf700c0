"""The audit: who did what to what, and its export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render

from apps.ops.console.audited import audited
from apps.ops.console.guard import staff_page
from apps.ops.console.lists import listed
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import Staff, StaffRequest
from apps.ops.trail.asking import FILTERS, Wanted, day, ordered, today, wanted_by
from apps.ops.trail.exporting import MOST_DAYS, check_days, text_of
from apps.ops.trail.finding import address_with_ids
from apps.ops.trail.selectors import page
from apps.ops.trail.shown import entries_of, form_of, subject_of
from movierec import jobs
from movierec.audit import Tag, Thing
from movierec.audit.writing import KEPT


@staff_page(Permission.VIEW_AUDIT)
def trail_page(request: StaffRequest) -> HttpResponse:
    """Events, the newest first: of all, of a thing, or of an actor; leads from an e-mail address to the id."""
    meant = address_with_ids(request)
    if meant:
        return redirect(f"/ops/audit?{meant}")
    wanted, after = wanted_by(request)
    shown = page(wanted, after)
    context = {
        "staff": request.staff,
        "wanted": wanted,
        "subject": subject_of(wanted),
        "form": form_of(wanted),
        "filters": FILTERS,
        "entries": entries_of(shown.events),
        "shown": shown,
        "listed": listed(request, shown.events, after=(shown.after,) if shown.after else None),
        "kept": {source: days.days for source, days in KEPT.items()},
        "most_days": MOST_DAYS,
    }
    return render(request, "ops/trail/index.html", context)


@staff_page(Permission.EXPORT_AUDIT, "POST")
def export(request: StaffRequest) -> HttpResponse:
    """The events that the address asks for, of the days that the form has, as CSV."""
    wanted = _of_form(request)
    check_days(wanted)
    name = f"audit-{wanted.first}-{wanted.last}.csv"
    return StreamingHttpResponse(  # type: ignore[return-value]  # which a guard hands on as it is
        _recorded(request.staff, wanted),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _of_form(request: StaffRequest) -> Wanted:
    wanted, _ = wanted_by(request)
    last = min(day(request.POST.get("to", ""), "to") or today(), today())
    first, last = ordered(day(request.POST.get("from", ""), "from") or last, last)
    return replace(wanted, first=first, last=last)


def _recorded(staff: Staff, wanted: Wanted) -> Iterator[bytes]:
    """The export as a run of the job `export`, once the audit has that it was asked for."""
    told = f"The audit from {wanted.first} to {wanted.last}, asked for by person/{staff.user_id}"
    thing = Thing("audit", f"{wanted.first}/{wanted.last}")
    narrowed = {name: value for name, value in wanted.chosen.items() if value}
    of = {"thing": f"{wanted.thing.kind}/{wanted.thing.id}"} if wanted.thing else {}
    by = {"actor": wanted.actor} if wanted.actor else {}
    with audited(staff, Tag.AUDIT_EXPORTED, thing, after={**narrowed, **of, **by} or None):
        return jobs.exported("audit", told, lambda: _begun(wanted))


def _begun(wanted: Wanted) -> Iterator[bytes]:
    """The export's text, the first part of which is read."""
    parts = text_of(wanted)
    first = next(parts)
    return (part.encode() for part in chain([first], parts))
