"""The addresses of the figures, under /user/stats/."""

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("stats", lazy_view("apps.stats.api.Stats"), name="stats"),
    path("update", lazy_view("apps.stats.api.Update"), name="stats-update"),
    path("award-xp", lazy_view("apps.stats.api.AwardXp"), name="stats-award-xp"),
    path("<str:action>", lazy_view("apps.stats.api.UnknownAction")),
]
