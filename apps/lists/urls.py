"""The addresses of the lists, under /user/."""

from django.urls import path

from apps.lists.api import Favourites, Watchlist

urlpatterns = [
    path("favourites", Favourites.as_view(), name="favourites"),
    path("watchlist", Watchlist.as_view(), name="watchlist"),
]
