"""Which titles meet which conditions, and in which order, against a plain walk over all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.index.build import build_index
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index.discover import Terms, Wanted
from apps.media.index.entries import day_number
from apps.media.index.orders import SORTS
from apps.media.people import local_person_id
from apps.media.titles import CatalogueTitle, FullTitle

Indexed = Callable[..., CatalogueIndex]
Make = Callable[..., FullTitle]


def either(*values: str) -> Terms:
    return Terms(values, every=False)


def both(*values: str) -> Terms:
    return Terms(values)


CONDITIONS: list[tuple[Wanted, list[int]]] = [
    (Wanted(), [0, 1]),
    (Wanted(media_type="movie"), [0]),
    (Wanted(media_type="tv"), [1]),
    (Wanted(genres=both("28", "878")), [0]),
    (Wanted(genres=both("28", "18")), []),
    (Wanted(genres=either("28", "18")), [0, 1]),
    (Wanted(genres=either("99")), []),
    (Wanted(without_genres=("878", "99")), [1]),
    (Wanted(languages=("en", "fr")), [0, 1]),
    (Wanted(languages=("fr",)), []),
    (Wanted(countries=("AU", "NZ")), [0]),
    (Wanted(keywords=both("DYSTOPIA", "saving  the world")), [0]),
    (Wanted(keywords=both("83")), [0]),
    (Wanted(keywords=either("drug dealer", "83")), [0, 1]),
    (Wanted(keywords=both("saving")), []),
    (Wanted(without_keywords=("83",)), [1]),
    (Wanted(people=both("6384", "9340")), [0]),
    (Wanted(people=both("6384", "1")), []),
    (Wanted(people=either("6384", "1")), [0]),
    (Wanted(people=either(str(local_person_id("Keanu Reeves")), "530")), [0, 1]),
    (Wanted(providers=("8",), region="SE"), [0]),
    (Wanted(providers=("20",), region="SE"), [0]),
    (Wanted(providers=("30", "999"), region="SE"), [0]),
    (Wanted(providers=("2", "3"), region="SE"), []),
    (Wanted(providers=("8",), region="US"), []),
    (Wanted(providers=("netflix",)), [1]),
    (Wanted(providers=("netflix",), region="SE"), []),
    (Wanted(providers=("prime",), region="SE"), [1]),
    (Wanted(certifications=("r", "PG")), [0]),
    (Wanted(certifications=("tv-ma", "R")), [0, 1]),
    (Wanted(certifications=("15",), region="SE"), [0]),
    (Wanted(certifications=("15",)), []),
    (Wanted(released=(19990331, 19990331)), [0]),
    (Wanted(released=(19990401, None)), [1]),
    (Wanted(released=(20080000, 20081231)), [1]),
    (Wanted(released=(None, 19990330)), []),
    (Wanted(rating=(8200, None)), [0]),
    (Wanted(rating=(8201, None)), []),
    (Wanted(rating=(None, 8200)), [0]),
    (Wanted(votes=26000), [0]),
    (Wanted(votes=26001), []),
    (Wanted(runtime=(47, 136)), [0, 1]),
    (Wanted(runtime=(48, None)), [0]),
    (Wanted(runtime=(None, 135)), [1]),
    (Wanted(excluded=frozenset({603})), []),
    (Wanted(excluded=frozenset({("tv", 603)})), [0]),
    (Wanted(excluded=frozenset({1, ("movie", 5)})), [0, 1]),
    (Wanted(media_type="movie", genres=both("28"), rating=(8000, 9000), providers=("8",), region="SE"), [0]),
    (Wanted(media_type="tv", genres=both("28"), languages=("en",)), []),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "expected"), CONDITIONS)
def test_which_titles_meet_the_conditions(
    indexed: Indexed, matrix: FullTitle, of_demo: FullTitle, wanted: Wanted, expected: list[int]
) -> None:
    found = indexed(of_demo, matrix).discover(wanted)
    assert (found.total, found.places) == (len(expected), expected)


def test_a_rating_that_nobody_gave_is_unknown(indexed: Indexed, title: Make) -> None:
    index = indexed(title(1, vote_average=7.0), title(2, vote_average=7.0, vote_count=1))
    assert index.discover(Wanted(rating=(7000, 7000))).places == [1]


def test_what_is_unknown_meets_no_bound(indexed: Indexed, title: Make) -> None:
    index = indexed(title(1))
    bounds: list[dict[str, Any]] = [
        {"released": (None, 99991231)},
        {"runtime": (None, 9999)},
        {"rating": (None, 10_000)},
        {"votes": 1},
    ]
    assert [index.discover(Wanted(**bound)).total for bound in bounds] == [0, 0, 0, 0]
    assert index.discover(Wanted(without_genres=("27",), without_keywords=("gore",))).total == 1


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("popularity", [4, 3, 1, 2]),
        ("rating", [3, 4, 1, 2]),
        ("votes", [1, 3, 4, 2]),
        ("newest", [3, 1, 4, 2]),
        ("oldest", [4, 1, 3, 2]),
        ("title", [2, 4, 1, 3]),
        ("runtime", [3, 4, 1, 2]),
    ],
)
def test_orders(indexed: Indexed, title: Make, sort: Any, expected: list[int]) -> None:
    index = indexed(
        title(1, title="Émile", release_date="2001", vote_average=8.0, vote_count=1000, popularity=1.0, runtime=120),
        title(2, title="a bird"),
        title(
            3, title="Zorro", release_date="2001-01-02", vote_average=9.5, vote_count=900, runtime=60, popularity=2.5
        ),
        title(4, title="Babel", release_date="1950-05-05", vote_average=10.0, vote_count=1, popularity=7.0, runtime=90),
    )
    assert [index.key(place)[1] for place in index.discover(Wanted(sort=sort)).places] == expected


def test_where_two_are_level_the_more_popular_comes_first(indexed: Indexed, title: Make) -> None:
    index = indexed(
        title(1), title(2, popularity=1.0), title(3, vote_count=2), title(4, renown=3), title(5), title(6, vote_count=1)
    )
    expected = [2, 3, 6, 4, 1, 5]
    for sort in ("popularity", "newest", "oldest", "runtime"):
        assert [index.key(place)[1] for place in index.discover(Wanted(sort=sort)).places] == expected


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize(("start", "stop"), [(0, 5), (5, 10), (3, None), (38, 45), (40, 60), (0, 0)])
def test_pages_are_parts_of_the_whole(indexed: Indexed, title: Make, few: bool, start: int, stop: int | None) -> None:
    """Of few titles among many and of many the same, though they are found in two ways."""
    others = [title(n, media_type="tv") for n in range(2000 if few else 1)]
    films = [title(n, popularity=float(n * 7 % 40)) for n in range(40)]
    index = indexed(*films, *others)
    whole = sorted(range(40), key=lambda n: (-(n * 7 % 40), n))
    found = index.discover(Wanted(media_type="movie"), start=start, stop=stop)
    assert found.total == 40
    assert [index.key(place)[1] for place in found.places] == whole[start:stop]


GENRE_IDS = (28, 18, 35)
KEYWORDS = ("heist", "robot")
facts = st.builds(
    CatalogueTitle,
    media_type=st.sampled_from(["movie", "tv"]),
    media_id=st.integers(1, 40),
    title=st.sampled_from(["Alien", "Brazil", "Casablanca"]),
    source=st.just("demo"),
    genres=st.lists(st.sampled_from(GENRE_IDS), unique=True).map(tuple),
    keywords=st.lists(st.sampled_from(KEYWORDS), unique=True).map(tuple),
    cast=st.lists(st.sampled_from(["Ann", "Bob"]), unique=True).map(tuple),
    language=st.sampled_from([None, "en", "fr"]),
    release_date=st.sampled_from([None, "1979", "1979-05-25", "1980-01-01"]),
    runtime=st.sampled_from([None, 80, 90, 100]),
    vote_average=st.sampled_from([5.0, 7.5, 7.501]),
    vote_count=st.sampled_from([0, 1, 50]),
    popularity=st.sampled_from([0.0, 1.0, 2.0]),
)
bound = st.none() | st.sampled_from([79, 80, 90, 100, 101])


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


genre_ids = some(*map(str, GENRE_IDS), "99")
days = st.sampled_from([None, 19790000, 19790524, 19790525, 19791231, 19800101])
# Few at a time: of many at once nearly every title fails one.
conditions = {
    "media_type": st.sampled_from(["movie", "tv", "both"]),
    "genres": st.builds(Terms, genre_ids, st.booleans()),
    "without_genres": genre_ids,
    "keywords": st.builds(Terms, some(*KEYWORDS, "no"), st.booleans()),
    "without_keywords": some(*KEYWORDS, "no"),
    "people": st.builds(Terms, some(str(local_person_id("Ann")), "9"), st.booleans()),
    "languages": st.sampled_from([(), ("en",), ("en", "fr"), ("de",)]),
    "released": st.tuples(days, days),
    "rating": st.tuples(st.sampled_from([None, 7500, 7501]), st.sampled_from([None, 7500])),
    "runtime": st.tuples(bound, bound),
    "votes": st.sampled_from([None, 1, 2]),
    "excluded": st.frozensets(st.integers(1, 40) | st.tuples(st.just("tv"), st.integers(1, 40)), max_size=3),
    "sort": st.sampled_from(SORTS),
}
one_condition = st.sampled_from(sorted(conditions)).flatmap(lambda name: st.tuples(st.just(name), conditions[name]))
questions = st.lists(one_condition, max_size=3).map(lambda given: Wanted(**dict(given)))


@given(st.lists(facts, max_size=30, unique_by=lambda title: title.key), questions)
def test_the_same_as_a_walk_over_all_titles(titles: list[CatalogueTitle], wanted: Wanted) -> None:
    index = CatalogueIndex.read(build_index(map(FullTitle, titles), built_at=""))
    found = index.discover(wanted)
    expected = {title.key for title in titles if meets(title, wanted)}
    assert {index.key(place) for place in found.places} == expected
    assert found.total == len(found.places) == len(expected)


def meets(title: CatalogueTitle, wanted: Wanted) -> bool:
    """The conditions in plain words."""
    genres = [str(genre) for genre in title.genres]
    cast = [str(local_person_id(name)) for name in title.cast]
    return (
        wanted.media_type in ("both", title.media_type)
        and has(genres, wanted.genres)
        and not set(genres) & set(wanted.without_genres)
        and has(title.keywords, wanted.keywords)
        and not set(title.keywords) & set(wanted.without_keywords)
        and has(cast, wanted.people)
        and (not wanted.languages or title.language in wanted.languages)
        and inside(day_number(title.release_date), wanted.released)
        and inside(round(title.vote_average * 1000) if title.vote_count else 0, wanted.rating)
        and inside(title.runtime or 0, wanted.runtime)
        and inside(title.vote_count, (wanted.votes, None))
        and not {title.key, title.media_id} & wanted.excluded
    )


def has(values: Sequence[str], terms: Terms) -> bool:
    return not terms.values or (all if terms.every else any)(value in values for value in terms.values)


def inside(value: int, bounds: tuple[int | None, int | None]) -> bool:
    low, high = bounds
    if low is None and high is None:
        return True
    return value > 0 and (low is None or low <= value) and (high is None or value <= high)
