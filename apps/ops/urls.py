"""Addresses of the admin, all below /ops."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("apps.ops.dashboard.urls")),
    path("/", include("apps.ops.entering.urls")),
    path("/people", include("apps.ops.people.urls")),
    path("/catalogue", include("apps.ops.catalogue.urls")),
    path("/jobs", include("apps.ops.jobs.urls")),
    path("/recommender", include("apps.ops.recommender.urls")),
    path("/switches", include("apps.ops.switches.urls")),
    path("/audit", include("apps.ops.trail.urls")),
]
