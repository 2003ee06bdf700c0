"""How likes are split into what a model may learn from and what it should find.

strong: strong generalisation of Liang et al. (WWW 2018). People with 5 likes or more are split 80/10/10 into
training, validation (which only `validation_split` asks for) and test; of a test person's likes of titles that training
knows, 80 % are history and 20 % targets. The same targets are also asked for with only 1, 3, 5 and 10 likes of the
history.

temporal: training on the first 90 % of all events in time; everybody with likes before and after has the earlier as
history, the later ones of titles that training knows as targets. What they watched before without liking it is left out
of every contender's lists, as the service leaves out what somebody rated.

cold: the people and targets of strong, with 1, 3 and 5 likes of the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from apps.recommendations.engine.titles import Title

from .interactions import Interactions
from .values import LIKED_FROM

Protocol = Literal["strong", "temporal", "cold"]

LEAST_LIKES: Final = 5
# The likes of a history that are shown; all of them under this name.
ALL: Final = "all"
SHORT_HISTORIES: Final = (1, 3, 5, 10)
COLD_HISTORIES: Final = (1, 3, 5)

_TEST_SHARE = 0.1
_VALIDATION_SHARE = 0.1
_TARGET_SHARE = 0.2
_TRAINING_TIME = 0.9


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One held-out person: the likes shown to the model and those it should find, as places in the titles.

    `watched` are titles known before without being liked; as on a person's own lists, they are recommended no more.
    """

    history: list[int]
    targets: frozenset[int]
    watched: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Split:
    """What to train on, and for each number of shown likes the people to ask for."""

    training: Interactions
    cases: dict[str, list[HeldOut]]


def split(interactions: Interactions, titles: Sequence[Title], protocol: Protocol, seed: int) -> Split:
    """The split of one seed; temporal is the same for every seed. Without enough people the cases are empty."""
    if protocol == "temporal":
        return temporal_split(interactions, titles)
    found = strong_split(interactions, titles, seed)
    shown = COLD_HISTORIES if protocol == "cold" else SHORT_HISTORIES
    cases = {str(likes): _with_only(found.cases[ALL], likes) for likes in shown}
    return Split(found.training, cases if protocol == "cold" else {**cases, ALL: found.cases[ALL]})


def strong_split(
    interactions: Interactions,
    titles: Sequence[Title],
    seed: int,
    *,
    test_share: float = _TEST_SHARE,
    validation_share: float = _VALIDATION_SHARE,
    most_tested: int | None = None,
) -> Split:
    """People of 5 likes or more in three parts; the case `all` has the test people, their likes in a random order."""
    generator = np.random.default_rng(seed)
    everybody = like_matrix(interactions, titles)
    shuffled = generator.permutation(_qualified(everybody))
    tested, validated = round(test_share * len(shuffled)), round(validation_share * len(shuffled))
    training = _training_of(interactions, shuffled[tested + validated :])
    return Split(
        training, {ALL: _strong_people(everybody, training, titles, shuffled[:tested][:most_tested], generator)}
    )


def validation_split(interactions: Interactions, titles: Sequence[Title], seed: int) -> Split:
    """What `strong_split` trains on with this seed, with its validation people in the place of the test people."""
    generator = np.random.default_rng(seed)
    everybody = like_matrix(interactions, titles)
    shuffled = generator.permutation(_qualified(everybody))
    tested, validated = round(_TEST_SHARE * len(shuffled)), round(_VALIDATION_SHARE * len(shuffled))
    training = _training_of(interactions, shuffled[tested + validated :])
    asked = shuffled[tested : tested + validated]
    return Split(training, {ALL: _strong_people(everybody, training, titles, asked, generator)})


def temporal_split(interactions: Interactions, titles: Sequence[Title]) -> Split:
    """Training on what came before the moment behind 90 % of the events; histories are in the order of time."""
    if not len(interactions):
        return Split(interactions, {ALL: []})
    moment = np.quantile(interactions.timestamps, _TRAINING_TIME)
    early = interactions.timestamps <= moment
    training = part_of(interactions, early)
    known = like_matrix(training, titles).getnnz(axis=0) > 0
    earlier, later = _likes_by_time(training, titles), _likes_by_time(part_of(interactions, ~early), titles)
    watched = _watched(training, titles)
    people = []
    for user in sorted(earlier.keys() & later.keys()):
        targets = frozenset(i for i in later[user] if known[i])
        if targets:
            people.append(HeldOut(earlier[user], targets, watched.get(user, frozenset()) - targets))
    return Split(training, {ALL: people})


def like_matrix(interactions: Interactions, titles: Sequence[Title]) -> sparse.csr_matrix:
    """Users x titles, 1 where the user likes the title (weight from LIKED_FROM on), nothing elsewhere."""
    columns = title_columns(interactions, titles)[interactions.item_indices]
    kept = (interactions.weights >= LIKED_FROM) & (columns >= 0)
    entries = (interactions.user_indices[kept], columns[kept])
    shape = (len(interactions.users), len(titles))
    return sparse.csr_matrix((np.ones(int(kept.sum()), dtype=np.float32), entries), shape=shape)


def title_columns(interactions: Interactions, titles: Sequence[Title]) -> NDArray[np.int64]:
    """The place in `titles` of each item, -1 where it is not among them."""
    places = {title.key: place for place, title in enumerate(titles)}
    return np.array([places.get(key, -1) for key in interactions.items], dtype=np.int64)


def part_of(interactions: Interactions, kept: NDArray[np.bool_]) -> Interactions:
    """The marked rows, with users and items numbered as before."""
    return replace(
        interactions,
        user_indices=interactions.user_indices[kept],
        item_indices=interactions.item_indices[kept],
        weights=interactions.weights[kept],
        timestamps=interactions.timestamps[kept],
    )


def _qualified(likes: sparse.csr_matrix) -> NDArray[np.int64]:
    return np.flatnonzero(likes.getnnz(axis=1) >= LEAST_LIKES)


def _training_of(interactions: Interactions, users: NDArray[np.int64]) -> Interactions:
    learnt = np.zeros(len(interactions.users), dtype=bool)
    learnt[users] = True
    return part_of(interactions, learnt[interactions.user_indices])


def _strong_people(
    likes: sparse.csr_matrix,
    training: Interactions,
    titles: Sequence[Title],
    asked: NDArray[np.int64],
    generator: np.random.Generator,
) -> list[HeldOut]:
    known = like_matrix(training, titles).getnnz(axis=0) > 0
    people = [_strong_person(likes, user, known, generator) for user in sorted(asked.tolist())]
    return [person for person in people if person is not None]


def _strong_person(
    likes: sparse.csr_matrix, user: int, known: NDArray[np.bool_], generator: np.random.Generator
) -> HeldOut | None:
    liked = np.sort(likes[user].indices)
    liked = generator.permutation(liked[known[liked]]).tolist()
    cut = max(1, round(_TARGET_SHARE * len(liked)))
    return HeldOut(liked[cut:], frozenset(liked[:cut])) if len(liked) > cut else None


def _with_only(people: Sequence[HeldOut], likes: int) -> list[HeldOut]:
    """Those with a history of so many likes, and only the first of it."""
    return [HeldOut(one.history[:likes], one.targets) for one in people if len(one.history) >= likes]


def _watched(interactions: Interactions, titles: Sequence[Title]) -> dict[int, frozenset[int]]:
    """By user the titles with an event that is no like."""
    columns = title_columns(interactions, titles)[interactions.item_indices]
    other = np.flatnonzero((interactions.weights < LIKED_FROM) & (columns >= 0))
    found: dict[int, set[int]] = {}
    for user, place in zip(interactions.user_indices[other].tolist(), columns[other].tolist(), strict=True):
        found.setdefault(user, set()).add(place)
    return {user: frozenset(places) for user, places in found.items()}


def _likes_by_time(interactions: Interactions, titles: Sequence[Title]) -> dict[int, list[int]]:
    columns = title_columns(interactions, titles)[interactions.item_indices]
    liked = np.flatnonzero((interactions.weights >= LIKED_FROM) & (columns >= 0))
    found: dict[int, list[int]] = {}
    for row in liked[np.argsort(interactions.timestamps[liked], kind="stable")].tolist():
        found.setdefault(int(interactions.user_indices[row]), []).append(int(columns[row]))
    return found
