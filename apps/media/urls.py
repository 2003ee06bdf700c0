"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("media", lazy_view("apps.media.api.listings.Listings"), name="media"),
    path("media/genres", lazy_view("apps.media.api.genres.Genres"), name="media-genres"),
    path("media/person/<int:person_id>", lazy_view("apps.media.api.people.PersonOfTitles"), name="media-person"),
    path("media/<str:media_type>/<int:media_id>", lazy_view("apps.media.api.titles.Title"), name="media-title"),
    path(
        "media/<str:media_type>/<int:media_id>/poster.svg",
        lazy_view("apps.media.api.posters.Poster"),
        name="media-poster",
    ),
    path("discover", lazy_view("apps.media.api.discover.Discover"), name="discover"),
    path("search", lazy_view("apps.media.api.search.Searches"), name="search"),
]
