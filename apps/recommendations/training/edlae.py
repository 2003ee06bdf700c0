"""Item-item weights by EDLAE, the linear autoencoder with emphasised dropout (Steck, NeurIPS 2020).

With the Gram matrix G of what people watched, dropout p and Λ = p/(1-p) · diag(G) + λI, the weights are

    P = (G + Λ)⁻¹,   B = I - P · diag(P)⁻¹

whose diagonal is 0. Each user counts with |u|^-½ in G, so that those who like everything do not drown the others. What
was watched without being liked counts in part (`values.py`). High dropout suits people with few likes (`newcomers.py`),
low dropout those with many.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from .packing import Entries, strongest

Matrix = NDArray[np.float32]

_BLOCK = 256


class SingularGramError(ArithmeticError):
    """The regularised Gram matrix could not be inverted."""


def edlae(
    values: sparse.csr_matrix,
    weights: NDArray[np.float32],
    *,
    dropout: float,
    ridge: float,
    keep: int,
    progress: Callable[[str, float], None],
) -> list[Entries]:
    """The `keep` strongest weights of each item's row of B with `dropout` p (below 1) and `ridge` λ.

    `values` is users x items, what each row of a history is worth; `weights` is what each user counts for. One
    items x items float32 matrix is held, and solved in place.
    """
    matrix = weighted_gram(values, weights, lambda step, done: progress(step, 0.2 * done))
    diagonal = matrix.diagonal().copy()
    np.fill_diagonal(matrix, diagonal / (1 - dropout) + ridge)
    progress("Solving for what people's titles lead to", 0.2)
    _invert_lower(matrix)
    progress("Keeping the strongest weights", 0.9)
    return list(_strongest_rows(matrix, keep))


def user_weights(likes: sparse.csr_matrix) -> NDArray[np.float32]:
    """|u|^-½ for a user with |u| likes, 0 for one without."""
    counts = np.asarray(likes.sum(axis=1), dtype=np.float32).ravel()
    weights: NDArray[np.float32] = np.divide(1, np.sqrt(counts), out=np.zeros_like(counts), where=counts > 0)
    return weights


def weighted_gram(
    values: sparse.csr_matrix, weights: NDArray[np.float32], progress: Callable[[str, float], None]
) -> Matrix:
    """G = Σ weight · xᵀx over the users' rows x, dense and in Fortran order, filled by blocks to keep memory low."""
    columns = values.tocsc()
    transposed = (sparse.diags(weights) @ values).T.tocsr()
    items = values.shape[1]
    gram = np.zeros((items, items), dtype=np.float32, order="F")
    for start in range(0, items, _BLOCK):
        progress("Counting which titles go together", start / items)
        gram[:, start : start + _BLOCK] = (transposed @ columns[:, start : start + _BLOCK]).toarray()
    return gram


def inverse(matrix: Matrix) -> Matrix:
    """The inverse of a symmetric positive definite matrix, which is overwritten. Raises SingularGramError."""
    _invert_lower(matrix)
    full: Matrix = np.tril(matrix)
    full += np.tril(matrix, -1).T
    return full


def strongest_rows(matrix: Matrix, keep: int) -> list[Entries]:
    """The `keep` entries of each row with the largest absolute weights, in the order of their columns."""
    return [strongest(row, keep) for row in matrix]


def _invert_lower(matrix: Matrix) -> None:
    """Replace the lower triangle by that of the inverse (Cholesky)."""
    _, failed = lapack.spotrf(matrix, lower=1, clean=0, overwrite_a=1)
    if failed:
        raise SingularGramError(f"the matrix is not positive definite at row {failed}")
    _, failed = lapack.spotri(matrix, lower=1, overwrite_c=1)
    if failed:
        raise SingularGramError(f"the matrix is singular at row {failed}")


def _strongest_rows(matrix: Matrix, keep: int) -> Iterator[Entries]:
    """The strongest entries of each row of B, read from the lower triangle of P."""
    diagonal = matrix.diagonal().copy()
    size = len(matrix)
    for start in range(0, size, _BLOCK):
        end = min(start + _BLOCK, size)
        block = np.empty((end - start, size), dtype=np.float32)
        block[:, :start] = matrix[start:end, :start]
        corner = np.tril(matrix[start:end, start:end])
        block[:, start:end] = corner + np.tril(corner, -1).T
        block[:, end:] = matrix[end:, start:end].T
        block /= -diagonal
        for place in range(end - start):
            block[place, start + place] = 0
            yield strongest(block[place], keep)
