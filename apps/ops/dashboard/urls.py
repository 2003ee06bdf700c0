"""The addresses of the dashboard."""

from __future__ import annotations

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [path("", lazy_view("apps.ops.dashboard.views.dashboard"), name="ops-dashboard")]
