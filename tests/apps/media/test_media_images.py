"""Addresses and sizes of pictures."""

from __future__ import annotations

from django.test import RequestFactory

from apps.media.images import picture, pictures, poster_url


def test_the_usual_size_of_each_kind() -> None:
    assert picture("poster", "/a.jpg").as_json() == {
        "url": "https://image.tmdb.org/t/p/w500/a.jpg",
        "width": 500,
        "height": 750,
    }
    assert [picture(kind, "/a.jpg").width for kind in ("backdrop", "profile", "logo")] == [780, 185, 92]


def test_all_sizes_come_from_narrow_to_wide() -> None:
    assert [found.width for found in pictures("poster", "/a.jpg")] == [92, 154, 185, 342, 500, 780]
    assert [found.width for found in pictures("backdrop", "/a.jpg")] == [300, 780, 1280]
    assert [found.url for found in pictures("profile", "a.jpg")] == [
        "https://image.tmdb.org/t/p/w45/a.jpg",
        "https://image.tmdb.org/t/p/w185/a.jpg",
        "https://image.tmdb.org/t/p/h632/a.jpg",
    ]


def test_a_title_without_a_picture_has_a_drawn_one() -> None:
    request = RequestFactory().get("/")
    assert poster_url(request, "tv", 1396, None) == "http://testserver/media/tv/1396/poster.svg"
    assert poster_url(request, "tv", 1396, "/a.jpg") == "https://image.tmdb.org/t/p/w500/a.jpg"
