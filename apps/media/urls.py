"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from apps.media.api.discover import Discover
from apps.media.api.genres import Genres
from apps.media.api.listings import Listings
from apps.media.api.people import PersonOfTitles
from apps.media.api.posters import Poster
from apps.media.api.search import Searches
from apps.media.api.titles import Title

urlpatterns = [
    path("media", Listings.as_view(), name="media"),
    path("media/genres", Genres.as_view(), name="media-genres"),
    path("media/person/<int:person_id>", PersonOfTitles.as_view(), name="media-person"),
    path("media/<str:media_type>/<int:media_id>", Title.as_view(), name="media-title"),
    path("media/<str:media_type>/<int:media_id>/poster.svg", Poster.as_view(), name="media-poster"),
    path("discover", Discover.as_view(), name="discover"),
    path("search", Searches.as_view(), name="search"),
]
