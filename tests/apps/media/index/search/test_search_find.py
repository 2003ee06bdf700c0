"""What holds for any catalogue and any query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.media.index.search import Document, Search, search_parts
from apps.media.index.search.text import plain

KINDS = ("movie", "tv", "person")
WORDS = st.sampled_from(
    [
        "the", "a", "an", "of", "love", "man", "star", "wars", "alien", "ii", "2", "two", "dr", "doctor", "vol.", "die",
        "(part)", "é", "œ", "&", "s's", "1999", "2001:", "トトロ", "Кино", "기생충", "א", "ß",
    ]
)  # fmt: skip
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join) | st.text(max_size=12)
DOCUMENTS = st.builds(
    Document,
    kind=st.sampled_from(KINDS),
    names=st.lists(NAMES, min_size=1, max_size=3).map(tuple),
    year=st.none() | st.integers(1890, 2030),
    fame=st.floats(0, 1),
)
EVERY = frozenset(KINDS)


def film(*names: str, year: int | None = None, fame: float = 0.0) -> Document:
    return Document("movie", names, year, fame)


@given(
    st.lists(DOCUMENTS, max_size=12),
    NAMES | st.text(max_size=300),
    st.sets(st.sampled_from(KINDS)),
    st.integers(-1, 5),
)
@settings(deadline=None)
def test_any_query_is_answered_within_its_kinds_and_limit_always_alike(
    documents: list[Document], query: str, kinds: set[str], limit: int
) -> None:
    parts = search_parts(documents)
    hits = Search.read(parts, len(documents)).find(query, kinds=frozenset(kinds), limit=limit)
    assert len(hits) <= max(0, limit)
    assert len({hit.place for hit in hits}) == len(hits)
    assert {documents[hit.place].kind for hit in hits} <= kinds
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits == Search.read(parts, len(documents)).find(query, kinds=frozenset(kinds), limit=limit)


@given(st.lists(DOCUMENTS, min_size=1, max_size=12), st.data())
@settings(deadline=None)
def test_a_main_name_finds_its_document_before_all_of_other_names(documents: list[Document], data: Any) -> None:
    name = data.draw(st.sampled_from(documents)).names[0]
    hits = Search.read(search_parts(documents), len(documents)).find(name, kinds=EVERY, limit=1)
    if plain(name):
        assert plain(documents[hits[0].place].names[0]) == plain(name)
    else:
        assert hits == []


def test_an_exact_name_is_first_however_many_better_known_ones_begin_with_it(
    searched: Callable[..., Search],
) -> None:
    documents = [film(f"Stan {number}", fame=1.0) for number in range(200)] + [film("Stan")]
    assert searched(documents).find("stan", kinds=EVERY, limit=1)[0].place == 200


@pytest.mark.parametrize("typed", ["slienc", "sielnc", "silenec", "slience of"])
def test_a_beginning_with_two_letters_swapped_is_found_among_many_names_that_look_alike(
    searched: Callable[..., Search], typed: str
) -> None:
    alike = ["Alien", "Slice", "Lies", "Isle", "Clients", "Sienna", "Lion", "Ounce", "Island", "Slim", "Nicest"]
    documents = [film(f"{name} {number}", fame=0.9) for number in range(60) for name in alike]
    documents.append(film("The Silence of the Lambs", fame=0.8))
    found = [hit.place for hit in searched(documents).find(typed, kinds=EVERY, limit=5)]
    assert len(documents) - 1 in found


def test_of_one_name_the_better_known_is_first_and_of_equal_fame_the_earlier(searched: Callable[..., Search]) -> None:
    documents = [film("Hero", fame=0.1), film("Hero", fame=0.9), film("Hero", fame=0.1)]
    assert [hit.place for hit in searched(documents).find("hero", kinds=EVERY, limit=3)] == [1, 0, 2]


def test_a_main_name_is_before_an_alternative_one_and_a_whole_before_a_part(searched: Callable[..., Search]) -> None:
    documents = [film("Saga: Hero"), film("Ying xiong", "Hero"), film("Hero")]
    assert [hit.place for hit in searched(documents).find("hero", kinds=EVERY, limit=3)] == [2, 1, 0]


def test_a_year_next_to_the_right_one_is_better_than_another(searched: Callable[..., Search]) -> None:
    documents = [film("Hamlet", year=1990), film("Hamlet", year=1949), film("Hamlet", year=1948), film("Hamlet")]
    found = [hit.place for hit in searched(documents).find("hamlet 1948", kinds=EVERY, limit=4)]
    assert found == [2, 1, 3, 0]


def test_articles_tell_equal_names_apart(searched: Callable[..., Search]) -> None:
    search = searched([film("The Avengers", fame=0.2), film("Avengers", fame=0.3)])
    assert search.find("the avengers", kinds=EVERY, limit=1)[0].place == 0
    assert search.find("avengers", kinds=EVERY, limit=1)[0].place == 1


def test_an_article_that_was_typed_speaks_for_names_that_begin_with_it(searched: Callable[..., Search]) -> None:
    search = searched([film("Aliens", fame=0.3), film("The Alibis", fame=0.2)])
    assert search.find("the ali", kinds=EVERY, limit=1)[0].place == 1
    assert search.find("ali", kinds=EVERY, limit=1)[0].place == 0


def test_a_document_without_a_name_is_never_found(searched: Callable[..., Search]) -> None:
    search = searched([film(), film("", "…"), film("Alien")])
    assert [hit.place for hit in search.find("alien", kinds=EVERY, limit=5)] == [2]


def test_an_empty_catalogue_finds_nothing(searched: Callable[..., Search]) -> None:
    assert searched([]).find("alien", kinds=EVERY, limit=5) == []


def test_years_and_fame_beyond_their_bounds_are_taken_as_unknown_and_as_the_bound() -> None:
    parts = search_parts([film("A", year=99_999, fame=7.0), film("B", year=-1, fame=-1.0)])
    assert parts["search.years"] == bytes(4)
    assert parts["search.fame"] == b"\xff\xff\0\0"


def test_tables_of_another_number_of_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="1 years and 1 values of fame instead of 2"):
        Search.read(search_parts([film("Alien")]), 2)


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("search.movie.names.text", b"aliem\nalien\n"[::-1]),
        ("search.movie.names.words", b"\7\0\0\0\0\0\0\0"),
        ("search.movie.names.offsets", b"\0\x63"),
        ("search.movie.names.holders.items", b"\0\x63\0\0"),
        ("search.movie.grams.dense", b"\xff" * 4),
        ("search.movie.grams.bitmaps", b"\xff"),
        ("search.movie.grams.lengths.bits", b"\xff"),
        ("search.movie.grams.texts.text", b"z"),
    ],
)
def test_damaged_tables_are_refused(part: str, content: bytes) -> None:
    documents = [film("Alien"), film("Brazil")]
    parts = search_parts(documents)
    damaged = parts | {part: (content * len(parts[part]))[: len(parts[part])]}
    with pytest.raises(ValueError, match=r"\w"):
        Search.read(damaged, len(documents)).check()
