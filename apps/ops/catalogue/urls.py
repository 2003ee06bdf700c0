"""The addresses of titles and lists."""

from __future__ import annotations

from django.urls import path

from movierec.api.lazy_views import lazy_view

_VIEWS = "apps.ops.catalogue.views"

urlpatterns = [
    path("", lazy_view(f"{_VIEWS}.titles"), name="ops-titles"),
    path("/deeds", lazy_view(f"{_VIEWS}.deeds"), name="ops-title-deeds"),
    path("/lists", lazy_view(f"{_VIEWS}.lists"), name="ops-lists"),
    path("/<str:media_type>/<str:media_id>", lazy_view(f"{_VIEWS}.title"), name="ops-title"),
    path("/<str:media_type>/<str:media_id>/correct", lazy_view(f"{_VIEWS}.correct"), name="ops-title-correct"),
]
