"""The splits: who is held out, what of theirs is shown, and what training never sees."""

import numpy as np
import pytest

from apps.recommendations.training.building import likes_of
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.protocols import like_matrix, split, strong_split, temporal_split, validation_split


@pytest.fixture(scope="module")
def everybody(make_title):
    """200 people with 10 likes each among 40 titles, one with 4, and a dislike and a neutral row of each."""
    generator = np.random.default_rng(5)
    events = []
    for user in range(200):
        for rank, n in enumerate(generator.permutation(40)[:12].tolist()):
            weight = -1.0 if rank == 10 else 0.0 if rank == 11 else 1.0
            events.append((f"u{user:03}", ("movie", n), weight, float(user + 1000 * rank)))
    events += [("few", ("movie", n), 1.0, 0.0) for n in range(4)]
    events.append(("u000", ("movie", 77), 1.0, 0.0))
    return [make_title(n) for n in range(40)], Interactions.from_events(events)


def users_of(interactions):
    return {interactions.users[place] for place in np.unique(interactions.user_indices).tolist()}


def test_strong_trains_on_four_fifths_and_tests_a_tenth(everybody):
    titles, interactions = everybody
    found = split(interactions, titles, "strong", 0)
    assert (len(users_of(found.training)), len(found.cases["all"])) == (160, 20)
    assert "few" not in users_of(found.training)
    assert all((len(one.history), len(one.targets)) == (8, 2) for one in found.cases["all"])
    assert set(found.cases) == {"1", "3", "5", "10", "all"}
    assert found.cases["10"] == []
    # Neutral and disliked rows stay in training, but are nobody's target.
    assert (found.training.weights <= 0).sum() == 320


def test_histories_and_targets_are_likes_of_people_whom_training_never_saw(everybody):
    titles, interactions = everybody
    found = split(interactions, titles, "strong", 3)
    liked = like_matrix(interactions, titles)
    held_out = sorted({frozenset(one.history) | one.targets for one in found.cases["all"]}, key=sorted)
    learnt = {frozenset(liked[place].indices.tolist()) for place in np.unique(found.training.user_indices).tolist()}
    everyone = {frozenset(row.indices.tolist()) for row in liked}
    assert everyone >= set(held_out)
    assert learnt.isdisjoint(held_out)
    assert all(not one.targets & set(one.history) for one in found.cases["all"])


def test_validation_asks_others_than_the_test_and_trains_on_the_same(everybody):
    titles, interactions = everybody
    test, validation = strong_split(interactions, titles, 3), validation_split(interactions, titles, 3)
    assert users_of(validation.training) == users_of(test.training)
    liked = {frozenset(row.indices.tolist()) for row in like_matrix(interactions, titles)}
    asked, tested = (
        {frozenset(one.history) | one.targets for one in found.cases["all"]} for found in (validation, test)
    )
    assert (len(asked), asked <= liked, asked & tested) == (20, True, set())
    assert validation_split(interactions, titles, 3).cases == validation.cases


def test_short_histories_are_beginnings_and_keep_the_targets(everybody):
    titles, interactions = everybody
    strong, cold = (split(interactions, titles, protocol, 1) for protocol in ("strong", "cold"))
    assert list(cold.cases) == ["1", "3", "5"]
    for likes in ("1", "3", "5"):
        assert strong.cases[likes] == cold.cases[likes]
        for short, whole in zip(cold.cases[likes], strong.cases["all"], strict=True):
            assert (short.history, short.targets) == (whole.history[: int(likes)], whole.targets)


def test_the_seed_alone_decides(everybody):
    titles, interactions = everybody
    first, again, other = (strong_split(interactions, titles, seed).cases["all"] for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_targets_are_titles_that_training_knows(make_title):
    events = [(f"u{user:02}", ("movie", n), 1.0, 0.0) for user in range(20) for n in range(5)]
    events += [(f"u{user:02}", ("movie", 100 + user), 1.0, 0.0) for user in range(20)]
    titles = [make_title(n) for n in (*range(5), *range(100, 120))]
    found = strong_split(Interactions.from_events(events), titles, 0)
    assert len(found.cases["all"]) == 2
    for one in found.cases["all"]:
        assert {*one.history, *one.targets} == set(range(5))


def test_temporal_shows_the_past_and_asks_for_the_future(make_title):
    titles = [make_title(n) for n in range(6)]
    early = [
        ("a", ("movie", 1), 1.0, 2.0),
        ("a", ("movie", 4), 0.0, 2.0),
        ("a", ("movie", 5), 0.3, 2.0),
        ("a", ("movie", 0), 1.0, 1.0),
        ("b", ("movie", 2), 1.0, 3.0),
        ("c", ("movie", 2), -1.0, 3.0),
        ("d", ("movie", 2), 1.0, 3.0),
        *((f"x{n}", ("movie", 1), 1.0, 4.0) for n in range(40)),
    ]
    late = [
        ("a", ("movie", 2), 1.0, 9.0),
        ("a", ("movie", 3), 1.0, 9.0),
        ("d", ("movie", 1), 0.3, 9.0),
        ("b", ("movie", 1), -1.0, 9.0),
        ("c", ("movie", 1), 1.0, 9.0),
        ("new", ("movie", 1), 1.0, 9.0),
    ]
    found = temporal_split(Interactions.from_events([*early, *late]), titles)
    assert [(one.history, one.targets, one.watched) for one in found.cases["all"]] == [([0, 1], {2}, {4, 5})]
    assert found.training.timestamps.max() == 4.0
    assert len(found.training) == len(early)


def test_a_like_is_what_training_learns_as_one(make_title):
    weights = {0: 1.0, 1: 0.8, 2: 0.4, 3: 0.3, 4: 0.0, 5: -0.4}
    events = [("u", ("movie", n), weight, 0.0) for n, weight in weights.items()]
    titles, interactions = [make_title(n) for n in range(6)], Interactions.from_events(events)
    likes = like_matrix(interactions, titles)
    assert likes.indices.tolist() == likes_of(interactions, titles).matrix.indices.tolist() == [0, 1, 2]


def test_without_times_or_people_nobody_is_asked(everybody, make_title):
    nobody = Interactions.from_events([])
    for protocol in ("strong", "temporal", "cold"):
        assert not any(split(nobody, [make_title(1)], protocol, 0).cases.values())
