"""Likeness by content in bulk is the likeness that the engine works out for one title."""

from random import Random

import numpy as np
import pytest

from apps.recommendations.engine.artifact import content_only
from apps.recommendations.training.neighbours import content_rows
from apps.recommendations.training.packing import pack, pack_factors


@pytest.fixture(scope="module")
def catalogue(make_title):
    """600 titles with facts that many, some and few share, enough of them for the quick way of choosing."""
    dice = Random(3)  # noqa: S311  (titles made up guard nothing)
    return [
        make_title(
            n,
            genres=tuple(dice.sample((18, 35, 28, 53), dice.randint(0, 2))),
            keywords=tuple({f"word {int(dice.paretovariate(0.7)) % 300}" for _ in range(5)}),
            cast=(f"Player {dice.randint(0, 200)}",),
        )
        for n in range(600)
    ]


def test_neighbours_are_those_the_engine_finds(catalogue):
    facts = content_only(catalogue).facts
    for i, (columns, likeness) in enumerate(content_rows(catalogue, 5, lambda *_: None)):
        nearest = dict(facts.nearest(i, 5))
        least = min(nearest.values())
        assert len(columns) == 5
        assert i not in columns
        for j, value in zip(columns.tolist(), likeness.tolist(), strict=True):
            # Among titles that are exactly as alike, rounding may prefer another.
            assert value == pytest.approx(nearest.get(j, least), rel=1e-5)


def test_rows_are_packed_by_falling_weight_of_either_sign():
    rows = pack([(np.array([7, 1, 4, 2]), np.array([0.1, -1.27, 0.5, 0.001], dtype=np.float32)), None])
    assert rows.starts.tolist() == [0, 3, 3]
    assert rows.scales.tolist() == pytest.approx([0.01, 0.0])
    assert rows.columns.tolist() == [1, 4, 7]
    assert rows.values.tolist() == [-127, 50, 10]


def test_factors_are_packed_within_half_a_step():
    generator = np.random.default_rng(2)
    encoder, decoder = generator.normal(size=(6, 4)), generator.normal(size=(6, 4))
    encoder[2] = 0
    factors = pack_factors(encoder, decoder).to_factors()
    factors.check()
    unit = np.eye(4)
    packed = np.array([factors.encode([(i, 1.0)]) for i in range(6)])
    assert np.abs(packed - encoder).max() <= np.abs(encoder).max() / 127 * 0.51
    assert packed[2].tolist() == [0.0] * 4
    scored = np.array([factors.scores(one, range(6)) for one in unit.tolist()]).T
    assert np.abs(scored - decoder).max() <= np.abs(decoder).max() / 127 * 0.51
    with pytest.raises(ValueError, match="does not fit"):
        pack_factors(encoder, decoder[:5])
