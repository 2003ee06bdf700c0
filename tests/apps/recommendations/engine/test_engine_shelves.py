"""The rows of a home page."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from apps.recommendations.engine.answers import Liked, Request
from apps.recommendations.engine.artifact import Model, Operator, Trained
from apps.recommendations.engine.recommend import recommend
from apps.recommendations.engine.rows import Rows
from apps.recommendations.engine.shelves import Shelf, Shelves, shelves
from apps.recommendations.engine.similar import likeness
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import Title

MakeTitle = Callable[..., Title]
GENRES = (28, 35, 18, 27, 878, 10749)
SIZE = 240


@pytest.fixture(scope="module")
def model(make_title: MakeTitle) -> Model:
    """Titles of six genres; people like those of one genre together, the first of each the most."""
    titles = [
        make_title(
            n,
            title=f"Title {n}",
            genres=(GENRES[n % 6],),
            keywords=(f"theme {n % 12}",),
            release_date=f"{2026 - n // 8}-01-01",
            runtime=80 + n % 60,
            services=(("netflix",), ("hulu", "SE/netflix"), ())[n % 3],
            vote_average=5 + n % 5,
            vote_count=100,
        )
        for n in range(SIZE)
    ]
    near = [[j for j in range(SIZE) if j != i and j % 6 == i % 6] for i in range(SIZE)]
    weights = [120 - 3 * k for k in range(len(near[0]))]
    starts = [len(near[0]) * i for i in range(SIZE + 1)]
    rows = Rows(starts, [0.01] * SIZE, [j for row in near for j in row], weights * SIZE)
    nothing = Rows([0] * (SIZE + 1), [0.01] * SIZE, [], [])
    likes = [1000 / (1 + n) for n in range(SIZE)]
    recent = [float(n % 40 == 7) for n in range(SIZE)]
    return Model(titles, "test", Trained([Operator(None, rows)], nothing, likes, recent))


@pytest.fixture(scope="module")
def bare(make_title: MakeTitle) -> Model:
    """A small model, in which most rows find too few titles."""
    return Model([make_title(n, genres=(28,)) for n in range(5)], "bare")


def wish(own: Sequence[Liked] = (), preferences: dict[str, Any] | None = None, **limits: Any) -> Request:
    taste = Taste.from_preferences(preferences or {})
    return replace(Request(taste, list(own), frozenset(), "both", 6), **limits)


def liked(number: int, weight: float = 1.0, verb: Any = "liked") -> Liked:
    return Liked(("movie", number), weight, verb)


FAN = [liked(0), liked(6, 0.7), liked(1, 0.9), liked(12, 0.5), liked(3, -1.0, "rated"), liked(2, 0.4, "saved")]


def ids(found: Shelves) -> list[str]:
    return [row.identity for row in found.rows]


def row(found: Shelves, identity: str) -> Shelf:
    return next(row for row in found.rows if row.identity == identity)


def numbers(shelf: Shelf) -> list[int]:
    return [item.title.media_id for item in shelf.items]


class TestRows:
    def test_of_a_person_with_titles_of_their_own(self, model: Model) -> None:
        found = shelves(model, wish(FAN, {"streamingPlatforms": ["netflix", "other"]}))
        assert [(one.identity, one.title) for one in found.rows] == [
            ("picked-for-you", "Picked for you"),
            ("because-movie-0", "Because you liked Title 0"),
            ("because-movie-1", "Because you liked Title 1"),
            ("genre-28", "More Action"),
            ("genre-35", "More Comedy"),
            ("hidden-gems", "Hidden gems for you"),
            ("new-releases", "New releases"),
            ("popular", "Popular lately"),
            ("on-your-services", "On your services"),
            ("something-different", "Something different"),
        ]
        assert (found.source, found.fallback_used, found.total_candidates) == ("personal", False, SIZE - len(FAN))
        assert row(found, "on-your-services").reason == "On Netflix"
        assert row(found, "popular").reason == "Liked by most viewers in the last months"

    @pytest.mark.parametrize(
        ("preferences", "reason"),
        [
            ({}, "From what you like"),
            ({"favoriteGenres": [27]}, "From what you like and what you told us about your taste"),
        ],
    )
    def test_the_first_says_what_it_rests_on(self, model: Model, preferences: dict[str, Any], reason: str) -> None:
        assert shelves(model, wish(FAN, preferences)).rows[0].reason == reason

    def test_the_first_is_the_list_that_is_recommended(self, model: Model) -> None:
        found = shelves(model, wish(FAN))
        assert found.rows[0].items == recommend(model, wish(FAN)).items

    def test_each_keeps_its_theme(self, model: Model) -> None:
        found = shelves(model, wish(FAN, {"streamingPlatforms": ["netflix"]}))
        facts = {title.media_id: model.facts.of[i] for i, title in enumerate(model.titles)}
        themes = {
            "genre-28": "genre:28", "genre-35": "genre:35", "hidden-gems": "standing:gem", "new-releases": "era:new",
            "popular": "standing:trending", "on-your-services": "service:netflix",
        }  # fmt: skip
        for identity, fact in themes.items():
            assert all(fact in facts[number] for number in numbers(row(found, identity)))
        assert {number % 6 for number in numbers(row(found, "because-movie-0"))} == {0}
        assert not {number % 6 for number in numbers(row(found, "something-different"))} & {0, 1}

    def test_a_row_of_a_title_holds_what_is_at_least_a_third_as_like_it_as_the_nearest(self, model: Model) -> None:
        found = shelves(model, wish([liked(0)], limit=40))
        alike = {i: like.total for i, like in likeness(model, 0).items()}
        fitting = {i for i, total in alike.items() if total >= max(alike.values()) / 3}
        assert fitting < alike.keys()
        assert set(numbers(row(found, "because-movie-0"))) == fitting - set(numbers(row(found, "picked-for-you")))

    def test_the_second_title_does_not_lead_to_the_same_row(self, model: Model) -> None:
        own = [liked(0), liked(6, 0.99), liked(1, 0.5)]
        assert ids(shelves(model, wish(own)))[1:3] == ["because-movie-0", "because-movie-1"]

    @pytest.mark.parametrize(
        ("verb", "words"),
        [("rated", "Because you rated Title 0 highly"), ("wanted", "Because you asked for more like Title 0")],
    )
    def test_the_words_say_what_the_person_did(self, model: Model, verb: str, words: str) -> None:
        assert shelves(model, wish([liked(0, verb=verb)])).rows[1].title == words

    @pytest.mark.parametrize("verb", ["saved", "watched"])
    def test_no_row_follows_from_what_was_not_liked(self, model: Model, verb: str) -> None:
        found = shelves(model, wish([liked(0, verb=verb), liked(1, -1.0, "rated")]))
        assert not [identity for identity in ids(found) if identity.startswith("because")]

    def test_a_newcomer_gets_what_is_popular_and_new(self, model: Model) -> None:
        found = shelves(model, wish())
        assert ids(found) == ["picked-for-you", "hidden-gems", "new-releases", "popular"]
        assert found.rows[0].reason == "What most people like, until you have favourites of your own"
        assert found.source == "popular"

    def test_a_newcomer_with_answers_gets_their_genres(self, model: Model) -> None:
        found = shelves(model, wish(preferences={"favoriteGenres": [27, 878]}))
        assert ids(found)[:3] == ["picked-for-you", "genre-27", "genre-878"]
        assert found.rows[0].reason == "From what you told us about your taste"


class TestWhatHolds:
    @pytest.mark.parametrize("seed", range(40))
    def test_no_title_twice_none_that_is_excluded_and_no_row_too_short(self, model: Model, seed: int) -> None:
        chance = Random(seed)  # noqa: S311  # the same dice in every run
        own = [
            liked(n, chance.choice((1.0, 0.5, -1.0)), chance.choice(("liked", "rated", "saved", "wanted")))
            for n in chance.sample(range(SIZE), chance.choice((0, 1, 3, 30)))
        ]
        excluded = frozenset(("movie", n) for n in chance.sample(range(SIZE), 60))
        disliked = chance.sample(GENRES, 2)
        limit = chance.choice((1, 3, 15, 40))
        request = wish(own, {"dislikedGenres": disliked}, excluded=excluded, limit=limit, max_runtime=120)
        found = shelves(model, request)
        shown = [item.title for shelf in found.rows for item in shelf.items]
        keys = [title.key for title in shown]
        assert len(keys) == len(set(keys))
        assert not set(keys) & (excluded | {one.key for one in own})
        assert all(title.runtime <= 120 and title.genres[0] not in disliked for title in shown)  # type: ignore[operator]
        assert all(3 <= len(shelf.items) <= limit for shelf in found.rows)
        assert len(set(ids(found))) == len(found.rows)
        assert found == shelves(model, request)

    def test_rows_with_fewer_than_three_titles_are_left_out(self, bare: Model) -> None:
        found = shelves(bare, wish([liked(0)], limit=40))
        assert [len(shelf.items) for shelf in found.rows] == [4]

    def test_nothing_allowed_leaves_no_rows(self, bare: Model) -> None:
        found = shelves(bare, wish(max_runtime=10))
        assert (found.rows, found.total_candidates) == ([], 0)

    def test_services_of_the_request_go_before_those_of_the_answers(self, model: Model) -> None:
        answers = {"streamingPlatforms": ["netflix"]}
        found = shelves(model, wish(preferences=answers, providers=frozenset({"netflix"}), region="SE", limit=3))
        shown = [item.title for shelf in found.rows for item in shelf.items]
        assert all("SE/netflix" in title.services for title in shown)
        assert "on-your-services" in ids(found)

    def test_a_genre_that_most_titles_have_is_nobodys_strongest(self, make_title: MakeTitle) -> None:
        genres = {n: (37,) if n < 20 else (18,) for n in range(100)}
        model = Model([make_title(n, genres=genres[n]) for n in range(100)], "dramas")
        found = shelves(model, wish([liked(1), liked(2), liked(50), liked(51)], limit=3))
        assert [identity for identity in ids(found) if identity.startswith("genre")] == ["genre-37"]

    def test_in_a_large_catalogue_too_a_newcomer_gets_every_theme(self, make_title: MakeTitle) -> None:
        facts = [
            {"popularity": 2000.0 - n, "vote_average": 5 + n % 5, "vote_count": 100, "release_date": str(1990 + n % 35)}
            for n in range(1500)
        ]
        model = Model([make_title(n, **facts[n]) for n in range(1500)], "large")
        found = shelves(model, wish(limit=10))
        assert {one.identity: len(one.items) for one in found.rows} == {
            "picked-for-you": 10, "hidden-gems": 10, "new-releases": 10, "popular": 10,
        }  # fmt: skip

    def test_without_recent_likes_nothing_is_popular_lately(self, make_title: MakeTitle) -> None:
        model = Model([make_title(n, popularity=200.0 - n) for n in range(200)], "plain")
        found = shelves(model, wish(limit=3))
        assert row(found, "popular").title == "Popular with everyone"
        assert found.fallback_used is True

    @pytest.mark.parametrize("limit", [0, 41])
    def test_a_limit_beyond_1_to_40_is_refused(self, bare: Model, limit: int) -> None:
        with pytest.raises(ValueError, match=f"limit must be 1 to 40, not {limit}"):
            shelves(bare, wish(limit=limit))
