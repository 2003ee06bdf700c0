from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.corrections import FIELDS, WrongValue, corrected, corrected_full, corrected_item
from apps.media.details import Details
from apps.media.titles import MEDIA_TYPES, CatalogueTitle, FullTitle, MediaType, item_of


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("title", "  The\n Matrix ", "The Matrix"),
        ("title", "Il\u202e était", "Il était"),
        ("original_title", " ", None),
        ("overview", "", ""),
        ("overview", "One\r\ntwo", "One two"),
        ("release_date", "1999-03-31 ", "1999-03-31"),
        ("release_date", "1999", "1999"),
        ("release_date", "", None),
        ("genres", "science fiction, Action, action,", [878, 28]),
        ("genres", "", []),
        ("runtime", "136", 136),
        ("runtime", "", None),
        ("language", "sv", "sv"),
        ("countries", "SE, NO, SE", ["SE", "NO"]),
        ("certification", "PG-13", "PG-13"),
        ("certification", "TV-MA", "TV-MA"),
        ("poster_path", "/a_B-1.jpg", "/a_B-1.jpg"),
        ("backdrop_path", "", None),
    ],
)
def test_what_is_typed_makes_a_value(field: str, typed: str, value: Any) -> None:
    assert FIELDS[field].read(typed, "movie") == value


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", ""),
        ("title", "\u200b"),
        ("title", "x" * 301),
        ("overview", "x" * 2001),
        ("release_date", "1999-02-30"),
        ("release_date", "0099-02-03"),
        ("release_date", "1999-W01-1"),
        ("release_date", "99"),
        ("genres", "Action, Kids"),
        ("runtime", "0"),
        ("runtime", "1001"),
        ("runtime", "-5"),
        ("runtime", "٣"),
        ("language", "SV"),
        ("language", "swe"),
        ("countries", "se"),
        ("countries", ", ".join(f"{a}{b}" for a in "ABC" for b in "ABCDEFG")),
        ("certification", "<b>"),
        ("poster_path", "//evil.example/x.jpg"),
        ("poster_path", "/../x.jpg"),
        ("poster_path", "https://example.com/x.jpg"),
    ],
)
def test_what_cannot_stand_there_is_refused(field: str, typed: str) -> None:
    with pytest.raises(WrongValue):
        FIELDS[field].read(typed, "movie")


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=40), st.sampled_from(MEDIA_TYPES))
def test_a_value_reads_back_as_it_is_shown(name: str, text: str, media_type: MediaType) -> None:
    field = FIELDS[name]
    try:
        value = field.read(text, media_type)
    except WrongValue:
        return
    assert field.read(field.typed(value, media_type), media_type) == value


@given(st.lists(st.sampled_from([28, 12, 878, 53]), unique=True))
def test_genres_read_back_in_their_order(genres: list[int]) -> None:
    assert FIELDS["genres"].read(FIELDS["genres"].typed(tuple(genres), "movie"), "movie") == genres


def test_corrections_lie_over_facts_details_and_items(film: Callable[..., CatalogueTitle]) -> None:
    title = film(1, genres=(18,), certification="R", original_title="Un")
    values = {"title": "One", "genres": [35, 18], "certification": "PG", "original_title": None, "gone": 1}
    found = corrected(title, values)
    assert (found.title, found.genres, found.certification, found.original_title) == ("One", (35, 18), "PG", None)
    full = corrected_full(FullTitle(title, Details(certifications={"US": "R", "SE": "15"})), values)
    assert full.details is not None
    assert full.details.certifications == {"SE": "15"}
    assert corrected_item(item_of(title), values) == item_of(found)
