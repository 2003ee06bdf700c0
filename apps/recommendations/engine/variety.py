"""From the best titles to a good list: not the same thing nine times, and in the mix of genres the person likes.

Greedy maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): each pick is the title with the best
of relevance minus likeness to what is already picked. Calibration (Steck, RecSys 2018) enters by its first-order
form: a genre that the list lacks beside the person's own mix draws titles up, one it has too much of pushes them
down.
"""

import math
from collections.abc import Mapping, Sequence

from .artifact import Model
from .facts import CONTENT_SHRINKAGE

POOL = 300
_VARIED_PICKS = 40  # nobody compares the fortieth title with the first
_LIKENESS = 0.20
_NEIGHBOUR_LIKENESS = 0.25
_CALIBRATION = 0.04
_PRIOR_PICKS = 5.0
_SMALL_SHARE = 0.01


def varied(model: Model, relevance: Mapping[int, float], mix: Mapping[str, float], limit: int) -> list[int]:
    """At most `limit` titles of the best POOL by `relevance`, in the order to show them.

    `mix` gives the share of each genre fact in what the person likes; empty when unknown.
    """
    ranked = sorted(relevance, key=lambda i: (-relevance[i], i))[:POOL]
    if len(ranked) <= 1:
        return ranked[:limit]
    pool = _Pool(model, ranked)
    calibration = _Calibration([model.facts.genres(i) for i in ranked], mix)
    top, bottom = relevance[ranked[0]], relevance[ranked[-1]]
    span = (top - bottom) or 1.0
    merit = [(relevance[i] - bottom) / span for i in ranked]
    left = list(range(len(ranked)))
    picks: list[int] = []
    while left and len(picks) < min(limit, _VARIED_PICKS):
        gains, likeness = calibration.gains(), pool.likeness
        values = [merit[c] - _LIKENESS * likeness[c] + gains[c] for c in left]
        best = left.pop(values.index(max(values)))
        picks.append(ranked[best])
        pool.pick(best)
        calibration.pick(best)
    picks += [ranked[c] for c in left[: limit - len(picks)]]
    return picks


class _Pool:
    """For every title of the pool, its likeness (0..1) to the nearest title picked so far."""

    def __init__(self, model: Model, ranked: Sequence[int]) -> None:
        self._model = model
        self._ranked = ranked
        self._members = set(ranked)
        self._place = {i: c for c, i in enumerate(ranked)}
        self._contents = [model.facts.content(i) for i in ranked]
        self._having: dict[str, list[int]] = {}
        for c, content in enumerate(self._contents):
            for fact, _ in content.squares:
                self._having.setdefault(fact, []).append(c)
        self.likeness = [0.0] * len(ranked)

    def pick(self, chosen: int) -> None:
        """Take note that title `chosen` of the pool is on the list."""
        shared: dict[int, float] = {}
        for fact, square in self._contents[chosen].squares:
            for c in self._having[fact]:
                shared[c] = shared.get(c, 0.0) + square
        norm = self._contents[chosen].norm
        for c, dot in shared.items():
            self._raise(c, dot / (norm * self._contents[c].norm + CONTENT_SHRINKAGE))
        neighbours = self._model.neighbours_among(self._ranked[chosen], self._members)
        strongest = max((weight for _, weight in neighbours), default=0.0)
        for i, weight in neighbours:
            if weight > 0:
                self._raise(self._place[i], _NEIGHBOUR_LIKENESS * weight / strongest)

    def _raise(self, c: int, likeness: float) -> None:
        self.likeness[c] = max(self.likeness[c], likeness)


class _Calibration:
    """How much each title of the pool would bring the picks towards the person's mix of genres."""

    def __init__(self, genres: Sequence[tuple[str, ...]], mix: Mapping[str, float]) -> None:
        self._genres = genres
        self._mix = mix
        self._picked = {fact: _PRIOR_PICKS * share for fact, share in mix.items()}
        self._total = _PRIOR_PICKS

    def gains(self) -> list[float]:
        """For each title the mean over its genres of ln(wanted share / share on the list)."""
        if not self._mix:
            return [0.0] * len(self._genres)
        lack = {
            fact: _CALIBRATION
            * math.log((self._mix.get(fact, 0.0) + _SMALL_SHARE) / (count / self._total + _SMALL_SHARE))
            for fact, count in self._picked.items()
        }
        gain = {genres: _mean([lack.get(fact, 0.0) for fact in genres]) for genres in set(self._genres)}
        return [gain[genres] for genres in self._genres]

    def pick(self, chosen: int) -> None:
        """Take note that title `chosen` of the pool is on the list."""
        genres = self._genres[chosen]
        for fact in genres:
            self._picked[fact] = self._picked.get(fact, 0.0) + 1 / len(genres)
        self._total += 1


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
