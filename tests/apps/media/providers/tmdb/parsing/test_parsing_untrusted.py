"""Whatever TMDB answers, what comes out is either usable or a SourceError."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.media.details import Details, Offers, Translation
from apps.media.errors import SourceError
from apps.media.packing import packed
from apps.media.people import Person
from apps.media.providers.interface import Listed
from apps.media.providers.tmdb.parsing import full_title, listed, person
from apps.media.titles import FIRST_MADE_UP_ID, CatalogueTitle, FullTitle, MediaType, full_from_row, full_to_row
from movierec.dynamo.plain import to_plain, to_wire
from tests.stand_ins.tmdb_bodies import (
    ABSENT,
    list_body,
    movie_body,
    movie_entry,
    person_body,
    person_entry,
    tv_body,
    tv_entry,
)

NOW = "2026-05-01T12:00:00.000Z"
LANGUAGES = ("en", "es", "fr", "de", "hi", "ja", "ko", "zh")
MOST_BYTES = 300_000  # of the 400 KB that DynamoDB allows

Parser = Callable[[Any], FullTitle | Listed | Person]


def as_film(body: Any) -> FullTitle:
    return full_title("movie", body, refreshed_at=NOW, languages=LANGUAGES)


def as_series(body: Any) -> FullTitle:
    return full_title("tv", body, refreshed_at=NOW, languages=LANGUAGES)


def as_page(body: Any) -> Listed:
    return listed(body, refreshed_at=NOW)


def as_person(body: Any) -> Person:
    return person(body, refreshed_at=NOW)


PARSERS: tuple[Parser, ...] = (as_film, as_series, as_page, as_person)
MIXED = list_body(
    [movie_entry(1, media_type="movie"), person_entry(2, media_type="person"), tv_entry(3, media_type="tv")]
)
SHAPES: tuple[tuple[Parser, Any], ...] = (
    (as_film, movie_body()),
    (as_series, tv_body()),
    (as_page, MIXED),
    (as_person, person_body()),
)

awkward = st.sampled_from(
    [
        None, True, False, 0, -1, 1, 603, 1.5, 2**53, 10**30, -(10**30), 10**400, float("nan"), float("inf"), 5e-324,
        "", " ", "603", "8.2", "\x00", "\ud800", "\u202ex", "x" * 5000, "é" * 3000, "1999-03-31", "/x.jpg", "US", "en",
        "https://example.org/", "movie", "tv", "person", [], {}, [None], [[]], [{}], {"results": []}, {"id": 1},
    ]
)  # fmt: skip
json_values = st.recursive(
    awkward | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = (
    "id", "title", "name", "results", "credits", "cast", "genres", "media_type", "known_for", "overview", "keywords",
    "watch/providers", "translations", "release_dates", "page", "adult", "popularity", "poster_path",
)  # fmt: skip
objects = st.dictionaries(st.sampled_from(fields), json_values | st.lists(json_values, max_size=3))


def check(found: FullTitle | Listed | Person) -> None:
    """Raises AssertionError unless everything found can be stored, and reads back as it was."""
    if isinstance(found, FullTitle):
        check_title(found)
    elif isinstance(found, Person):
        check_person(found)
    else:
        for title in found.titles:
            check_title(FullTitle(title))
        for one in found.people:
            check_person(one)
        assert min(found.page, found.total_pages) >= 1
        assert min(found.total_results, found.skipped) >= 0


def check_title(full: FullTitle) -> None:
    row = to_wire(full_to_row(full, NOW))
    assert full_from_row(to_plain(row)) == full
    assert size(row) < MOST_BYTES
    check_facts(full.facts)


def check_facts(facts: CatalogueTitle) -> None:
    assert 1 <= facts.media_id < FIRST_MADE_UP_ID
    assert 1 <= len(facts.title) <= 300
    assert 0 <= facts.vote_average <= 10
    assert min(facts.vote_count, facts.popularity) >= 0


def check_person(found: Person) -> None:
    assert len(packed(found)) < MOST_BYTES
    assert 1 <= len(found.name) <= 100
    for credit in (*found.cast, *found.crew):
        check_facts(credit.title)


def size(attribute: Any) -> int:
    """About what DynamoDB counts for a row on the wire: names and values, and a little for each list and map."""
    if isinstance(attribute, dict):
        return sum(len(name.encode()) + size(value) for name, value in attribute.items())
    if isinstance(attribute, list):
        return 3 + sum(size(value) + 1 for value in attribute)
    return len(attribute) if isinstance(attribute, bytes) else len(str(attribute).encode())


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every node below a body."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inside:
        yield (*path, name)
        yield from places(value, (*path, name))


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of a body with another value in one place; `ABSENT` takes the place out."""
    copied = copy.deepcopy(body)
    holder = copied
    for name in path[:-1]:
        holder = holder[name]
    if value is ABSENT:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return copied


@pytest.mark.parametrize("parser", PARSERS)
@settings(max_examples=150)
@given(st.data())
def test_any_json(parser: Parser, data: st.DataObject) -> None:
    with suppress(SourceError):
        check(parser(data.draw(json_values | objects)))


@pytest.mark.parametrize(("parser", "body"), SHAPES)
@settings(max_examples=200)
@given(st.data())
def test_a_body_with_several_nodes_replaced(parser: Parser, body: Any, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(body))))
        value = data.draw(json_values)
        body = replaced(body, path, value)
    with suppress(SourceError):
        check(parser(body))


@pytest.mark.parametrize(("parser", "body"), SHAPES)
def test_a_body_without_any_one_node(parser: Parser, body: Any) -> None:
    refused = []
    for path in places(body):
        try:
            check(parser(replaced(body, path, ABSENT)))
        except SourceError:
            refused.append(path)
    needed = {as_film: ("id",), as_series: ("id",), as_page: ("results",), as_person: ("id", "name")}
    assert refused == [(name,) for name in needed[parser]]


@pytest.mark.parametrize(("parser", "body"), SHAPES)
@pytest.mark.parametrize("value", [None, True, -1, 10**400, float("nan"), "", "\ud800", [], {}, [{}], {"results": 7}])
def test_a_body_with_any_one_node_replaced(parser: Parser, body: Any, value: Any) -> None:
    for path in places(body):
        with suppress(SourceError):
            check(parser(replaced(body, path, value)))


def test_one_bad_entry_costs_one_entry() -> None:
    for place, value in product(range(3), (None, 7, "x", [], {})):
        found = as_page(replaced(MIXED, ("results", place), value))
        assert (len(found.titles) + len(found.people), found.skipped) == (2, 1)


@pytest.mark.parametrize("media_type", ["movie", "tv"])
def test_the_largest_title_that_can_be(media_type: MediaType) -> None:
    full = full_title(media_type, largest_title(), refreshed_at=NOW, languages=LANGUAGES)
    details = full.details
    assert isinstance(details, Details)
    assert (len(details.cast), len(details.crew), len(details.keywords)) == (40, 40, 60)
    assert (len(details.offers), len(details.providers), len(details.videos)) == (250, 200, 20)
    assert len(next(iter(details.offers.values())).stream) == 20
    assert (len(details.certifications), len(details.alternative_titles)) == (250, 30)
    assert (len(full.translations), len(full.facts.keywords)) == (8, 60)
    assert [type(offers) for offers in details.offers.values()] == [Offers] * 250
    assert {type(translation) for translation in full.translations.values()} == {Translation}
    check_title(full)


def test_the_largest_person_that_can_be() -> None:
    entries = [
        {"id": i, "media_type": "movie", "title": noise(i, 400), "original_title": noise(-i, 400),
         "character": noise(i, 200), "job": noise(i, 200), "overview": noise(i, 3000)}
        for i in range(1, 400)
    ]  # fmt: skip
    found = as_person(
        {"id": 1, "name": noise(1, 200), "biography": noise(2, 20_000),
         "also_known_as": [noise(i, 200) for i in range(40)], "combined_credits": {"cast": entries, "crew": entries}}
    )  # fmt: skip
    assert (len(found.cast), len(found.crew), len(found.biography)) == (200, 100, 10_000)
    check_person(found)


def noise(seed: int, length: int) -> str:
    """A text that does not compress well: Chinese characters by chance."""
    chance = random.Random(seed)  # noqa: S311  (no secret)
    return "".join(chr(chance.randrange(0x4E00, 0x9FA0)) for _ in range(length))


def largest_title() -> dict[str, Any]:
    """A body that reaches every bound at once."""
    codes = [first + second for first in "ABCDEFGHIJKL" for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    people = [{"id": i, "name": noise(i, 200), "character": noise(-i, 200), "job": "Producer",
               "profile_path": f"/{'p' * 60}.jpg"} for i in range(1, 100)]  # fmt: skip
    providers = [{"provider_id": 1000 + i, "provider_name": noise(i, 200)} for i in range(400)]
    kinds = ("flatrate", "free", "ads", "rent", "buy")
    chance = random.Random(7)  # noqa: S311  (no secret)
    offers = {
        code: {**{kind: chance.sample(providers, 60) for kind in kinds}, "link": f"https://x.org/{code}" + "y" * 280}
        for code in codes
    }
    names = ("title", "name", "overview", "tagline")
    texts = {name: noise(5, 3000) for name in (*names, "original_title", "original_name")}
    return {
        **texts,
        "id": FIRST_MADE_UP_ID - 1,
        "genres": [{"id": 18}],
        "origin_country": codes,
        "credits": {"cast": people, "crew": people},
        "created_by": people,
        "keywords": {"keywords": [{"id": i, "name": noise(i, 200)} for i in range(1, 200)]},
        "videos": {"results": [{"site": "YouTube", "key": f"k{i:09d}", "name": noise(i, 200)} for i in range(99)]},
        "release_dates": {
            "results": [{"iso_3166_1": code, "release_dates": [{"certification": noise(3, 99)}]} for code in codes]
        },
        "watch/providers": {"results": offers},
        "alternative_titles": {"titles": [{"title": noise(i, 900)} for i in range(99)]},
        "translations": {
            "translations": [
                {"iso_639_1": code, "data": {name: noise(place, 3000) for name in names}}
                for place, code in enumerate(LANGUAGES)
            ]
        },
    }  # fmt: skip
