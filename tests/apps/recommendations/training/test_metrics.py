"""Every figure of an evaluation, against values worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from apps.recommendations.training import metrics
from apps.recommendations.training.metrics import Sums


def test_recall_is_normalised_by_what_the_places_hold():
    assert metrics.recall([1, 9, 2], {1, 2, 3}, 2) == 0.5
    assert metrics.recall([1, 9, 2], {1, 2, 3}, 20) == 2 / 3
    assert metrics.recall([], {1}, 20) == 0


def test_ndcg_discounts_by_place_and_knows_the_perfect_ranking():
    ideal = 1 + 1 / math.log2(3)
    assert metrics.ndcg([1, 9, 2], {1, 2}, 100) == pytest.approx((1 + 0.5) / ideal)
    assert metrics.ndcg([1, 9, 2], {1, 2}, 2) == pytest.approx(1 / ideal)
    assert metrics.ndcg([2, 1], {1, 2}, 100) == 1
    assert metrics.ndcg([5], {1, 2}, 100) == 0


def test_a_hit_is_any_target_in_the_places():
    assert metrics.hit([3, 1], {1}, 2) == 1
    assert metrics.hit([3, 1], {1}, 1) == 0


def test_novelty_is_the_mean_of_bits():
    bits = metrics.self_information(np.array([7.0, 3.0, 0.0]), 7)
    assert bits.tolist() == [0, 1, 3]
    assert metrics.novelty([2, 1, 0], bits, 2) == 2
    assert metrics.novelty([], bits, 2) == 0


def test_diversity_is_one_minus_the_cosine_of_who_likes_two_titles():
    likes = sparse.csr_matrix(np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0]], dtype=np.float32))
    found = metrics.intra_list_diversity([[0, 1], [0, 2], [0, 1, 2], [0], [], [0, 3], [0, 2, 1]], likes, 2)
    cosine = 2 / math.sqrt(2 * 3)
    assert found == pytest.approx([1 - cosine, 1, 1 - cosine, 0, 0, 1, 1])
    three = metrics.intra_list_diversity([[0, 1, 2]], likes, 3)
    assert three == pytest.approx([1 - (cosine + 1 / math.sqrt(3)) / 3])


def test_coverage_counts_titles_of_the_catalogue_once():
    rankings = [[0, 1, 2], [0, 1, 3], [0, 9]]
    part, error = metrics.coverage(rankings, {0, 1, 2, 3}, 3)
    assert part == 1
    # Without one person 3, 3 or 4 of the 4 titles remain.
    left = np.array([0.75, 0.75, 1.0])
    assert error == pytest.approx(math.sqrt(2 / 3 * ((left - left.mean()) ** 2).sum()))
    assert metrics.coverage(rankings, {0, 1, 2, 3}, 1)[0] == 0.25
    assert metrics.coverage([], set(), 1) == (0, 0)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30), st.integers(0, 30))
def test_sums_that_are_added_tell_mean_and_standard_error(values, cut):
    sums = Sums.of(values[:cut]) + Sums.of(values[cut:])
    assert sums.mean == pytest.approx(np.mean(values), abs=1e-9)
    assert sums.standard_error == pytest.approx(np.std(values, ddof=1) / math.sqrt(len(values)), abs=1e-5)


def test_sums_of_hardly_anything_are_zero():
    assert (Sums().mean, Sums().standard_error, Sums.of([3]).mean, Sums.of([3]).standard_error) == (0, 0, 3, 0)


def test_percentiles_are_values_that_occur():
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [metrics.percentile(values, part) for part in (0, 0.5, 0.99, 1)] == [1, 3, 5, 5]
    assert metrics.percentile([], 0.5) == 0
