"""What a person's lists, answers and feedback become as a question to the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from apps.lists.selectors import History
from apps.recommendations.engine.answers import Avoided, Liked, Request
from apps.recommendations.engine.artifact import Model, content_only
from apps.recommendations.engine.history import known_titles
from apps.recommendations.engine.recommend import rank
from apps.recommendations.engine.titles import Title, TitleKey
from apps.recommendations.feedback import NOTHING_SAID, Feedback
from apps.recommendations.profile import Person, Wish, recency, request_of
from movierec.timestamps import epoch_seconds

NOTHING_LISTED = History(favourites=[], watchlist=[], ratings=[])
NOW = "2026-06-01T00:00:00.000Z"


def film(number: int) -> TitleKey:
    return ("movie", number)


@pytest.fixture(scope="module")
def model(make_title: Callable[..., Title]) -> Model:
    cast = {1: {"makers": ("Ridley Scott",)}, 2: {"cast": ("Ridley Scott", "Sigourney Weaver")}}
    return content_only([make_title(n, **cast.get(n, {})) for n in range(1, 10)])


@pytest.fixture
def asked(model: Model) -> Callable[..., Request]:
    def of(
        history: History = NOTHING_LISTED,
        feedback: Feedback = NOTHING_SAID,
        preferences: dict[str, Any] | None = None,
        **wish: Any,
    ) -> Request:
        return request_of(model, Person(preferences or {}, history, feedback), Wish(**wish))

    return of


Asked = Callable[..., Request]


class TestEvidence:
    def test_of_the_lists(self, asked: Asked) -> None:
        history = History(
            favourites=[(film(1), NOW)],
            watchlist=[(film(2), NOW)],
            ratings=[(film(3), 4.5, NOW), (film(4), 3.0, NOW), (film(5), 0.5, NOW)],
        )
        request = asked(history)
        assert sorted(request.history, key=lambda one: one.key) == [
            Liked(film(1), 1.0, "liked"),
            Liked(film(2), 0.4, "saved"),
            Liked(film(3), 0.9, "rated"),
            Liked(film(5), -1.0, "rated"),
        ]
        # A rating in the middle is no evidence, but nobody is told to watch what they rated.
        assert request.excluded == {film(4)}

    def test_a_rating_in_the_middle_does_not_silence_a_title_of_the_questionnaire(
        self, model: Model, asked: Asked
    ) -> None:
        history = History(favourites=[], watchlist=[], ratings=[(film(4), 3.0, NOW)])
        named = {"favoriteContent": model.titles[model.index[film(4)]].title}
        request = asked(history, preferences=named)
        (known,) = known_titles(model, request.history, request.taste.favorite_content)
        assert (known.index, known.weight) == (model.index[film(4)], 1.0)
        assert film(4) not in {model.key(place) for place in rank(model, request)}

    def test_one_entry_a_title_the_one_that_says_most(self, asked: Asked) -> None:
        history = History(favourites=[(film(1), NOW)], watchlist=[(film(1), NOW)], ratings=[(film(1), 4.0, NOW)])
        assert asked(history).history == [Liked(film(1), 1.0, "liked")]

    def test_of_the_request(self, asked: Asked) -> None:
        request = asked(favourites=[(film(1), ("tv", 1))], watchlist=[(film(99), ("tv", 99))], exclude=[(film(3),)])
        assert request.history == [Liked(film(1), 1.0, "liked"), Liked(film(99), 0.4, "saved")]
        assert request.excluded == {film(3)}

    def test_of_feedback(self, asked: Asked) -> None:
        said = Feedback(
            hidden=frozenset({film(1), film(2), film(3)}),
            disliked=frozenset({film(1)}),
            seen=frozenset({film(2)}),
            wanted=frozenset({film(4)}),
        )
        request = asked(feedback=said)
        assert request.history == [
            Liked(film(4), 1.0, "wanted"),
            Liked(film(1), -0.4, "rated"),
            Liked(film(2), 0.3, "watched"),
        ]
        assert request.excluded == {film(1), film(2), film(3)}

    def test_what_must_not_be_used_is_no_evidence_but_stays_out(self, asked: Asked) -> None:
        history = History(favourites=[(film(1), NOW), (film(2), NOW)], watchlist=[], ratings=[(film(1), 5.0, NOW)])
        request = asked(history, Feedback(unused=frozenset({film(1)})), favourites=[(film(1),)])
        assert request.history == [Liked(film(2), 1.0, "liked"), Liked(film(1), 0.0, "liked")]
        assert request.excluded == {film(1)}


class TestRecency:
    def test_evidence_of_two_years_ago_counts_half(self, asked: Asked) -> None:
        history = History(
            favourites=[(film(1), NOW), (film(2), "2024-05-31T12:00:00.000Z"), (film(3), "2025-05-31T18:00:00.000Z")],
            watchlist=[(film(4), "2001-01-01T00:00:00.000Z")],
            ratings=[(film(5), 0.5, "2001-01-01T00:00:00.000Z")],
        )
        weights = {one.key[1]: one.weight for one in asked(history).history}
        assert weights == {1: 1.0, 2: 0.5, 3: pytest.approx(0.5**0.5), 4: 0.2, 5: -0.5}

    def test_years_are_counted_from_the_persons_latest_deed(self, asked: Asked) -> None:
        old = History(favourites=[(film(1), "2001-06-01T00:00:00Z")], watchlist=[], ratings=[])
        assert asked(old).history == [Liked(film(1), 1.0, "liked")]

    @pytest.mark.parametrize("at", ["", "yesterday", "1970-01-01T00:00:00Z"])
    def test_evidence_without_a_time_counts_in_full(self, at: str) -> None:
        assert recency(at, epoch_seconds(NOW)) == 1.0


class TestTaste:
    def test_what_is_wanted_joins_the_favourites(self, asked: Asked) -> None:
        said = Feedback(wanted_genres=frozenset({27, 35}), wanted_people=frozenset({"ridley scott", "nobody known"}))
        stored = {"favoriteGenres": [35, 18], "favoritePeople": {"actors": ["Bill Murray"], "directors": []}}
        taste = asked(feedback=said, preferences=stored).taste
        assert taste.favorite_genres == (35, 18, 27)
        assert taste.favorite_directors == ("Ridley Scott",)
        assert taste.favorite_actors == ("Bill Murray", "Ridley Scott")

    def test_nothing_said_leaves_the_answers_alone(self, asked: Asked) -> None:
        said, unsaid = asked(preferences={"favoriteGenres": [35]}), asked(preferences={"favoriteGenres": ["35"]})
        assert said.taste == unsaid.taste
        assert said.taste.favorite_genres == (35,)


def test_limits_reach_the_engine(asked: Asked) -> None:
    limits: dict[str, Any] = {
        "media_type": "tv", "limit": 7, "novelty": 0.5, "diversity": 1.0, "max_runtime": 90,
        "providers": frozenset({"hulu"}), "region": "SE",
    }  # fmt: skip
    request = asked(**limits)
    assert {name: getattr(request, name) for name in limits} == limits


def test_what_is_avoided_reaches_the_engine(asked: Asked) -> None:
    request = asked(feedback=Feedback(avoided_genres=frozenset({27}), avoided_people=frozenset({"ann"})))
    assert request.avoided == Avoided(genres=frozenset({27}), people=frozenset({"ann"}))


def test_the_same_person_asks_the_same(asked: Asked) -> None:
    said = Feedback(wanted=frozenset(film(n) for n in range(1, 9)))
    assert asked(feedback=said) == asked(feedback=replace(said, wanted=frozenset(film(n) for n in range(8, 0, -1))))
