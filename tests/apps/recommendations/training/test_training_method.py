"""The mathematics of training, against the formulas written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from apps.recommendations.engine.artifact import content_only
from apps.recommendations.training.edlae import HistoryClass, edlae, weighted_gram
from apps.recommendations.training.evaluation import HeldOut, measure
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.neighbours import content_rows, cosine_rows
from apps.recommendations.training.packing import pack, strongest


def silent(sentence, fraction):
    pass


def random_likes(users, items, seed=3):
    generator = np.random.default_rng(seed)
    return sparse.csr_matrix((generator.random((users, items)) < 0.15).astype(np.float32))


def dense(rows, size):
    matrix = np.zeros((len(rows), size))
    for i, (columns, weights) in enumerate(rows):
        matrix[i, columns] = weights
    return matrix


def test_the_gram_matrix_weighs_users_by_their_number_of_likes():
    likes = sparse.csr_matrix(np.array([[1, 1, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0]], dtype=np.float32))
    gram = weighted_gram(likes, silent)
    assert gram[0, 0] == 1.5
    assert gram[0, 1] == gram[1, 1] == 0.5


@pytest.mark.parametrize("items", [7, 300])
def test_weights_are_those_of_the_closed_form_in_every_class(items):
    likes = random_likes(200, items)
    classes = (HistoryClass(5, 0.9, 2.0), HistoryClass(15, 0.5, 1.0), HistoryClass(None, 0.3, 0.5))
    x = likes.toarray().astype(np.float64)
    counts = np.maximum(x.sum(axis=1), 1)
    gram = x.T @ (x / np.sqrt(counts)[:, None])
    for one, rows in zip(classes, edlae(likes, classes, keep=items, progress=silent), strict=True):
        penalty = one.dropout / (1 - one.dropout) * np.diag(gram) + one.ridge
        inverse = np.linalg.inv(gram + np.diag(penalty))
        expected = np.eye(items) - inverse / np.diag(inverse)
        np.testing.assert_allclose(dense(rows, items), expected, atol=2e-5)


def test_only_the_strongest_weights_of_both_signs_are_kept():
    columns, weights = strongest(np.array([0.1, -0.9, 0.0, 0.5, 0.2], dtype=np.float32), 3)
    assert columns.tolist() == [1, 3, 4]
    assert weights == pytest.approx([-0.9, 0.5, 0.2])


@given(st.lists(st.lists(st.floats(-10, 10, width=32), max_size=6), max_size=6))
def test_packed_rows_are_within_half_a_step_of_the_weights(lines):
    rows = [(np.arange(len(line)), np.array(line, dtype=np.float32)) for line in lines]
    packed = pack(rows).to_rows()
    for i, line in enumerate(lines):
        found = dict(packed.row(i))
        step = max((abs(w) for w in line), default=0.0) / 127
        for j, weight in enumerate(line):
            assert abs(found.get(j, 0.0) - weight) <= step * 0.501 + 1e-6


def test_cosine_is_shrunk_by_few_likes():
    likes = sparse.csr_matrix(np.array([[1, 1, 0], [1, 1, 1]], dtype=np.float32))
    ((columns, weights),) = cosine_rows(likes, [2], [0, 1], keep=5)
    assert columns.tolist() == [0, 1]
    assert weights == pytest.approx([1 / (2**0.5 + 10)] * 2)


def test_content_neighbours_are_the_ones_the_engine_finds_itself(make_title):
    titles = [
        make_title(n, genres=((18,), (35, 28), ())[n % 3], makers=(f"m{n % 4}",), keywords=(f"k{n % 6}", f"q{n % 7}"))
        for n in range(30)
    ]
    model = content_only(titles)
    for i, (columns, weights) in enumerate(content_rows(titles, 50, silent)):
        found = dict(model.content_neighbours(i))
        assert set(columns.tolist()) == set(found)
        assert weights == pytest.approx([found[j] for j in columns.tolist()], rel=1e-5)


def test_of_a_persons_events_on_a_title_the_latest_counts():
    events = [
        ("b", ("tv", 1), 1.0, 5.0),
        ("a", ("movie", 2), 1.0, 1.0),
        ("a", ("movie", 2), -1.0, 9.0),
        ("a", ("tv", 1), float("nan"), 1.0),
        ("a", ("tv", 1), 1.0, float("inf")),
    ]
    found = Interactions.from_events(events)
    assert (found.users, found.items, len(found)) == (["a", "b"], [("movie", 2), ("tv", 1)], 2)
    assert found.weights.tolist() == [-1.0, 1.0]
    assert found.timestamps.tolist() == [9.0, 5.0]
    reordered = Interactions.from_events(reversed(events))
    assert reordered.weights.tolist() == found.weights.tolist()


def test_figures_of_a_ranking():
    people = [HeldOut([0], {1, 2}), HeldOut([0], {5})]
    quality = measure(lambda _: [1, 9, 2], people)
    ideal = 1 + 1 / np.log2(3)
    assert quality.recall_at_20 == 0.5
    assert quality.ndcg_at_100 == pytest.approx((1 + 0.5) / ideal / 2, abs=1e-4)
