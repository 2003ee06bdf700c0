"""The addresses of flags, limits, the banner and read-only mode."""

from __future__ import annotations

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("", lazy_view("apps.ops.switches.views.switches_page"), name="ops-switches"),
    path("/<str:part_id>", lazy_view("apps.ops.switches.views.change_page"), name="ops-switch"),
]
