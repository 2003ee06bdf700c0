"""The addresses of jobs."""

from __future__ import annotations

from django.urls import URLPattern, path

from movierec.api.lazy_views import lazy_view

urlpatterns: list[URLPattern] = [
    path("", lazy_view("apps.ops.jobs.views.overview"), name="ops-jobs"),
    path("/deeds", lazy_view("apps.ops.jobs.views.deeds"), name="ops-jobs-deeds"),
    path("/starts", lazy_view("apps.ops.jobs.views.starts"), name="ops-jobs-starts"),
    path("/<str:job>/<str:name>", lazy_view("apps.ops.jobs.views.run"), name="ops-job-run"),
]
