"""Pages about titles and lists."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.ops.catalogue import selectors, services
from apps.ops.catalogue.correcting import CorrectionForm
from apps.ops.catalogue.deeds import DEEDS, KIND, fitting
from apps.ops.catalogue.finding import FILTERS, found_titles
from apps.ops.console.deeds import deeds_page, offered
from apps.ops.console.guard import staff_page
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import StaffRequest


@staff_page(Permission.VIEW_CATALOGUE)
def titles(request: StaffRequest) -> HttpResponse:
    """Titles by a text or a number and by filters, in the order of the catalogue's index."""
    context = {"staff": request.staff, "filters": FILTERS, "deeds": offered(DEEDS, request.staff)}
    return render(request, "ops/catalogue/titles.html", {**context, "found": found_titles(request)})


@staff_page(Permission.EDIT_CATALOGUE, "POST")
def deeds(request: StaffRequest) -> HttpResponse:
    """What is done to ticked titles."""
    return deeds_page(request, DEEDS, KIND)


@staff_page(Permission.VIEW_CATALOGUE)
def lists(request: StaffRequest) -> HttpResponse:
    """Every ready-made list with its age and its next refresh."""
    return render(request, "ops/catalogue/lists.html", {"staff": request.staff, **selectors.lists_page()})


@staff_page(Permission.VIEW_CATALOGUE)
def title(request: StaffRequest, media_type: str, media_id: str) -> HttpResponse:
    """Everything about one title."""
    found = selectors.title_page(f"{media_type}/{media_id}")
    context = {"staff": request.staff, "found": found, "deeds": fitting(found.subject, request.staff)}
    return render(request, "ops/catalogue/title.html", context)


@staff_page(Permission.EDIT_CATALOGUE, "GET", "POST")
def correct(request: StaffRequest, media_type: str, media_id: str) -> HttpResponse:
    """The form for one field of a title, and what it stores."""
    subject = selectors.subject(f"{media_type}/{media_id}")
    form = CorrectionForm.of(request, subject)
    if request.method == "POST" and services.decide(request.staff, subject, form):
        return redirect("ops-title", media_type, media_id)
    return render(request, "ops/catalogue/correct.html", {"staff": request.staff, "form": form}, status=form.status)
