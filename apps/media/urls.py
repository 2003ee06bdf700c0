"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from apps.media.api.listings import Listings
from apps.media.api.posters import Poster

urlpatterns = [
    path("media", Listings.as_view(), name="media"),
    path("media/<str:media_type>/<int:media_id>/poster.svg", Poster.as_view(), name="media-poster"),
]
