"""Item-item weights for people of whom little is known: several linear scores fused into one operator.

With few likes EDLAE alone leads to less than popularity does. What helps is a sum of C_ij, the score that a like of
title i gives title j, over

    k_b    P_ij / ((p_i + m) (p_j + m)^b): how likely j is liked where i is, the fame of j held down by b;
           P = Σ w x xᵀ / Σ w over people's likes x with w = |x|^-¾, p = diag P, m = mean p
    e_p    EDLAE with dropout p (`edlae.py`), its ridge a multiple of the mean of diag G
    low_r  s_i V_i · V_j √λ,  s = (diag G)^-0.3, with the r leading eigenpairs (V, λ) of diag(s) G diag(s)

each divided by its spread, the root of Σ p_i var_j(C_ij) / Σ p_i. As every part is linear in the person's likes, so
is the sum, and it is served as one sparse operator.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import eigsh

from .edlae import inverse, user_weights, weighted_gram
from .settings import Mixture

Matrix = NDArray[np.float32]

_KERNEL_USER_EXPONENT = -0.75
_SCALE_EXPONENT = -0.3
_TOLERANCE = 1e-2


def fused(
    likes: sparse.csr_matrix, mixtures: Sequence[Mixture], progress: Callable[[str, float], None]
) -> list[Matrix]:
    """For each mixture the dense titles x titles operator, 0 on its diagonal, for `likes` (users x titles, 1 or 0)."""
    gram = weighted_gram(likes, user_weights(likes), progress)
    together = _together(likes, progress)
    chances = together.diagonal().copy()
    sums = [np.zeros_like(gram) for _ in mixtures]

    def add(part: Matrix, shares: Sequence[float]) -> None:
        np.fill_diagonal(part, 0)
        part /= _spread(part, chances)
        for total, share in zip(sums, shares, strict=True):
            if share:
                np.add(total, np.float32(share) * part, out=total)

    for exponent in sorted({b for one in mixtures for b in one.kernels}):
        add(_kernel(together, exponent), [one.kernels.get(exponent, 0.0) for one in mixtures])
    for kind in sorted({kind for one in mixtures for kind in one.edlae}):
        progress("Solving for people with few likes", 0.5)
        add(_edlae(gram, *kind), [one.edlae.get(kind, 0.0) for one in mixtures])
    ranks = sorted({rank for one in mixtures for rank in one.low_rank})
    for rank, part in _low_rank(gram, ranks):
        add(part, [one.low_rank.get(rank, 0.0) for one in mixtures])
    return sums


def _together(likes: sparse.csr_matrix, progress: Callable[[str, float], None]) -> Matrix:
    """P: how often two titles are liked together, people counting less the more they like."""
    counts = np.asarray(likes.sum(axis=1), dtype=np.float32).ravel()
    weights = np.power(counts, _KERNEL_USER_EXPONENT, out=np.zeros_like(counts), where=counts > 0)
    matrix = weighted_gram(likes, weights, progress)
    matrix /= weights.sum()
    return matrix


def _kernel(together: Matrix, exponent: float) -> Matrix:
    chances = together.diagonal()
    known = (chances + chances.mean()).astype(np.float32)
    kernel: Matrix = together / known[:, None] / known[None, :] ** np.float32(exponent)
    return kernel


def _edlae(gram: Matrix, dropout: float, ridge: float) -> Matrix:
    diagonal = gram.diagonal().copy()
    system = gram.copy(order="F")
    np.fill_diagonal(system, diagonal / (1 - dropout) + ridge * diagonal.mean())
    inverted = inverse(system)
    inverted /= -inverted.diagonal().copy()[None, :]
    return inverted


def _low_rank(gram: Matrix, ranks: Sequence[int]) -> list[tuple[int, Matrix]]:
    """The parts for each of `ranks`, as far as there are so many titles."""
    possible = [rank for rank in ranks if rank < len(gram)]
    if not possible:
        return []
    scale = np.maximum(gram.diagonal(), 1e-3) ** _SCALE_EXPONENT
    scaled = gram * scale[:, None] * scale[None, :]
    start = np.ones(len(gram), dtype=np.float32)
    values, vectors = eigsh(scaled, k=possible[-1], v0=start, tol=_TOLERANCE)
    found = []
    for rank in possible:
        leading, strength = vectors[:, -rank:], np.sqrt(np.maximum(values[-rank:], 0))
        found.append((rank, ((scale[:, None] * leading) @ (leading * strength).T).astype(np.float32)))
    return found


def _spread(part: Matrix, chances: NDArray[np.float32]) -> np.float32:
    """The spread of the module's docstring, 1 where nothing varies."""
    variance = (chances * part.var(axis=1)).sum() / max(chances.sum(), np.finfo(np.float32).tiny)
    return np.float32(np.sqrt(variance)) if variance > 0 else np.float32(1)
