"""What the index keeps of titles and people, whatever they are like and in whichever order they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import inf

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from apps.media.details import Credit, Details
from apps.media.index import catalogue, people
from apps.media.index.build import build_index
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index.discover import Wanted
from apps.media.index.orders import SORTS
from apps.media.index.people import IndexedCredit, IndexedPerson
from apps.media.people import local_person_id
from apps.media.titles import CatalogueTitle, FullTitle, item_of
from movierec.tables import mask_of

Indexed = Callable[..., CatalogueIndex]
Make = Callable[..., FullTitle]
BUILT_AT = "2026-05-01T12:00:00Z"


def test_titles_stand_in_the_order_of_their_keys(indexed: Indexed, title: Make) -> None:
    index = indexed(title(9), title(5, media_type="tv"), title(2**53 - 1), title(1), title(1, media_type="tv"))
    assert len(index) == 5
    assert [index.key(place) for place in range(5)] == [
        ("movie", 1), ("movie", 9), ("movie", 2**53 - 1), ("tv", 1), ("tv", 5),
    ]  # fmt: skip
    assert [index.place(index.key(place)) for place in range(5)] == [0, 1, 2, 3, 4]
    assert [index.place(key) for key in (("movie", 2), ("movie", 5), ("tv", 9), ("tv", 2**53 - 1))] == [None] * 4
    assert index.built_at == BUILT_AT


def test_an_item_is_that_of_lists(indexed: Indexed, matrix: FullTitle, of_demo: FullTitle) -> None:
    index = indexed(of_demo, matrix)
    assert index.item(0, "en") == item_of(matrix.facts)
    assert index.item(1, "en") == item_of(of_demo.facts)


@pytest.mark.parametrize(("language", "called"), [("es", "Matrix"), ("fr", "The Matrix"), ("xx", "The Matrix")])
def test_an_item_is_called_as_in_its_language(indexed: Indexed, matrix: FullTitle, language: str, called: str) -> None:
    assert indexed(matrix).item(0, language) == {**item_of(matrix.facts), "title": called}


def test_no_titles_are_an_index_too(indexed: Indexed) -> None:
    index = indexed()
    assert (len(index), index.place(("movie", 1)), index.person(1)) == (0, None, None)
    for sort in SORTS:
        found = index.discover(Wanted(sort=sort))
        assert (found.total, found.places) == (0, [])
    assert index.search.find("matrix", kinds=frozenset({"movie", "tv", "person"}), limit=5) == []


def test_a_title_that_comes_twice_counts_once(indexed: Indexed, title: Make) -> None:
    index = indexed(title(1, title="First"), title(2), title(1, title="Second"))
    assert len(index) == 2
    assert index.item(0, "en")["title"] == "First"


def test_facts_say_where_a_title_comes_from(indexed: Indexed, matrix: FullTitle, of_demo: FullTitle) -> None:
    index = indexed(matrix, of_demo)
    assert [index.has_fact(place, "source:tmdb") for place in (0, 1)] == [True, False]


class TestPeople:
    def test_a_person_of_a_source_has_its_number(self, indexed: Indexed, matrix: FullTitle, of_demo: FullTitle) -> None:
        index = indexed(of_demo, matrix)
        credit = (IndexedCredit(0, cast=True, crew=False),)
        assert index.person(6384) == IndexedPerson(6384, "Keanu Reeves", "/keanu.jpg", credit)
        assert index.person(530) == IndexedPerson(530, "Carrie-Anne Moss", None, credit)
        assert index.person(9340) == IndexedPerson(
            9340, "Lana Wachowski", None, (IndexedCredit(0, cast=False, crew=True),)
        )
        assert index.person(6385) is None

    def test_a_person_of_whom_a_name_is_known_has_ours(self, indexed: Indexed, of_demo: FullTitle) -> None:
        found = indexed(of_demo).person(local_person_id("bryan cranston"))
        assert found == IndexedPerson(
            local_person_id("Bryan Cranston"), "Bryan Cranston", None, (IndexedCredit(0, cast=True, crew=False),)
        )

    def test_the_best_known_title_comes_first_and_each_once(self, indexed: Indexed, title: Make) -> None:
        def made(media_id: int, votes: int, **parts: tuple[Credit, ...]) -> FullTitle:
            return replace(title(media_id, vote_count=votes), details=Details(**parts))

        one, other = Credit(7, "One", "Hero"), Credit(7, "One", "Villain", "/one.jpg")
        index = indexed(made(1, 10, cast=(one,)), made(2, 999, cast=(one, other), crew=(one,)), made(3, 0, crew=(one,)))
        assert index.person(7) == IndexedPerson(
            7,
            "One",
            "/one.jpg",
            (
                IndexedCredit(1, cast=True, crew=True),
                IndexedCredit(0, cast=True, crew=False),
                IndexedCredit(2, cast=False, crew=True),
            ),
        )

    def test_only_the_best_known_are_kept(self, indexed: Indexed, title: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(people, "MOST_PEOPLE", 2)
        index = indexed(
            title(1, cast=("Lead", "Second"), vote_count=10), title(2, cast=("Star",), makers=("Nobody",), vote_count=9)
        )
        kept = {name for name in ("Lead", "Second", "Star", "Nobody") if index.person(local_person_id(name))}
        assert kept == {"Lead", "Star"}

    def test_search_finds_titles_and_people_by_their_places(
        self, indexed: Indexed, matrix: FullTitle, of_demo: FullTitle
    ) -> None:
        index = indexed(matrix, of_demo)

        def best(query: str, kind: str) -> int:
            return index.search.find(query, kinds=frozenset({kind}), limit=1)[0].place

        assert best("the matrix", "movie") == best("matrix 1", "movie") == 0
        assert best("breaking bad", "tv") == 1
        assert index.person_at(best("carrie-anne moss", "person")).person_id == 530
        assert index.person_at(best("vince gilligan", "person")).person_id == local_person_id("Vince Gilligan")


class TestLocalPersonId:
    def test_a_name_has_one_number_however_it_is_written(self) -> None:
        number = local_person_id("Penélope Cruz")
        assert number == local_person_id(" penélope  CRUZ") == local_person_id("Pene\u0301lope Cruz")
        assert number == local_person_id("Penelope Cruz")
        assert number != local_person_id("Penelope Cruze")

    def test_the_number_never_changes(self) -> None:
        assert local_person_id("Tom Hanks") == 1418833155826

    @given(st.text())
    def test_any_text_has_a_number_that_is_nobody_elses_at_tmdb(self, name: str) -> None:
        assert 10**12 <= local_person_id(name) < 10**12 + 2**40


class TestTime:
    def test_what_a_source_told_is_shown_for_half_a_year(self, indexed: Indexed, title: Make) -> None:
        index = indexed(
            title(1, refreshed_at="2026-01-01T00:00:00Z"), title(2), title(3, refreshed_at="2026-05-01T00:00:00Z")
        )
        with time_machine.travel("2026-06-29T23:59:59Z", tick=False):
            assert (index.discover(Wanted()).total, index.is_kept(0)) == (3, True)
        with time_machine.travel("2026-06-30T00:00:00Z", tick=False):
            assert index.discover(Wanted(sort="title")).places == [1, 2]
            assert [index.is_kept(place) for place in range(3)] == [False, True, True]
        with time_machine.travel("2026-11-01T00:00:00Z", tick=False):
            assert index.discover(Wanted()).places == [1]
        with time_machine.travel("2026-07-01T00:00:00Z", tick=False):  # a clock that was set back
            assert index.discover(Wanted(sort="title")).places == [1, 2]

    def test_titles_are_not_walked_anew_while_none_goes(
        self, indexed: Indexed, title: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index = indexed(title(1, refreshed_at="2026-01-01T00:00:00Z"), title(2))
        made: list[list[int]] = []

        def noted(places: Iterable[int], size: int) -> int:
            made.append(list(places))
            return mask_of(made[-1], size)

        monkeypatch.setattr(catalogue, "mask_of", noted)
        with time_machine.travel("2026-07-01T00:00:00Z", tick=False):
            assert [index.discover(Wanted()).places for _ in range(3)] == [[1]] * 3
        assert [places for places in made if places] == [[0]]


ABSURD = [
    {"runtime": 10**9},
    {"runtime": -5},
    {"vote_count": 10**15, "vote_average": 5.0},
    {"vote_count": -1},
    {"vote_count": 3, "vote_average": 1e9},
    {"vote_count": 3, "vote_average": -1.0},
    {"popularity": inf},
    {"popularity": -4.0},
    {"renown": 99},
    {"release_date": "yesterday"},
    {"release_date": "9999-99-99"},
    {"title": ""},
    {"title": "x" * 10_000},
    {"genres": (10**9,)},
    {"services": ("",)},
]


@pytest.mark.parametrize("facts", ABSURD)
def test_an_absurd_fact_costs_no_other_title(indexed: Indexed, title: Make, facts: dict[str, object]) -> None:
    index = indexed(title(1), title(2, **facts), title(3))
    for sort in SORTS:
        assert sorted(index.discover(Wanted(sort=sort)).places) == [0, 1, 2]


@given(st.permutations(range(8)))
def test_the_order_in_which_titles_come_makes_no_difference(order: list[int]) -> None:
    titles = [
        FullTitle(
            CatalogueTitle(
                "movie" if n % 3 else "tv", n // 2 + 1, f"Title {n % 4}", "demo", genres=(n % 2,),
                cast=(f"Player {n % 3}",), vote_count=n % 5, vote_average=5.0, popularity=float(n % 2),
            )
        )
        for n in range(8)
    ]  # fmt: skip
    distinct = {full.key: full for full in titles}
    index = CatalogueIndex.read(build_index((titles[n] for n in order if titles[n] in distinct.values()), built_at=""))
    same = CatalogueIndex.read(build_index(distinct.values(), built_at=""))
    for sort in SORTS:
        assert index.discover(Wanted(sort=sort)).places == same.discover(Wanted(sort=sort)).places
    for n in range(3):
        number = local_person_id(f"Player {n}")
        assert index.person(number) == same.person(number)
