"""What staff do to what they ticked: asked back once, then done one by one, with a line for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.ops.console.audited import Refused
from apps.ops.console.guard import is_ours
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import Staff, StaffRequest
from movierec.api.errors import ApiError, BadRequest, Forbidden, as_api_error, log_fault
from movierec.audit.writing import MAX_REASON_LENGTH

MOST_TICKED: Final = 100
MAX_ID_LENGTH: Final = 200
# Acts on one thing by its id, with the reason that was given, and answers how it stands now in a sentence.
Act = Callable[[Staff, str, str], str]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done to things of one kind.

    `question` is asked before; `act` raises Refused where a thing's state does not allow it.
    """

    name: str
    label: str
    permission: Permission
    question: str
    act: Act
    needs_reason: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """How a deed ended for one thing."""

    id: str
    outcome: Literal["done", "refused", "failed"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Things that deeds are done to: what they are called, where their list is, and how one is shown by its id."""

    singular: str
    plural: str
    back: str
    named: Callable[[Sequence[str]], dict[str, str]]


def offered(deeds: Sequence[Deed], staff: Staff) -> list[Deed]:
    """The deeds that a member of staff may do."""
    return [deed for deed in deeds if staff.may(deed.permission)]


def deeds_page(request: StaffRequest, deeds: Sequence[Deed], kind: Kind) -> HttpResponse:
    """Answers a form with `deed` and the ids `ticked`: asks back, and with `sure` does it and tells of each.

    Acts on what is ticked and nothing else. Raises BadRequest, and Forbidden where the deed is not theirs to do.
    """
    deed = _chosen(request, deeds)
    ids = _ticked(request, kind)
    reason = request.POST.get("reason", "").strip()
    context = {"deed": deed, "kind": kind, "staff": request.staff, "back": _back(request, kind)}
    if request.POST.get("sure") != "yes" or (deed.needs_reason and not reason):
        missing = request.POST.get("sure") == "yes"
        things = [(each, name) for each, name in kind.named(ids).items()]
        asked = {"things": things, "missing_reason": missing, "longest_reason": MAX_REASON_LENGTH}
        return render(request, "ops/sure.html", {**context, **asked}, status=400 if missing else 200)
    # As they are called before: what is done may take the name away.
    names = kind.named(ids)
    lines = [_done(request, deed, each, reason) for each in ids]
    return render(request, "ops/done.html", {**context, "lines": [(line, names[line.id]) for line in lines]})


def _chosen(request: StaffRequest, deeds: Sequence[Deed]) -> Deed:
    name = request.POST.get("deed", "")
    deed = next((each for each in deeds if each.name == name), None)
    if deed is None:
        raise BadRequest("deed: choose what to do; nothing was done.")
    if not request.staff.may(deed.permission):
        raise Forbidden(f"Your groups do not let you {deed.permission.words}. Nothing was done.")
    return deed


def _ticked(request: HttpRequest, kind: Kind) -> list[str]:
    ids = list(dict.fromkeys(request.POST.getlist("ticked")))
    if not ids:
        raise BadRequest(f"ticked: tick one of the {kind.plural} at least; nothing was done.")
    if len(ids) > MOST_TICKED or any(len(each) > MAX_ID_LENGTH or not each for each in ids):
        raise BadRequest(f"ticked: tick at most {MOST_TICKED} {kind.plural} at once; nothing was done.")
    return ids


def _back(request: HttpRequest, kind: Kind) -> str:
    """Where the form came from, if that is a page of the admin."""
    back = request.POST.get("back", "")
    return back if is_ours(back) else kind.back


def _done(request: StaffRequest, deed: Deed, thing: str, reason: str) -> Line:
    try:
        return Line(thing, "done", deed.act(request.staff, thing, reason))
    except Refused as refusal:
        return Line(thing, "refused", str(refusal))
    except Exception as exception:
        error = as_api_error(exception)
        if error is None:
            raise
        log_fault(error, exception, request)
        return Line(thing, _outcome(error), error.sentence)


def _outcome(error: ApiError) -> Literal["refused", "failed"]:
    return "failed" if error.status >= 500 else "refused"
