"""Figures of rankings, each as a value for one person or a mean over people with its standard error.

A ranking is a list of title places, best first, without the person's history; `targets` are the held-out likes.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Sums:
    """Number, sum and sum of squares of values: what a mean and its standard error need, and what can be added up."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, values: Iterable[float]) -> "Sums":
        numbers = list(values)
        return cls(len(numbers), math.fsum(numbers), math.fsum(value * value for value in numbers))

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.count + other.count, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> float:
        """The mean, 0 of nothing."""
        return self.total / self.count if self.count else 0.0

    @property
    def standard_error(self) -> float:
        """The standard error of the mean, 0 of fewer than two values."""
        if self.count < 2:
            return 0.0
        spread = max(0.0, self.squares - self.total * self.mean)
        return math.sqrt(spread / (self.count - 1) / self.count)


def recall(ranking: Sequence[int], targets: AbstractSet[int], places: int) -> float:
    """The part of the targets in the first `places`, normalised by what so many can hold (Liang et al., WWW 2018)."""
    return sum(i in targets for i in ranking[:places]) / min(places, len(targets))


def ndcg(ranking: Sequence[int], targets: AbstractSet[int], places: int) -> float:
    """The discounted gain of the targets in the first `places` over that of a perfect ranking, from 0 to 1."""
    gain = math.fsum(1 / math.log2(place + 2) for place, i in enumerate(ranking[:places]) if i in targets)
    return gain / math.fsum(1 / math.log2(place + 2) for place in range(min(places, len(targets))))


def hit(ranking: Sequence[int], targets: AbstractSet[int], places: int) -> float:
    """1 where a target is among the first `places`, else 0."""
    return float(any(i in targets for i in ranking[:places]))


def self_information(counts: NDArray[np.float64], users: int) -> NDArray[np.float64]:
    """Bits that a like of each title tells: -log2 of the part of `users` who like it, one like added to each title."""
    bits: NDArray[np.float64] = -np.log2((counts + 1) / (users + 1))
    return bits


def novelty(ranking: Sequence[int], bits: NDArray[np.float64], places: int) -> float:
    """The mean self-information of the first `places`, in bits; 0 of an empty ranking."""
    return float(bits[list(ranking[:places])].mean()) if ranking else 0.0


def intra_list_diversity(
    rankings: Sequence[Sequence[int]], likes: sparse.csr_matrix, places: int
) -> NDArray[np.float64]:
    """For each ranking the mean over pairs of its first `places` of 1 - cosine of who likes the two.

    `likes` is users x titles. A ranking of fewer than two titles has 0.
    """
    norms = np.sqrt(np.asarray(likes.multiply(likes).sum(axis=0)).ravel())
    by_title = (likes @ sparse.diags(1 / np.maximum(norms, 1e-12))).T.tocsr()
    values = np.zeros(len(rankings))
    for start in range(0, len(rankings), _BLOCK):
        block = [ranking[:places] for ranking in rankings[start : start + _BLOCK]]
        lengths = np.array([len(titles) for titles in block])
        columns = np.fromiter(chain.from_iterable(block), dtype=np.int64)
        shape = (len(block), by_title.shape[0])
        chosen = sparse.csr_matrix((np.ones(len(columns)), columns, np.append(0, np.cumsum(lengths))), shape=shape)
        together = chosen @ by_title
        squares = np.asarray(together.multiply(together).sum(axis=1)).ravel()
        alone = chosen @ (norms > 0).astype(np.float64)
        pairs = np.maximum(lengths * (lengths - 1), 1)
        values[start : start + _BLOCK] = np.where(lengths > 1, 1 - (squares - alone) / pairs, 0.0)
    return values


def coverage(rankings: Sequence[Sequence[int]], catalogue: Collection[int], places: int) -> tuple[float, float]:
    """The part of the `catalogue` among anybody's first `places`, and its standard error (jackknife over people)."""
    shown = [set(ranking[:places]).intersection(catalogue) for ranking in rankings]
    times = Counter(chain.from_iterable(shown))
    alone = Sums.of(sum(times[i] == 1 for i in titles) for titles in shown)
    deviations = alone.squares - alone.total * alone.mean
    size, people = max(1, len(catalogue)), max(1, len(rankings))
    return len(times) / size, math.sqrt(max(0.0, deviations) * (people - 1) / people) / size


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of the values lie, 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
