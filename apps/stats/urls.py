"""The addresses of the figures, under /user/stats/."""

from django.urls import path

from apps.stats.api import AwardXp, Stats, UnknownAction, Update

urlpatterns = [
    path("stats", Stats.as_view(), name="stats"),
    path("update", Update.as_view(), name="stats-update"),
    path("award-xp", AwardXp.as_view(), name="stats-award-xp"),
    path("<str:action>", UnknownAction.as_view()),
]
