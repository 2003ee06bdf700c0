"""The pages of the recommender: versions, comparisons, what serves whom, and profiles to try."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render

from apps.ops.console.audited import Refused, audited
from apps.ops.console.guard import staff_page
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import StaffRequest
from apps.ops.recommender.changing import Change, change_of
from apps.ops.recommender.figures import LIVE_DAYS
from apps.ops.recommender.forms import Form, empty_form, read_form
from apps.ops.recommender.selectors import comparison, overview
from apps.ops.recommender.services import ChangedMeanwhile
from apps.ops.recommender.stores import reached
from apps.ops.recommender.trials import model_to_try, shown, versions_to_try
from apps.recommendations.publishing import Shelved, shelved
from apps.recommendations.trying import tried
from movierec.audit import Tag, Thing
from movierec.audit.writing import MAX_REASON_LENGTH

_CONFLICT: Final = 409


@staff_page(Permission.VIEW_RECOMMENDER)
@reached()
def versions(request: StaffRequest) -> HttpResponse:
    """Every version in the store, with its figures, whom it serves, and what people did with what it showed."""
    context = {"staff": request.staff, "found": overview(), "days": LIVE_DAYS}
    return render(request, "ops/recommender/versions.html", context)


@staff_page(Permission.VIEW_RECOMMENDER)
@reached()
def compare(request: StaffRequest) -> HttpResponse:
    """Two versions side by side: `a` and `b`, the active one and the newest other where they are not given."""
    found = comparison(request.GET.get("a", ""), request.GET.get("b", ""))
    context = {"staff": request.staff, "found": found, "days": LIVE_DAYS}
    return render(request, "ops/recommender/compare.html", context)


@staff_page(Permission.MANAGE_RECOMMENDER, "POST")
@reached()
def change(request: StaffRequest) -> HttpResponse:
    """Activates, rolls back, or changes a share: asks back first, and does it on the condition of what was seen."""
    wanted, found = change_of(request), shelved()
    if wanted.seen != found.mark:
        return _meanwhile(request, wanted, found)
    reason = request.POST.get("reason", "").strip()[:MAX_REASON_LENGTH]
    context = {"staff": request.staff, "change": wanted, "longest_reason": MAX_REASON_LENGTH}
    if request.POST.get("sure") != "yes":
        context["question"] = wanted.question(found.pointer)
        return render(request, "ops/recommender/sure.html", context)
    try:
        sentence, refused = wanted.do(request.staff, found.pointer, reason), False
    except ChangedMeanwhile:
        return _meanwhile(request, wanted, shelved())
    except Refused as refusal:
        sentence, refused = str(refusal), True
    context |= {"sentence": sentence, "refused": refused}
    return render(request, "ops/recommender/changed.html", context, status=_CONFLICT if refused else 200)


def _meanwhile(request: StaffRequest, wanted: Change, found: Shelved) -> HttpResponse:
    context = {"staff": request.staff, "change": wanted, "found": found, "question": wanted.question(found.pointer)}
    return render(request, "ops/recommender/meanwhile.html", context, status=_CONFLICT)


@staff_page(Permission.TRY_PROFILE, "GET", "POST")
@reached()
def try_profile(request: StaffRequest) -> HttpResponse:
    """A made-up profile and what a version recommends it, each score term by term. Nothing of it is kept."""
    if request.method != "POST":
        return _trial(request, empty_form(), request.GET.get("version", ""))
    version = request.POST.get("version", "")
    model = model_to_try(version)
    form = read_form(request.POST, model)
    if form.problems:
        return _trial(request, form, version, status=400)
    with audited(request.staff, Tag.PROFILE_TRIED, Thing("model", model.version)):
        answer = tried(model, form.profile, form.wish)
    return _trial(request, form, model.version, answer=shown(answer, model))


def _trial(
    request: StaffRequest, form: Form, version: str, *, answer: object = None, status: int = 200
) -> HttpResponse:
    context = {"staff": request.staff, "form": form, "names": versions_to_try(), "version": version, "answer": answer}
    return render(request, "ops/recommender/try.html", context, status=status)
