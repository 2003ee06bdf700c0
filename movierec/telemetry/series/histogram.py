"""How long requests took, as counts in buckets whose bounds grow by the same steps; counts of processes add up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

# Milliseconds; each bucket holds what took longer than the bound before it and at most as long as its own.
BOUNDS: Final = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)
# The buckets by their names in rows. Names have the bounds, so that older rows are read right after bounds changed.
BUCKETS: Final = (*(f"le{bound}" for bound in BOUNDS), "more")


def bucket_of(milliseconds: float) -> str:
    """The bucket of a time."""
    return BUCKETS[bisect_left(BOUNDS, milliseconds)]


def answers(counts: Mapping[str, float]) -> float:
    """How many answers the buckets hold."""
    return sum(counts.get(bucket, 0) for bucket in BUCKETS)


def quantile(counts: Mapping[str, float], share: float) -> float | None:
    """The milliseconds within which `share` (0 to 1) of the requests were answered; None without requests.

    Taken as spread evenly within a bucket, so it is off by a bucket's width at most. Above the last bound it is that.
    """
    numbers = [counts.get(bucket, 0) for bucket in BUCKETS]
    rank = share * sum(numbers)
    if not any(numbers):
        return None
    before, lower = 0.0, 0.0
    for number, upper in zip(numbers, BOUNDS, strict=False):
        if number and before + number >= rank:
            return lower + (upper - lower) * (rank - before) / number
        before, lower = before + number, upper
    return float(BOUNDS[-1])
