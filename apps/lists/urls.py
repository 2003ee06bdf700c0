"""The addresses of the lists, under /user/."""

from django.urls import path

from movierec.api.lazy_views import api_view

urlpatterns = [
    path("favourites", api_view("apps.lists.api.Favourites"), name="favourites"),
    path("watchlist", api_view("apps.lists.api.Watchlist"), name="watchlist"),
]
