"""The mathematics of training, against the formulas written out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from apps.recommendations.engine.artifact import content_only
from apps.recommendations.training.building import build, likes_of
from apps.recommendations.training.edlae import edlae, user_weights, weighted_gram
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.lowrank import low_rank
from apps.recommendations.training.neighbours import content_rows, cosine_rows
from apps.recommendations.training.newcomers import fused
from apps.recommendations.training.packing import pack, strongest
from apps.recommendations.training.sessions import sessions
from apps.recommendations.training.settings import DEFAULTS, Mixture, Settings
from apps.recommendations.training.values import values_of


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


def off_diagonal(matrix):
    return matrix - np.diag(np.diag(matrix))


def closed_form(gram, dropout, ridge):
    """EDLAE's weights as its paper writes them."""
    inverse = np.linalg.inv(gram + np.diag(dropout / (1 - dropout) * np.diag(gram) + ridge))
    return off_diagonal(-inverse / np.diag(inverse))


def test_the_gram_matrix_weighs_users_by_their_number_of_likes():
    likes = sparse.csr_matrix(np.array([[1, 1, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0]], dtype=np.float32))
    assert user_weights(likes).tolist() == [0.5, 1.0, 0.0]
    gram = weighted_gram(likes, user_weights(likes), silent)
    assert gram[0, 0] == 1.5
    assert gram[0, 1] == gram[1, 1] == 0.5


@pytest.mark.parametrize(("dropout", "ridge"), [(0.5, 12.0), (0.33, 3.0)])
@pytest.mark.parametrize("items", [7, 300])
def test_weights_are_those_of_the_closed_form(items, dropout, ridge):
    values = random_likes(200, items) + 0.4 * random_likes(200, items, seed=4)
    weights = np.linspace(0.1, 1, 200, dtype=np.float32)
    x = values.toarray().astype(np.float64)
    gram = x.T @ (x * weights[:, None])
    rows = edlae(values, weights, dropout=dropout, ridge=ridge, keep=items, progress=silent)
    np.testing.assert_allclose(dense(rows, items), closed_form(gram, dropout, ridge), atol=2e-5)


def test_what_was_watched_counts_less_than_what_was_liked_and_what_was_turned_down_counts_against():
    weights = np.array([1.0, 0.8, 0.4, 0.3, 0.0, -0.4, -0.5, -1.0], dtype=np.float32)
    assert values_of(weights, DEFAULTS) == pytest.approx([1, 1, 0.5, 0.7, 0.7, -0.3, 0.4, 0.4])
    likes_only = Settings(wanted=0.1, watched=0.2, turned_down=-0.4, disliked=0.0)
    assert values_of(weights, likes_only) == pytest.approx([1, 1, 0.1, 0.2, 0.2, -0.4, 0, 0])


def test_titles_watched_without_being_liked_are_worth_something_but_are_no_likes(make_title):
    events = [
        ("a", ("movie", 1), 1.0, 5.0),
        ("a", ("movie", 2), 0.0, 6.0),
        ("a", ("movie", 3), -1.0, 7.0),
        ("b", ("movie", 1), 0.3, 7.0),
    ]
    found = likes_of(Interactions.from_events(events), [make_title(n) for n in (1, 2, 3)])
    assert found.matrix.toarray().tolist() == [[1, 0, 0], [0, 0, 0]]
    np.testing.assert_allclose(found.values.toarray(), [[1, 0.7, 0.4], [0.7, 0, 0]], rtol=1e-6)
    assert found.counts.tolist() == [1, 0, 0]
    likes_only = Settings(watched=0.0, disliked=0.0)
    bare = likes_of(Interactions.from_events(events), [make_title(n) for n in (1, 2, 3)], likes_only)
    assert bare.values.toarray().tolist() == [[1, 0, 0], [0, 0, 0]]


def stretches_of(histories, length):
    """(user, the titles of a stretch) of every session; a history is (title, time)."""
    events = [(user, title, time) for user, history in enumerate(histories) for title, time in history]
    users, titles, times = (np.array(column) for column in zip(*events, strict=True))
    values = sparse.coo_matrix((np.ones(len(events), dtype=np.float32), (users, titles)), shape=(len(histories), 9))
    found = sessions(values, times.astype(np.float64), length)
    lines = found.values.toarray()
    return sorted((int(user), np.flatnonzero(line).tolist()) for user, line in zip(found.users, lines, strict=True))


def test_sessions_are_stretches_of_a_history_in_the_order_of_time_cut_twice():
    history = [(5, 10.0), (1, 40.0), (2, 20.0), (3, 30.0), (4, 50.0)]
    assert stretches_of([[(0, 1.0), (8, 2.0)], history], 2) == [
        (0, [0]), (0, [0, 8]), (0, [8]),
        (1, [1, 3]), (1, [1, 4]), (1, [2, 3]), (1, [2, 5]), (1, [4]), (1, [5]),
    ]  # fmt: skip


def test_a_history_without_times_has_no_sessions():
    assert stretches_of([[(0, 7.0), (8, 7.0)], [(1, 0.0)]], 2) == []


def test_titles_of_one_session_go_together_more_than_titles_of_a_life(make_title):
    titles = [make_title(n) for n in range(6)]
    days = [(0, 0.0), (1, 1.0), (2, 500.0), (3, 501.0)]
    events = [(f"u{user}", ("movie", n), 1.0, day * 86_400.0 + user) for user in range(40) for n, day in days]
    events += [(f"o{user}", ("movie", user % 6), 1.0, 1.0) for user in range(60)]
    settings = replace(DEFAULTS, session_length=2, session_share=1.0, mixtures=())
    model = build(likes_of(Interactions.from_events(events), titles, settings), titles, silent, settings=settings)
    weights = dict(model.to_model("sessions").operator(50).rows.row(0))
    assert weights[1] > 1.5 * weights[2] > 0


@pytest.mark.parametrize(("rank", "exponent"), [(1, 0.3), (5, 0.3), (5, 0.0)])
def test_low_rank_scores_are_those_of_the_leading_eigenvectors(rank, exponent):
    values, weights = random_likes(80, 30), np.linspace(0.2, 1, 80, dtype=np.float32)
    x = values.toarray().astype(np.float64)
    popularity = x.sum(axis=0)
    scale = np.maximum(popularity, 1) ** -exponent
    scaled = (x * weights[:, None]).T @ x * scale[:, None] * scale[None, :]
    leading = np.linalg.eigh(scaled)[1][:, -rank:]
    found = low_rank(values, weights, popularity, rank=rank, exponent=exponent)
    np.testing.assert_allclose(found.decoder @ found.decoder.T, leading @ leading.T, atol=5e-3)
    np.testing.assert_allclose(found.encoder, found.decoder * scale[:, None], rtol=1e-5, atol=1e-7)


def test_low_rank_has_fewer_columns_than_titles_and_none_without_likes():
    everybody = np.ones(20, dtype=np.float32)
    found = low_rank(random_likes(20, 4), everybody, np.ones(4), rank=50, exponent=0.3)
    assert found.decoder.shape == (4, 3)
    nobody = sparse.csr_matrix((3, 4), dtype=np.float32)
    found = low_rank(nobody, np.zeros(3, dtype=np.float32), np.zeros(4), rank=2, exponent=0.3)
    assert found.decoder.shape == (4, 0)


def test_the_operators_for_newcomers_are_the_sums_of_their_parts():
    likes = random_likes(60, 12)
    mixture = Mixture(4, kernels={0.0: 0.4, 0.4: 1.0}, edlae={(0.9, 7.5): 0.5}, low_rank={3: 0.9})
    x = likes.toarray().astype(np.float64)
    sizes = x.sum(axis=1)
    weights = np.divide(1, sizes**0.75, out=np.zeros(len(sizes)), where=sizes > 0)
    together = (x * weights[:, None]).T @ x / weights.sum()
    chances = np.diag(together)
    gram = (x / np.sqrt(np.maximum(sizes, 1))[:, None]).T @ x
    scale = np.diag(gram) ** -0.3
    eigenvalues, vectors = np.linalg.eigh(gram * scale[:, None] * scale[None, :])
    leading = scale[:, None] * vectors[:, -3:] * np.sqrt(eigenvalues[-3:]) @ vectors[:, -3:].T
    known = chances + chances.mean()
    parts = [
        (0.4, together / known[:, None]),
        (1.0, together / known[:, None] / known[None, :] ** 0.4),
        (0.5, closed_form(gram, 0.9, 7.5 * np.diag(gram).mean())),
        (0.9, leading),
    ]
    expected = np.zeros_like(gram)
    for share, part in parts:
        apart = off_diagonal(part)
        expected += share * apart / np.sqrt((chances * apart.var(axis=1)).sum() / chances.sum())
    (found,) = fused(likes, [mixture], silent)
    np.testing.assert_allclose(found, expected, rtol=0.02, atol=0.02)


def test_a_world_too_small_for_a_rank_does_without_it():
    (found,) = fused(random_likes(60, 3), [Mixture(4, kernels={0.0: 1.0}, edlae={}, low_rank={32: 1.0})], silent)
    (alone,) = fused(random_likes(60, 3), [Mixture(4, kernels={0.0: 1.0}, edlae={})], silent)
    assert found.tolist() == alone.tolist()


def test_a_model_is_built_as_its_settings_say(world):
    titles, interactions = world
    mixture = Mixture(7, kernels={0.4: 1.0})
    settings = Settings(kept_per_row=3, rank=5, factors_share=1.25, mixtures=(mixture,))
    parts = build(likes_of(interactions, titles, settings), titles, silent, settings=settings)
    assert [(one.history, one.blend) for one in parts.operators] == [(7, {}), (None, {"factors": 1.25})]
    assert all(np.diff(one.rows.starts).max() == 3 for one in parts.operators)
    assert parts.factors.dimensions == 5
    without = Settings(factors_share=0.0, mixtures=())
    parts = build(likes_of(interactions, titles, without), titles, silent, settings=without)
    assert ([one.history for one in parts.operators], parts.factors) == ([None], None)


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
