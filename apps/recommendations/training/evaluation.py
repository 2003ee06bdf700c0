"""How good the served engine is for people it has not seen, beside simpler methods on the same split.

The engine is trained anew on the training part of each split and asked through `engine.recommend.rank`, without novelty
and variety, as `manage.py rank` asks it.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
from scipy import sparse

from apps.recommendations.engine.answers import Liked, Request
from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.recommend import rank
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import Title

from . import metrics
from .baselines import PLACES, Ranker, by_ease, by_item_cosine, by_popularity, like_counts
from .building import build, likes_of
from .interactions import Interactions
from .metrics import Sums
from .protocols import ALL, LEAST_LIKES, HeldOut, Split, like_matrix, part_of, strong_split
from .settings import DEFAULTS, Settings

LEAST_USERS: Final = 50
SERVED: Final = "served"
# Contenders in the order to show them.
BASELINES: Final[Mapping[str, Callable[[sparse.csr_matrix], Ranker]]] = {
    "popularity": by_popularity,
    "item_cosine": by_item_cosine,
    "ease": by_ease,
}
CONTENDERS: Final = (SERVED, *BASELINES)
LIST_PLACES: Final = 20

_REPORTED: Final = ("recall_at_20", "recall_at_50", "ndcg_at_20", "ndcg_at_100", "novelty_bits", "intra_list_diversity")
_REPORT_SEED = 20_200_518
_REPORT_TEST_SHARE = 0.2
_REPORT_MOST_USERS = 500
_REPORT_MOST_TITLES = 4_000
_REPORT_MOST_EVENTS = 500_000
_TRAINING_PART = 0.6  # of the time that a seed takes

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Figures:
    """What one contender achieved for one number of shown likes: sums over people, and figures of all lists together.

    `coverage` comes with its standard error; `seconds` has the time of every ranking.
    """

    sums: dict[str, Sums] = field(default_factory=dict)
    coverage: tuple[float, float] = (0.0, 0.0)
    seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class World:
    """What figures need to know of the training part: its likes, how much each title tells, the titles liked."""

    likes: sparse.csr_matrix
    bits: Any
    catalogue: frozenset[int]


def evaluate(
    interactions: Interactions, titles: Sequence[Title], progress: Progress, settings: Settings = DEFAULTS
) -> dict[str, Any]:
    """The figures of a training's report: served engine, popularity and item cosine on one held-out split (fixed seed).

    A model is trained for it on the other people, exact for the 4,000 most liked titles; where there is much data, on a
    random part of the people with half a million events. With fewer than 50 people of 5 likes or more the answer is a
    note.
    """
    interactions = some_people(interactions, _REPORT_MOST_EVENTS)
    qualified = int((like_matrix(interactions, titles).getnnz(axis=1) >= LEAST_LIKES).sum())
    if qualified < LEAST_USERS:
        return {
            "note": f"Not evaluated: {qualified} people have {LEAST_LIKES} likes or more, {LEAST_USERS} are needed."
        }
    chosen = strong_split(
        interactions,
        titles,
        _REPORT_SEED,
        test_share=_REPORT_TEST_SHARE,
        validation_share=0.0,
        most_tested=_REPORT_MOST_USERS,
    )
    people = chosen.cases[ALL]
    likes = likes_of(chosen.training, titles, settings)
    parts = build(likes, titles, progress, most_exact=_REPORT_MOST_TITLES, settings=settings)
    seen = like_matrix(chosen.training, titles)
    rankers = {
        SERVED: served(parts.to_model("evaluation")),
        "popularity": by_popularity(seen),
        "item_cosine": by_item_cosine(seen),
    }
    world = _world_of(seen)
    figures = {name: _in_short(measure(ranker, people, world)) for name, ranker in rankers.items()}
    return {"users": len(people), "seed": _REPORT_SEED, "exact_titles": parts.exact_titles, **figures}


def some_people(interactions: Interactions, most_events: int) -> Interactions:
    """All that some people did, drawn at random (the same at each call), with about `most_events` events in all."""
    if len(interactions) <= most_events:
        return interactions
    events = np.bincount(interactions.user_indices, minlength=len(interactions.users))
    order = np.random.default_rng(_REPORT_SEED).permutation(len(events))
    drawn = np.zeros(len(events), dtype=bool)
    drawn[order[: int(np.searchsorted(np.cumsum(events[order]), most_events))]] = True
    return part_of(interactions, drawn[interactions.user_indices])


def assess(chosen: Split, titles: Sequence[Title], progress: Progress) -> dict[str, dict[str, Figures]]:
    """The figures of every contender on a split, by the number of shown likes. Trains the engine for it."""
    likes = like_matrix(chosen.training, titles)
    world = _world_of(likes)
    parts = build(likes_of(chosen.training, titles), titles, _scaled(progress, 0.0, _TRAINING_PART))
    model = parts.to_model("evaluation")
    found: dict[str, dict[str, Figures]] = {}
    for number, name in enumerate(CONTENDERS):
        start = _TRAINING_PART + (1 - _TRAINING_PART) * number / len(CONTENDERS)
        step = _scaled(progress, start, start + (1 - _TRAINING_PART) / len(CONTENDERS))
        step(f"Asking {in_words(name)}", 0.0)
        ranker = served(model) if name == SERVED else BASELINES[name](likes)
        found[name] = {}
        for done, (shown, people) in enumerate(chosen.cases.items()):
            found[name][shown] = measure(ranker, people, world)
            step(f"Asking {in_words(name)}", (done + 1) / len(chosen.cases))
    return found


def _world_of(likes: sparse.csr_matrix) -> World:
    counts = like_counts(likes)
    users = int((likes.getnnz(axis=1) > 0).sum())
    return World(likes, metrics.self_information(counts, users), frozenset(np.flatnonzero(counts).tolist()))


def measure(ranker: Ranker, people: Sequence[HeldOut], world: World) -> Figures:
    """The figures of one contender for `people`."""
    rankings, seconds = [], []
    for person in people:
        started = time.perf_counter()
        ranking = ranker(person.history)
        seconds.append(time.perf_counter() - started)
        rankings.append([i for i in ranking[:PLACES] if i not in person.watched])
    pairs = list(zip(rankings, (person.targets for person in people), strict=True))
    return Figures(
        sums={
            "recall_at_20": Sums.of(metrics.recall(ranking, targets, 20) for ranking, targets in pairs),
            "recall_at_50": Sums.of(metrics.recall(ranking, targets, 50) for ranking, targets in pairs),
            "ndcg_at_10": Sums.of(metrics.ndcg(ranking, targets, 10) for ranking, targets in pairs),
            "ndcg_at_20": Sums.of(metrics.ndcg(ranking, targets, 20) for ranking, targets in pairs),
            "ndcg_at_100": Sums.of(metrics.ndcg(ranking, targets, 100) for ranking, targets in pairs),
            "hit_rate_at_10": Sums.of(metrics.hit(ranking, targets, 10) for ranking, targets in pairs),
            "novelty_bits": Sums.of(metrics.novelty(ranking, world.bits, LIST_PLACES) for ranking in rankings),
            "intra_list_diversity": Sums.of(metrics.intra_list_diversity(rankings, world.likes, LIST_PLACES).tolist()),
        },
        coverage=metrics.coverage(rankings, world.catalogue, LIST_PLACES),
        seconds=seconds,
    )


def served(model: Model) -> Ranker:
    """The engine as `manage.py rank` asks it."""

    def ranked(history: list[int]) -> Sequence[int]:
        liked = [Liked(model.key(i), 1.0, "liked") for i in history]
        return rank(model, Request(Taste(), liked, frozenset(), "both", PLACES, diversity=0.0))

    return ranked


def to_json(found: Mapping[str, Mapping[str, Figures]]) -> dict[str, Any]:
    """The figures of one seed as plain values, from which `summary` goes on."""
    return {
        name: {
            shown: {
                "sums": {metric: list(asdict(sums).values()) for metric, sums in figures.sums.items()},
                "coverage": list(figures.coverage),
                "p50_ms": 1000 * metrics.percentile(figures.seconds, 0.5),
                "p99_ms": 1000 * metrics.percentile(figures.seconds, 0.99),
            }
            for shown, figures in cases.items()
        }
        for name, cases in found.items()
    }


def summary(seeds: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """By contender and number of shown likes the figures over all seeds that `to_json` made.

    Means and standard errors are over the people of all seeds; coverage and times are means over the seeds.
    """
    return {
        name: {shown: _pooled([seed[name][shown] for seed in seeds]) for shown in seeds[0][name]} for name in seeds[0]
    }


def in_words(contender: str) -> str:
    """The name of a contender for people."""
    return {
        SERVED: "the served engine",
        "popularity": "popularity",
        "item_cosine": "item cosine",
        "ease": "plain EASE",
    }[contender]


def _pooled(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    sums = {metric: sum((Sums(*part["sums"][metric]) for part in parts), Sums()) for metric in parts[0]["sums"]}
    found: dict[str, Any] = {"people": sums["recall_at_20"].count}
    for metric, total in sums.items():
        found[metric] = {"mean": round(total.mean, 5), "standard_error": round(total.standard_error, 5)}
    found["coverage_at_20"] = {
        "mean": round(_mean(part["coverage"][0] for part in parts), 5),
        "standard_error": round(_mean(part["coverage"][1] for part in parts), 5),
    }
    for name in ("p50_ms", "p99_ms"):
        found[name] = round(_mean(part[name] for part in parts), 3)
    return found


def _mean(values: Iterable[float]) -> float:
    return Sums.of(values).mean


def _in_short(figures: Figures) -> dict[str, float]:
    means = {name: round(figures.sums[name].mean, 4) for name in _REPORTED}
    return {**means, "coverage_at_20": round(figures.coverage[0], 4)}


def _scaled(progress: Progress, start: float, end: float) -> Progress:
    return lambda sentence, fraction: progress(sentence, start + (end - start) * fraction)
