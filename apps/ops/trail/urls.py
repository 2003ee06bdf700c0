"""The addresses of the audit."""

from __future__ import annotations

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("", lazy_view("apps.ops.trail.views.trail_page"), name="ops-audit"),
    path("/export", lazy_view("apps.ops.trail.views.export"), name="ops-audit-export"),
]
