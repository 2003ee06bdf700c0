"""People with their credits."""

from __future__ import annotations

from typing import Any

import pytest

from apps.media.errors import NotAtSource, SourceUnavailable
from apps.media.people import Person
from apps.media.providers.tmdb.parsing import person
from tests.stand_ins.tmdb_bodies import ABSENT, movie_entry, person_body, tv_entry

NOW = "2026-05-01T12:00:00.000Z"


def someone(**changes: Any) -> Person:
    return person(person_body(500, **changes), refreshed_at=NOW)


def parts(found: Person) -> list[tuple[str, int, str]]:
    return [(*credit.title.key, credit.role) for credit in found.cast]


def test_a_person() -> None:
    found = someone()
    assert (found.person_id, found.name, found.department) == (500, "Person 500", "Acting")
    assert found.biography == "Began on the stage of a harbour town.\n\nMoved to films later."
    assert (found.birthday, found.deathday, found.birthplace) == ("1962-07-03", None, "Harbour, New York, USA")
    assert (found.profile_path, found.also_known_as) == ("/profile500.jpg", ("P. 500",))
    assert (found.popularity, found.refreshed_at) == (24.5, NOW)
    assert parts(found) == [("tv", 1396, "Guest"), ("movie", 603, "Keeper")]
    assert [(credit.title.key, credit.role) for credit in found.crew] == [(("movie", 604), "Producer")]
    assert {(credit.title.overview, credit.title.refreshed_at) for credit in found.cast} == {("", NOW)}


def test_only_a_number_and_a_name() -> None:
    assert person({"id": 1, "name": "Lone"}, refreshed_at=NOW) == Person(1, "Lone", refreshed_at=NOW)


def test_credits_of_films_and_series_apart() -> None:
    found = someone(
        combined_credits=ABSENT,
        movie_credits={"cast": [movie_entry(603, character="Keeper")]},
        tv_credits={"cast": [tv_entry(1396, character="Guest")]},
    )
    assert parts(found) == [("tv", 1396, "Guest"), ("movie", 603, "Keeper")]


def test_both_ways_of_credits_at_once() -> None:
    found = someone(movie_credits={"cast": [movie_entry(603, character="Keeper")]})
    assert found == someone()


def test_credits_that_cannot_be_shown_are_left_out() -> None:
    cast = [None, 7, {}, movie_entry(1), movie_entry(2, media_type="season"), movie_entry(3, media_type=["movie"]),
            movie_entry(4, media_type="movie", adult=True), movie_entry(5, media_type="movie", softcore=True),
            movie_entry(6, media_type="movie", character=None)]  # fmt: skip
    assert parts(someone(combined_credits={"cast": cast})) == [("movie", 6, "")]


def test_the_most_popular_titles_of_many() -> None:
    cast = [movie_entry(i, media_type="movie", popularity=i / 10, character="x") for i in range(1, 301)]
    found = someone(combined_credits={"cast": cast, "crew": [{**entry, "job": "Writer"} for entry in cast]})
    assert [credit.title.media_id for credit in found.cast] == list(range(300, 100, -1))
    assert [credit.title.media_id for credit in found.crew] == list(range(300, 200, -1))


def test_lengths() -> None:
    found = someone(biography="b" * 20_000, also_known_as=[f"N {i}" for i in range(50)], name="n" * 500)
    assert (len(found.biography), len(found.also_known_as), len(found.name)) == (10_000, 20, 100)


def test_a_biography_in_paragraphs_without_controls() -> None:
    assert someone(biography=" One\x00 two.\r\n\r\n\r\nThree\u202e. \n").biography == "One two.\n\nThree."


@pytest.mark.parametrize("also", [None, "A", 7, {}, [None, "", 7]])
def test_other_names_that_are_none(also: Any) -> None:
    assert someone(also_known_as=also).also_known_as == ()


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_what_is_no_object(body: Any) -> None:
    with pytest.raises(SourceUnavailable, match=r"^TMDB answered a person as .*, where an object belongs\.$"):
        person(body, refreshed_at=NOW)


@pytest.mark.parametrize(
    "changes", [{"id": None}, {"id": True}, {"id": 10**12}, {"name": ""}, {"name": ABSENT}, {"name": ["x"]}]
)
def test_no_number_or_no_name(changes: dict[str, Any]) -> None:
    with pytest.raises(SourceUnavailable, match="without a usable id and name"):
        someone(**changes)


def test_a_person_for_adults_only() -> None:
    with pytest.raises(NotAtSource, match="person 500"):
        someone(adult=True)
