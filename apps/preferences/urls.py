"""The address of the taste profile, under /user/."""

from django.urls import path

from apps.preferences.api import Preferences

urlpatterns = [path("preferences", Preferences.as_view(), name="preferences")]
