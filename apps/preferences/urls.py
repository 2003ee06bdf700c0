"""The address of the taste profile, under /user/."""

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [path("preferences", lazy_view("apps.preferences.api.Preferences"), name="preferences")]
