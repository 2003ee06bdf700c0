"""What the engine is measured against: popularity, item cosine and plain EASE."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

PLACES = 100
EASE_RIDGE = 400.0
_MOST_EASE_TITLES = 20_000

Ranker = Callable[[list[int]], Sequence[int]]


def like_counts(likes: sparse.csr_matrix) -> NDArray[np.float64]:
    """How many people like each title; `likes` is users x titles, 1 where liked, here and below."""
    return np.asarray(likes.sum(axis=0), dtype=np.float64).ravel()


def by_popularity(likes: sparse.csr_matrix) -> Ranker:
    """Everybody gets the most liked titles."""
    counts = like_counts(likes)
    return lambda history: _top(counts, history)


def by_item_cosine(likes: sparse.csr_matrix) -> Ranker:
    """Titles liked by those who liked the person's own, by cosine."""
    scaled = likes.multiply(1 / np.sqrt(np.maximum(like_counts(likes), 1))).tocsc()
    by_user = scaled.tocsr()
    return lambda history: _top(np.asarray((scaled[:, history].sum(axis=1)).T @ by_user).ravel(), history)


def by_ease(likes: sparse.csr_matrix, ridge: float = EASE_RIDGE) -> Ranker:
    """EASE (Steck, WWW 2019): B = I - P · diag(P)⁻¹ with P = (XᵀX + ridge · I)⁻¹, of the 20,000 most liked titles."""
    counts = like_counts(likes)
    titles = np.sort(np.argsort(-counts, kind="stable")[: min(_MOST_EASE_TITLES, int((counts > 0).sum()))])
    weights = ease_weights(likes, titles, ridge)
    places = np.full(len(counts), -1)
    places[titles] = np.arange(len(titles))

    def rank(history: list[int]) -> list[int]:
        known = places[history]
        scores = np.full(len(counts), -np.inf)
        scores[titles] = weights[known[known >= 0]].sum(axis=0)
        return _top(scores, history)

    return rank


def ease_weights(likes: sparse.csr_matrix, titles: NDArray[np.int64], ridge: float) -> NDArray[np.float32]:
    """B of the titles (rows: what is liked, columns: what it speaks for), in float32."""
    chosen = likes[:, titles].astype(np.float32)
    matrix = np.asfortranarray((chosen.T @ chosen).toarray())
    np.fill_diagonal(matrix, matrix.diagonal() + np.float32(ridge))
    _, failed = lapack.spotrf(matrix, lower=1, clean=1, overwrite_a=1)
    assert not failed, "a Gram matrix with a ridge is positive definite"
    lapack.spotri(matrix, lower=1, overwrite_c=1)
    diagonal = matrix.diagonal().copy()
    matrix += np.tril(matrix, -1).T
    matrix /= -diagonal
    np.fill_diagonal(matrix, 0)
    weights: NDArray[np.float32] = np.ascontiguousarray(matrix)
    return weights


def _top(scores: NDArray[np.float64], history: list[int]) -> list[int]:
    """The places of the largest scores, ties by place, without the history and what has no score at all."""
    scores = scores.astype(np.float64)
    scores[history] = -np.inf
    best = np.argpartition(-scores, min(PLACES, len(scores) - 1))[:PLACES] if len(scores) > PLACES else None
    floor = scores[best].min() if best is not None else -np.inf
    rivals = np.flatnonzero((scores >= floor) & (scores > -np.inf))
    places: list[int] = rivals[np.argsort(-scores[rivals], kind="stable")][:PLACES].tolist()
    return places
