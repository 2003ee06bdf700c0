"""Addresses of a person's own data."""

from django.urls import path

from movierec.api.lazy_views import api_view

urlpatterns = [
    path("user", api_view("apps.accounts.api.personal.DeleteAccount"), name="account"),
    path("user/profile", api_view("apps.accounts.api.personal.Profile"), name="profile"),
    path("user/export", api_view("apps.accounts.api.personal.Export"), name="export"),
]
