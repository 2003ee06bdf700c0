"""The addresses of recommendations."""

from django.urls import path

from apps.recommendations.api import Recommendations

urlpatterns = [path("recommendations", Recommendations.as_view(), name="recommendations")]
