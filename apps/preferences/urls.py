"""The address of the taste profile, under /user/."""

from django.urls import path

from movierec.api.lazy_views import api_view

urlpatterns = [path("preferences", api_view("apps.preferences.api.Preferences"), name="preferences")]
