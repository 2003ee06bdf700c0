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

_LEAST_POOL = 60
_POOL_PER_PICK = 5
_MOST_POOL = 300
_VARIED_PICKS = 40  # nobody compares the fortieth title with the first
# What counts at diversity 1, where relevance (0..1 over the pool) keeps the rest; in between all change in proportion.
_LIKENESS = 0.5
_CALIBRATION = 0.1
_RELEVANCE_LOST = 0.8
_NEIGHBOUR_LIKENESS = 0.15
_PRIOR_PICKS = 5.0
_SMALL_SHARE = 0.01


def best_first(scores: Mapping[int, float], count: int) -> list[int]:
    """The `count` titles with the highest scores, best first; among equals the first of the model."""
    if len(scores) > count:
        least = sorted(scores.values(), reverse=True)[count - 1]
        reaching = [i for i, score in scores.items() if score >= least]
    else:
        reaching = list(scores)
    reaching.sort(key=lambda i: (-scores[i], i))
    return reaching[:count]


def varied(
    model: Model, scores: Mapping[int, float], mix: Mapping[str, float], limit: int, diversity: float
) -> list[int]:
    """At most `limit` titles of the best by `scores`, in the order to show them.

    `mix` gives the share of each genre fact in what the person likes; empty when unknown. `diversity` goes from 0
    (the order of the scores) to 1.
    """
    if diversity == 0:
        return best_first(scores, limit)
    ranked = best_first(scores, min(_MOST_POOL, max(_LEAST_POOL, _POOL_PER_PICK * limit)))
    if len(ranked) <= 1:
        return ranked[:limit]
    pool = _Pool(model, ranked)
    calibration = _Calibration([model.facts.genres(i) for i in ranked], mix, diversity * _CALIBRATION)
    dislike, likeness, gains = diversity * _LIKENESS, pool.likeness, calibration.gains
    top, bottom = scores[ranked[0]], scores[ranked[-1]]
    span = (top - bottom) or 1.0
    trust = (1 - diversity * _RELEVANCE_LOST) / span
    merit = [trust * (scores[i] - bottom) for i in ranked]
    left = list(range(len(ranked)))
    picks: list[int] = []
    while left and len(picks) < min(limit, _VARIED_PICKS):
        values = [merit[c] - dislike * likeness[c] + gains[c] for c in left]
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
        self._place = {i: c for c, i in enumerate(ranked)}
        self._members = set(ranked)
        contents = [model.facts.content(i) for i in ranked]
        self._squares = [content.squares for content in contents]
        self._norms = [content.norm for content in contents]
        self._having: dict[int, list[int]] = {}
        for c, squares in enumerate(self._squares):
            for fact, _ in squares:
                self._having.setdefault(fact, []).append(c)
        self.likeness = [0.0] * len(ranked)

    def pick(self, chosen: int) -> None:
        """Take note that title `chosen` of the pool is on the list."""
        likeness, norm = self.likeness, self._norms[chosen]
        shared = [0.0] * len(self._ranked)
        for fact, square in self._squares[chosen]:
            for c in self._having[fact]:
                shared[c] += square
        for c, (dot, other) in enumerate(zip(shared, self._norms, strict=True)):
            if dot > 0:
                likeness[c] = max(likeness[c], dot / (norm * other + CONTENT_SHRINKAGE))
        neighbours = self._model.neighbours_among(self._ranked[chosen], self._members)
        strongest = max((weight for _, weight in neighbours), default=0.0)
        for i, weight in neighbours:
            if weight > 0:
                c = self._place[i]
                likeness[c] = max(likeness[c], _NEIGHBOUR_LIKENESS * weight / strongest)


class _Calibration:
    """How much each title of the pool would bring the picks towards the person's mix of genres.

    A title's gain is the mean over its genres of ln(wanted share / share on the list), times the weight, up to a
    constant that all titles have in common. It is kept up to date pick by pick.
    """

    def __init__(self, genres: Sequence[tuple[str, ...]], mix: Mapping[str, float], weight: float) -> None:
        self._genres = genres
        self._weight = weight if mix else 0.0
        self._having: dict[str, list[int]] = {}
        for c, found in enumerate(genres):
            for fact in found:
                self._having.setdefault(fact, []).append(c)
        # So many picks in the person's mix are taken as made: the list starts calibrated.
        self._picked = {fact: _PRIOR_PICKS * (mix.get(fact, 0.0) + _SMALL_SHARE) for fact in self._having}
        self.gains = [0.0] * len(genres)

    def pick(self, chosen: int) -> None:
        """Take note that title `chosen` of the pool is on the list."""
        genres = self._genres[chosen]
        for fact in genres if self._weight else ():
            before = self._picked[fact]
            self._picked[fact] = before + 1 / len(genres)
            loss = self._weight * math.log(self._picked[fact] / before)
            for c in self._having[fact]:
                self.gains[c] -= loss / len(self._genres[c])
