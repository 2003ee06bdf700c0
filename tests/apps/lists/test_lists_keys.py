from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.lists.keys import MAX_ID, parse_id, row_media_type, row_title, stored_key


@pytest.mark.parametrize(("title", "key"), [(("movie", 603), "603"), (("tv", 1396), "tv#1396")])
def test_stored_keys(title: Any, key: str) -> None:
    assert stored_key(*title) == key


@given(st.sampled_from(["movie", "tv"]), st.integers(1, MAX_ID))
def test_keys_read_back_as_the_title_they_were_made_of(media_type: Any, media_id: int) -> None:
    key = stored_key(media_type, media_id)
    assert row_title({}, key) == (media_type, media_id)
    assert parse_id(key) == ("tv" if media_type == "tv" else None, media_id)


@given(st.text(max_size=30))
def test_other_texts_are_no_ids(text: str) -> None:
    parsed = parse_id(text)
    assert parsed is None or text in {str(parsed[1]), f"tv#{parsed[1]}"}


@pytest.mark.parametrize("text", ["", "0", "01", "-1", "+1", "1.0", "1e3", " 1", "1\n", "tv#", "TV#1", str(MAX_ID + 1)])
def test_texts_that_are_no_ids(text: str) -> None:
    assert parse_id(text) is None


@pytest.mark.parametrize(
    ("row", "key", "expected"),
    [
        ({}, "5", "movie"),
        ({"mediaType": "tv"}, "5", "tv"),
        ({"mediaType": "movie"}, "tv#5", "tv"),
        ({"mediaType": 7}, "5", "movie"),
    ],
)
def test_the_key_tells_the_type_before_the_attribute(row: dict[str, Any], key: str, expected: str) -> None:
    assert row_media_type(row, key) == expected


def test_a_row_with_a_foreign_key_has_no_title() -> None:
    assert row_title({"mediaType": "tv"}, "tt0133093") is None
