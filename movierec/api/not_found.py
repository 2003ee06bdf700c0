"""The answer of every address that is not ours: JSON for programs, a small page for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from movierec.api.errors import not_found


@csrf_exempt
def unknown_path(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 in the form the caller reads, whatever the method."""
    if "text/html" in request.headers.get("Accept", ""):
        response = render(request, "404.html", {"path": request.path}, status=404)
    else:
        response = not_found(request)
    patch_vary_headers(response, ["Accept"])
    return response


def is_ours(path: str) -> bool:
    """Whether some view other than `unknown_path`, which catches all the rest, serves a path."""
    try:
        return resolve(path).func is not unknown_path
    except Resolver404:
        return False
