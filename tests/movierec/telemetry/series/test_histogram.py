from __future__ import annotations

from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as some

from movierec.telemetry.series.histogram import BOUNDS, BUCKETS, bucket_of, quantile

times = some.floats(0, 10_000, allow_nan=False)


@pytest.mark.parametrize(
    ("milliseconds", "bucket"), [(0, "le5"), (5, "le5"), (5.01, "le10"), (5000, "le5000"), (5000.1, "more")]
)
def test_a_bucket_holds_its_own_bound(milliseconds: float, bucket: str) -> None:
    assert bucket_of(milliseconds) == bucket


@given(some.lists(times, min_size=1, max_size=300), some.floats(0.01, 1))
def test_quantiles_are_in_the_bucket_of_the_exact_ones(found: list[float], share: float) -> None:
    counts = Counter(map(bucket_of, found))
    exact = sorted(found)[ceil(share * len(found)) - 1]
    place = BUCKETS.index(bucket_of(exact))
    told = quantile(counts, share)
    assert told is not None
    assert (0, *BOUNDS)[place] <= told <= (*BOUNDS, BOUNDS[-1])[place]


def test_quantiles_of_nothing_and_of_what_is_known() -> None:
    assert quantile({}, 0.5) is None
    assert quantile({"Requests": 7}, 0.5) is None
    assert quantile({"le5": 2, "le10": 2}, 0.5) == 5
    assert quantile({"le5": 2, "le10": 2}, 0.75) == 7.5
    assert quantile({"more": 1}, 0.5) == 5000
