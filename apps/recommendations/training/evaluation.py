"""How good a model is for people it has not seen: strong generalisation (Liang et al., WWW 2018)."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.recommendations.engine.answers import Liked, Request
from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.recommend import recommend
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import Title

from .building import Likes, build, likes_of
from .interactions import Interactions

LEAST_USERS = 50
_LEAST_LIKES = 5
_TEST_SHARE = 0.2
_MOST_TEST_USERS = 500
_TARGET_SHARE = 0.2
_MOST_TITLES = 5_000
_SEED = 20_200_518

Ranker = Callable[[list[int]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over the held-out people."""

    recall_at_20: float
    ndcg_at_100: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One held-out person: the likes shown to the model and those it should find, as places in the titles."""

    history: list[int]
    targets: set[int]


def evaluate(
    interactions: Interactions, titles: Sequence[Title], progress: Callable[[str, float], None]
) -> dict[str, Any]:
    """Figures of the served recommendations, popularity and item cosine on one held-out split (fixed seed).

    A model is trained for it on the other people, exact for the 5,000 most liked titles. With fewer than
    50 people of 5 likes or more the answer is a note.
    """
    everybody = likes_of(interactions, titles)
    sizes = np.asarray(everybody.matrix.sum(axis=1)).ravel()
    qualified = np.flatnonzero(sizes >= _LEAST_LIKES)
    if len(qualified) < LEAST_USERS:
        return {
            "note": f"Not evaluated: {len(qualified)} people have {_LEAST_LIKES} likes or more, "
            f"{LEAST_USERS} are needed."
        }
    generator = np.random.default_rng(_SEED)
    chosen = generator.permutation(qualified)[: min(_MOST_TEST_USERS, round(_TEST_SHARE * len(qualified)))]
    training = np.ones(len(interactions.users), dtype=bool)
    training[chosen] = False
    seen = likes_of(interactions, titles, training)
    parts = build(seen, titles, progress, most_exact=_MOST_TITLES)
    people = held_out(everybody, chosen, seen.counts > 0, generator)
    rankers: dict[str, Ranker] = {
        "served": served(parts.to_model("evaluation")),
        "popularity": by_popularity(seen),
        "item_cosine": by_item_cosine(seen),
    }
    figures = {name: asdict(measure(ranker, people)) for name, ranker in rankers.items()}
    return {"users": len(people), "seed": _SEED, "exact_titles": parts.exact_titles, **figures}


def held_out(
    likes: Likes, chosen: NDArray[np.int64], seen: NDArray[np.bool_], generator: np.random.Generator
) -> list[HeldOut]:
    """Each chosen person's likes of seen titles, a fifth of them (at least one) as targets."""
    people: list[HeldOut] = []
    for user in sorted(chosen.tolist()):
        liked = np.sort(likes.matrix[user].indices)
        liked = generator.permutation(liked[seen[liked]])
        cut = max(1, round(_TARGET_SHARE * len(liked)))
        if len(liked) > cut:
            people.append(HeldOut(sorted(liked[cut:].tolist()), set(liked[:cut].tolist())))
    return people


def measure(ranker: Ranker, people: Sequence[HeldOut]) -> Quality:
    """Recall@20 (normalised by what 20 places can hold) and NDCG@100."""
    recalls, gains = [], []
    discounts = 1 / np.log2(np.arange(2, 102))
    for person in people:
        hits = np.array([i in person.targets for i in ranker(person.history)[:100]], dtype=float)
        recalls.append(hits[:20].sum() / min(20, len(person.targets)))
        ideal = discounts[: min(100, len(person.targets))].sum()
        gains.append((hits * discounts[: len(hits)]).sum() / ideal)
    return Quality(round(float(np.mean(recalls)), 4), round(float(np.mean(gains)), 4))


def served(model: Model) -> Ranker:
    """The engine as it answers requests."""

    def rank(history: list[int]) -> list[int]:
        liked = [Liked(model.titles[i].key, 1.0, "liked") for i in history]
        answer = recommend(model, Request(Taste(), liked, frozenset(), "both", 100))
        return [model.index[item.title.key] for item in answer.items]

    return rank


def by_popularity(likes: Likes) -> Ranker:
    """Everybody gets the most liked titles."""
    return lambda history: _top(likes.counts, history)


def by_item_cosine(likes: Likes) -> Ranker:
    """Titles liked by those who liked the person's own, by cosine."""
    counts = np.maximum(likes.counts, 1)
    scaled = likes.matrix.multiply(1 / np.sqrt(counts)).tocsc()
    by_user = scaled.tocsr()
    return lambda history: _top(np.asarray((scaled[:, history].sum(axis=1)).T @ by_user).ravel(), history)


def _top(scores: NDArray[np.float64], history: list[int]) -> list[int]:
    scores = scores.astype(np.float64)
    scores[history] = -np.inf
    best: list[int] = np.argsort(-scores, kind="stable")[:100].tolist()
    return best
