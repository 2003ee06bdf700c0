"""Titles as clients name them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from apps.recommendations.keys import MAX_MEDIA_ID, MAX_TITLES, TitlesField, parse

NUMBER = "Name titles by their number, such as 603, or tv#1396 for a series."
EITHER = (("movie", 603), ("tv", 603))


class TestParse:
    @pytest.mark.parametrize(
        ("entry", "named"),
        [
            (603, EITHER),
            ("603", EITHER),
            ("tv#603", (("tv", 603),)),
            ({"mediaId": 603}, EITHER),
            ({"mediaId": "603", "mediaType": "movie"}, (("movie", 603),)),
            ({"movieId": "603", "media_type": "tv"}, (("tv", 603),)),
            ({"movieId": "tv#603"}, (("tv", 603),)),
            ({"id": 603, "title": "The Matrix"}, EITHER),
            ({"mediaId": 603, "mediaType": None}, EITHER),
            ({"mediaId": 1, "movieId": 2, "id": 3}, (("movie", 1), ("tv", 1))),
            (MAX_MEDIA_ID, (("movie", MAX_MEDIA_ID), ("tv", MAX_MEDIA_ID))),
            (str(MAX_MEDIA_ID), (("movie", MAX_MEDIA_ID), ("tv", MAX_MEDIA_ID))),
        ],
    )
    def test_each_form(self, entry: Any, named: Any) -> None:
        assert parse(entry) == named

    @pytest.mark.parametrize(
        "entry",
        [
            None,
            True,
            0,
            -1,
            1.0,
            603.5,
            "",
            " ",
            "x",
            "-1",
            "6.0",
            "tv#",
            "tv#0",
            "movie#603",
            "٦",
            "603 ",
            [],
            [603],
            {},
            {"mediaId": None},
            {"mediaId": []},
            {"title": "The Matrix"},
            {"mediaId": {"mediaId": 603}},
            MAX_MEDIA_ID + 1,
            str(MAX_MEDIA_ID + 1),
            "9" * 5000,
            10**400,
        ],
        ids=lambda entry: str(entry)[:20],
    )
    def test_other_entries_are_told_the_form(self, entry: Any) -> None:
        with pytest.raises(ValueError, match=r"^Name titles by their number") as caught:
            parse(entry)
        assert str(caught.value) == NUMBER

    @pytest.mark.parametrize("media_type", ["film", "", "TV", 1, ["movie"], {}])
    def test_another_media_type_is_told_the_two(self, media_type: Any) -> None:
        with pytest.raises(ValueError, match=r"^mediaType must be movie or tv\.$"):
            parse({"mediaId": 603, "mediaType": media_type})

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.from_regex(r"(tv#)?[0-9]+"),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(st.sampled_from(["mediaId", "movieId", "id", "mediaType", "media_type"]), inner)
            ),
            max_leaves=6,
        )
    )
    @example("tv#tv#1")
    def test_any_entry_names_titles_or_is_a_value_error(self, entry: Any) -> None:
        try:
            named = parse(entry)
        except ValueError:
            return
        assert [media_type for media_type, _ in named] in (["movie", "tv"], ["movie"], ["tv"])
        assert all(1 <= number <= MAX_MEDIA_ID for _, number in named)


class TestField:
    @pytest.mark.parametrize(
        "data", ["603,tv#1396", " 603 , tv#1396,,", [603, "tv#1396"], ["603", {"movieId": "tv#1396"}]]
    )
    def test_lists_and_texts_with_commas(self, data: Any) -> None:
        assert TitlesField().run_validation(data) == [EITHER, (("tv", 1396),)]

    @pytest.mark.parametrize("data", ["", ",", []])
    def test_nothing_names_nothing(self, data: Any) -> None:
        assert TitlesField().run_validation(data) == []

    def test_a_wrong_entry_is_named_by_its_place(self) -> None:
        with pytest.raises(ValidationError) as caught:
            TitlesField().run_validation([603, "x"])
        assert caught.value.detail == {"1": [NUMBER]}

    @pytest.mark.parametrize("data", [603, True, {"mediaId": 603}, 1.5])
    def test_other_types_are_refused(self, data: Any) -> None:
        with pytest.raises(ValidationError, match="Send an array, or a text with commas"):
            TitlesField().run_validation(data)

    def test_there_is_a_limit(self) -> None:
        assert len(TitlesField().run_validation([603] * MAX_TITLES)) == 1000
        with pytest.raises(ValidationError, match="At most 1000 titles are taken"):
            TitlesField().run_validation([603] * (MAX_TITLES + 1))
