"""Addresses of a person's own data."""

from django.urls import path

from apps.accounts.api.personal import DeleteAccount, Export, Profile

urlpatterns = [
    path("user", DeleteAccount.as_view(), name="account"),
    path("user/profile", Profile.as_view(), name="profile"),
    path("user/export", Export.as_view(), name="export"),
]
