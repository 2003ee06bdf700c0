"""The addresses of the lists, under /user/."""

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("favourites", lazy_view("apps.lists.api.Favourites"), name="favourites"),
    path("watchlist", lazy_view("apps.lists.api.Watchlist"), name="watchlist"),
]
