"""The addresses of people's accounts."""

from __future__ import annotations

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("", lazy_view("apps.ops.people.views.people"), name="ops-people"),
    path("/deeds", lazy_view("apps.ops.people.views.deeds"), name="ops-people-deeds"),
    path("/<str:user_id>", lazy_view("apps.ops.people.views.person"), name="ops-person"),
    path("/<str:user_id>/sessions", lazy_view("apps.ops.people.views.sessions"), name="ops-person-sessions"),
    path("/<str:user_id>/export", lazy_view("apps.ops.people.views.export"), name="ops-person-export"),
    path("/<str:user_id>/as-person", lazy_view("apps.ops.people.views.as_person"), name="ops-as-person"),
]
