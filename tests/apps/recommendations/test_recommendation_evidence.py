"""What lists and ratings weigh."""

from __future__ import annotations

import pytest

from apps.recommendations.evidence import weight_of, weight_of_rating


@pytest.mark.parametrize(
    ("stars", "weight"),
    [(0.5, -1), (1, -5 / 6), (1.5, -2 / 3), (2, -0.5), (2.5, 0), (3, 0), (3.5, 0), (4, 0.8), (4.5, 0.9), (5, 1)],
)
def test_a_rating(stars: float, weight: float) -> None:
    assert weight_of_rating(stars) == pytest.approx(weight, abs=1e-12)
    assert weight_of("rating", stars) == weight_of_rating(stars)


def test_the_other_rows() -> None:
    assert (weight_of("favourite", None), weight_of("watchlist", None), weight_of("rating", None)) == (1.0, 0.4, 0.0)
