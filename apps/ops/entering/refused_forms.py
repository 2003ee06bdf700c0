"""The answer to forms without CSRF's token, or with an old one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.csrf import csrf_failure

from apps.ops.console.guard import error_page, kept_private
from movierec.api.errors import Forbidden


def refused_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page in words for forms of the admin; Django's own for all others."""
    if not f"{request.path_info}/".startswith("/ops/"):
        return csrf_failure(request, reason=reason)
    sentence = "This form is too old, or was not sent from our page, so nothing was done. Load the page again first."
    return kept_private(error_page(request, Forbidden(sentence, code="CsrfFailed")))
