"""The addresses of the models and what they recommend."""

from __future__ import annotations

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("", lazy_view("apps.ops.recommender.views.versions"), name="ops-recommender"),
    path("/compare", lazy_view("apps.ops.recommender.views.compare"), name="ops-recommender-compare"),
    path("/change", lazy_view("apps.ops.recommender.views.change"), name="ops-recommender-change"),
    path("/try", lazy_view("apps.ops.recommender.views.try_profile"), name="ops-recommender-try"),
]
