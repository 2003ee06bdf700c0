"""The page of flags, limits, the banner and read-only mode."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from apps.ops.console.guard import staff_page
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import StaffRequest
from apps.ops.switches.parts import Part, Typed, parts
from apps.ops.switches.services import Outdated, Standing, change, standing
from apps.ops.switches.shown import Form, form_of
from movierec.api.errors import BadRequest, FieldErrors, NotFound


@staff_page(Permission.VIEW_SWITCHES)
def switches_page(request: StaffRequest) -> HttpResponse:
    """Every switch, how it stands, and a form for each."""
    now = standing()
    every = parts()
    context = {
        "staff": request.staff,
        "forms": [form_of(part, now.switches) for part in every.values()],
        "damaged": now.damaged,
        "saved": every.get(request.GET.get("saved", "")),
    }
    return render(request, "ops/switches/index.html", context)


@staff_page(Permission.EDIT_SWITCHES, "POST")
def change_page(request: StaffRequest, part_id: str) -> HttpResponse:
    """Changes one switch; asks again where the form is wrong, or somebody else was faster."""
    part = parts().get(part_id)
    if part is None:
        raise NotFound("There is no such switch.")
    typed: Typed = dict(request.POST.lists())
    try:
        change(request.staff, part, typed, made_from=_version(request), reason=request.POST.get("reason", "").strip())
    except FieldErrors as error:
        return _again(request, standing(), part, typed, 400, problems=_problems(error))
    except Outdated as outdated:
        return _again(request, outdated.standing, part, typed, 409)
    return redirect(f"/ops/switches?{urlencode({'saved': part.id})}")


def _again(
    request: StaffRequest, now: Standing, part: Part, typed: Typed, status: int, problems: dict[str, str] | None = None
) -> HttpResponse:
    form: Form = form_of(part, now.switches, typed=typed, problems=problems or {})
    context: dict[str, Any] = {"staff": request.staff, "form": form, "outdated": status == 409}
    return render(request, "ops/switches/again.html", context, status=status)


def _problems(error: FieldErrors) -> dict[str, str]:
    # A list of fields, as this error always has.
    return {detail["path"]: detail["message"] for detail in error.details or () if not isinstance(detail, str)}


def _version(request: StaffRequest) -> int:
    text = request.POST.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise BadRequest("version: open the page again and send its form; nothing was stored.")
    return int(text)
