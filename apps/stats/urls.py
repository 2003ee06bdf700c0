"""The addresses of the figures, under /user/stats/."""

from django.urls import path

from movierec.api.lazy_views import api_view

urlpatterns = [
    path("stats", api_view("apps.stats.api.Stats"), name="stats"),
    path("update", api_view("apps.stats.api.Update"), name="stats-update"),
    path("award-xp", api_view("apps.stats.api.AwardXp"), name="stats-award-xp"),
    path("<str:action>", api_view("apps.stats.api.UnknownAction")),
]
