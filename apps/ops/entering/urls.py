"""The addresses of signing in to the admin and out, and who of the staff is signed in."""

from __future__ import annotations

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("signin", lazy_view("apps.ops.entering.views.sign_in"), name="ops-sign-in"),
    path("signin/challenge", lazy_view("apps.ops.entering.views.challenge"), name="ops-challenge"),
    path("signin/callback", lazy_view("apps.ops.entering.views.callback"), name="ops-callback"),
    path("signout", lazy_view("apps.ops.entering.views.sign_out"), name="ops-sign-out"),
    path("staff", lazy_view("apps.ops.entering.views.staff_list"), name="ops-staff"),
    path("staff/deeds", lazy_view("apps.ops.entering.views.staff_deeds"), name="ops-staff-deeds"),
]
