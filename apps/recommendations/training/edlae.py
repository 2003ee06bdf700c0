"""Item-item weights by EDLAE, the linear autoencoder with emphasised dropout (Steck, NeurIPS 2020).

With the Gram matrix G of the likes, dropout p and Λ = p/(1-p) · diag(G) + λI, the weights in closed form are

    P = (G + Λ)⁻¹,   B = I - P · diag(P)⁻¹

whose diagonal is 0. Each user counts with |u|^-½ in G, so that those who like everything do not drown the others. High
dropout suits people with few likes, low dropout those with many; hence one operator for each class of history lengths.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from .packing import Entries, strongest

Matrix = NDArray[np.float32]

_BLOCK = 256


class SingularGramError(ArithmeticError):
    """The regularised Gram matrix could not be inverted."""


@dataclass(frozen=True, slots=True)
class HistoryClass:
    """People with up to `history` likes (None: any number), and the dropout and ridge λ that suit them."""

    history: int | None
    dropout: float
    ridge: float


HISTORY_CLASSES = (HistoryClass(5, 0.95, 60.0), HistoryClass(15, 0.9, 30.0), HistoryClass(None, 0.5, 20.0))
KEPT_PER_ROW = 200


def edlae(
    likes: sparse.csr_matrix,
    classes: Sequence[HistoryClass],
    *,
    keep: int,
    progress: Callable[[str, float], None],
) -> Iterator[list[Entries]]:
    """For each class, the `keep` strongest weights of each item's row of B.

    `likes` is users x items, 1 where liked. One items x items float32 matrix is held: LAPACK works in its lower
    triangle, and the upper one keeps G for the next class.
    """
    matrix = weighted_gram(likes, progress)
    diagonal = matrix.diagonal().copy()
    for number, one in enumerate(classes):
        progress(f"Solving for people with {_people(one)}", number / len(classes))
        if number:
            _mirror_upper(matrix)
        penalty = one.dropout / (1 - one.dropout) * diagonal + one.ridge
        np.fill_diagonal(matrix, diagonal + penalty)
        _invert_lower(matrix)
        progress(f"Keeping the strongest weights for {_people(one)}", (number + 0.7) / len(classes))
        yield list(_strongest_rows(matrix, keep))


def _people(one: HistoryClass) -> str:
    return "longer histories" if one.history is None else f"up to {one.history} likes"


def weighted_gram(likes: sparse.csr_matrix, progress: Callable[[str, float], None]) -> Matrix:
    """G with users weighted by |u|^-½, dense and in Fortran order, filled block by block to keep memory low."""
    counts = np.asarray(likes.sum(axis=1)).ravel()
    weights = np.divide(1, np.sqrt(counts), out=np.zeros_like(counts, dtype=np.float32), where=counts > 0)
    weighted = sparse.diags(weights.astype(np.float32)) @ likes
    columns = likes.tocsc()
    transposed = weighted.T.tocsr()
    items = likes.shape[1]
    gram = np.zeros((items, items), dtype=np.float32, order="F")
    for start in range(0, items, _BLOCK):
        progress("Counting which titles are liked together", start / items)
        gram[:, start : start + _BLOCK] = (transposed @ columns[:, start : start + _BLOCK]).toarray()
    return gram


def _mirror_upper(matrix: Matrix) -> None:
    """Copy the upper triangle onto the lower one, block by block."""
    size = len(matrix)
    for start in range(0, size, _BLOCK):
        end = min(start + _BLOCK, size)
        corner = np.triu(matrix[start:end, start:end], 1)
        np.fill_diagonal(matrix[start:end, start:end], 0)
        matrix[start:end, start:end] = corner + corner.T
        matrix[end:, start:end] = matrix[start:end, end:].T


def _invert_lower(matrix: Matrix) -> None:
    """Replace the lower triangle by that of the inverse (Cholesky); the strict upper triangle stays."""
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
