"""Addresses of a person's own data."""

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("user", lazy_view("apps.accounts.api.personal.DeleteAccount"), name="account"),
    path("user/profile", lazy_view("apps.accounts.api.personal.Profile"), name="profile"),
    path("user/export", lazy_view("apps.accounts.api.personal.Export"), name="export"),
]
