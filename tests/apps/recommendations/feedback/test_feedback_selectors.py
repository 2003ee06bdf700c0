"""What feedback says to a request for recommendations and to training."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from apps.recommendations.evidence import WATCHED_WEIGHT, weight_of_feedback
from apps.recommendations.feedback import NOTHING_SAID, Feedback
from apps.recommendations.feedback.selectors import all_feedback, feedback_of
from apps.recommendations.feedback.services import give, undo
from apps.recommendations.feedback.statements import Statement
from apps.recommendations.training_data import weighted_interactions
from movierec.dynamo.data_table import DataRow

pytestmark = pytest.mark.usefixtures("tables")

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ALIEN, HEAT, WIRE = ("movie", 348), ("movie", 949), ("tv", 1438)


def say(kind: Any, scope: Any = "title", key: Any = ALIEN, day: int = 0, user: str = "ann", **more: Any) -> str:
    """Gives feedback on a day after NOW and answers its id."""
    with time_machine.travel(NOW + timedelta(days=day), tick=False):
        given, _ = give(user, Statement(key, kind, scope, **more))
    return given.statement.id


def on(day: float, user: str = "ann") -> Feedback:
    """What is in force on a day after NOW."""
    with time_machine.travel(NOW + timedelta(days=day), tick=False):
        return feedback_of(user)


def test_nobody_has_said_anything_at_first(operations: list[str]) -> None:
    operations.clear()
    assert feedback_of("ann") == NOTHING_SAID
    assert operations == ["Query"]


def test_a_title_turned_down_is_hidden_and_speaks_against_its_like() -> None:
    say("not_interested")
    assert on(0) == Feedback(hidden=frozenset({ALIEN}), disliked=frozenset({ALIEN}))
    assert on(0, "bob") == NOTHING_SAID


def test_a_title_put_off_is_hidden_for_thirty_days_and_says_nothing() -> None:
    say("not_interested", "for_now")
    hidden = Feedback(hidden=frozenset({ALIEN}))
    assert (on(0), on(29.99), on(30)) == (hidden, hidden, NOTHING_SAID)


def test_a_title_seen_is_hidden_and_watched() -> None:
    say("already_seen", key=WIRE)
    assert on(0) == Feedback(hidden=frozenset({WIRE}), seen=frozenset({WIRE}))


@pytest.mark.parametrize("first", ["already_seen", "not_interested"])
@pytest.mark.parametrize("scope", ["title", "for_now"])
def test_that_a_title_was_seen_outlives_every_opinion_of_it(first: str, scope: str) -> None:
    opinion = ("not_interested", scope)
    steps = [("already_seen", "title"), opinion] if first == "already_seen" else [opinion, ("already_seen", "title")]
    ids = [say(*step, day=day) for day, step in enumerate(steps)]
    assert sorted(ids) == ["movie-348", "seen-movie-348"]
    seen = Feedback(hidden=frozenset({ALIEN}), seen=frozenset({ALIEN}))
    disliked = frozenset({ALIEN}) if scope == "title" else frozenset()
    assert (on(1), on(40)) == (replace(seen, disliked=disliked),) * 2
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        undo("ann", "movie-348")
    assert (on(2), on(40)) == (seen, seen)


def test_a_seen_title_is_hidden_though_more_of_it_is_wanted() -> None:
    say("already_seen")
    say("more_like_this", day=1)
    assert on(1) == Feedback(hidden=frozenset({ALIEN}), seen=frozenset({ALIEN}), wanted=frozenset({ALIEN}))


def test_a_title_seen_by_mistake_is_put_right_by_its_own_id() -> None:
    say("more_like_this")
    undo("ann", say("already_seen"))
    assert on(0) == Feedback(wanted=frozenset({ALIEN}))


def test_a_wanted_title_and_one_not_to_use_are_not_hidden() -> None:
    say("more_like_this", key=HEAT)
    say("do_not_use", key=WIRE)
    assert on(0) == Feedback(wanted=frozenset({HEAT}), unused=frozenset({WIRE}))


def test_genres_are_in_the_terms_of_films() -> None:
    say("not_interested", "genre", WIRE, genre=10759)
    say("more_like_this", "genre", HEAT, genre=80)
    assert on(0) == Feedback(avoided_genres=frozenset({28, 12}), wanted_genres=frozenset({80}))


def test_the_newest_word_on_a_genre_holds_under_whichever_number() -> None:
    say("not_interested", "genre", genre=10759, day=0)
    say("more_like_this", "genre", genre=28, day=1)
    assert on(1) == Feedback(avoided_genres=frozenset({12}), wanted_genres=frozenset({28}))
    say("not_interested", "genre", genre=28, day=2)
    assert on(2) == Feedback(avoided_genres=frozenset({12, 28}))
    say("more_like_this", "genre", genre=10759, day=3)
    assert on(3) == Feedback(wanted_genres=frozenset({12, 28}))


def test_people_go_by_normalised_names() -> None:
    say("not_interested", "person", person="Zoë  Ölmann")
    say("more_like_this", "person", person="Ridley Scott")
    assert on(0) == Feedback(avoided_people=frozenset({"zoe olmann"}), wanted_people=frozenset({"ridley scott"}))


def test_the_newest_word_on_a_title_and_on_a_person_holds() -> None:
    say("not_interested", day=0)
    say("more_like_this", day=1)
    say("more_like_this", "person", person="Ridley Scott", day=0)
    say("not_interested", "person", person="ridley scott", day=1)
    assert on(1) == Feedback(wanted=frozenset({ALIEN}), avoided_people=frozenset({"ridley scott"}))


def test_what_is_undone_says_nothing() -> None:
    undo("ann", say("not_interested"))
    assert on(0) == NOTHING_SAID


def test_what_was_seen_and_is_not_to_be_used_trains_nobody() -> None:
    say("already_seen")
    say("do_not_use", day=1)
    say("already_seen", user="bob")
    found = [(user, key, weight) for user, key, weight, _ in weighted_interactions()]
    assert found == [("bob", ALIEN, WATCHED_WEIGHT)]


def test_training_reads_what_is_said_of_titles_for_good() -> None:
    moment = NOW.timestamp()
    say("not_interested")
    say("already_seen", key=WIRE, day=1)
    say("more_like_this", user="bob")
    say("do_not_use", key=HEAT, user="bob")
    say("not_interested", "for_now", HEAT)
    say("not_interested", "genre", genre=27)
    say("more_like_this", "person", person="Ridley Scott")
    list(DataRow.put_rows([{"pk": "USER#ann", "sk": "STATS"}]))
    assert sorted(all_feedback()) == [
        ("ann", ALIEN, "not_interested", moment),
        ("ann", WIRE, "already_seen", moment + 86400),
        ("bob", ALIEN, "more_like_this", moment),
        ("bob", HEAT, "do_not_use", moment),
    ]
    assert [weight_of_feedback(kind) for _, _, kind, _ in sorted(all_feedback())] == [-0.4, 0.3, 1.0, 0.0]
