"""The leading directions in which tastes differ: eigenvectors of the Gram matrix with popular titles scaled down.

With S = diag(popularity^-e) and G the user-weighted Gram matrix, U holds the leading eigenvectors of S G S. A person
with likes h scores title j by (Σ s_i U_i over i in h) · U_j. The decoder is not scaled back, which damps fame and lets
lesser known titles come up. The matrix is never formed: the eigenvectors are those of AᵀA for the sparse A =
diag(√weight) X S, found by Lanczos iteration (ARPACK).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, eigsh

Matrix = NDArray[np.float32]

_TOLERANCE = 1e-2


@dataclass(frozen=True)
class LowRank:
    """A row for each title: what it adds to a person's vector, and what that vector is multiplied by to score it."""

    encoder: Matrix
    decoder: Matrix


def low_rank(
    values: sparse.csr_matrix,
    weights: NDArray[np.float32],
    popularity: NDArray[np.float64],
    *,
    rank: int,
    exponent: float,
) -> LowRank:
    """The factors for users x titles `values`, users counting by `weights` and titles liked `popularity` times.

    `exponent` is e. There are fewer columns than `rank` where there are too few titles or people.
    """
    scale = np.where(popularity > 0, np.maximum(popularity, 1) ** -exponent, 0).astype(np.float32)
    scaled = (sparse.diags(np.sqrt(weights)) @ values @ sparse.diags(scale)).tocsr()
    rank = min(rank, min(scaled.shape) - 1)
    if rank < 1 or not scaled.nnz:
        nothing = np.zeros((values.shape[1], 0), dtype=np.float32)
        return LowRank(nothing, nothing)
    transposed = scaled.T.tocsr()
    gram = LinearOperator(
        (scaled.shape[1],) * 2, matvec=lambda vector: transposed @ (scaled @ vector), dtype=np.float32
    )
    start = np.ones(scaled.shape[1], dtype=np.float32)
    _, vectors = eigsh(gram, k=rank, v0=start, tol=_TOLERANCE)
    decoder = _signed(vectors.astype(np.float32)[:, ::-1])
    return LowRank(decoder * scale[:, None], decoder)


def _signed(vectors: Matrix) -> Matrix:
    """The same vectors with the largest entry of each positive, so that two runs agree."""
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    return np.ascontiguousarray(vectors * np.where(largest < 0, -1, 1).astype(np.float32))
