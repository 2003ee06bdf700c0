"""Addresses of the admin, all below /ops."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("ops", include("apps.ops.dashboard.urls")),
    path("ops/", include("apps.ops.entering.urls")),
    path("ops/people", include("apps.ops.people.urls")),
    path("ops/catalogue", include("apps.ops.catalogue.urls")),
    path("ops/jobs", include("apps.ops.jobs.urls")),
    path("ops/recommender", include("apps.ops.recommender.urls")),
    path("ops/switches", include("apps.ops.switches.urls")),
    path("ops/audit", include("apps.ops.trail.urls")),
]
