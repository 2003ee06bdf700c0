"""Titles chosen near one another in time: what belongs together for somebody on an evening, and not only in a life.

A person's history, in the order of time, is cut into stretches of equal length, twice, the second time shifted by half
a stretch. Each stretch joins the Gram matrices as if it were a person of its own, so that two titles of a history count
the more the closer they came. Events of the same moment have no order and are shuffled; a history of a single moment,
as where a file has no times, says nothing of this and is left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_SEED = 19_951_117


@dataclass(frozen=True)
class Sessions:
    """Stretches of people's histories: their values (stretches x titles), and whose each is."""

    values: sparse.csr_matrix
    users: NDArray[np.int64]


def sessions(values: sparse.coo_matrix, times: NDArray[np.float64], length: int) -> Sessions:
    """The stretches of `length` events of the histories in `values` (users x titles), by the `times` of its entries."""
    shuffle = np.random.default_rng(_SEED).random(len(times))
    order = np.lexsort((shuffle, times, values.row))
    users, moments = values.row[order].astype(np.int64), times[order]
    starts = np.flatnonzero(np.diff(users, prepend=-1))
    lengths = np.diff(np.append(starts, len(users)))
    ends = starts + lengths - 1
    told = np.repeat(moments[starts] < moments[ends], lengths)
    place = np.arange(len(users)) - np.repeat(starts, lengths)
    parts = [
        _stretches(values, order[told], users[told], (place[told] + shift) // length) for shift in (0, length // 2)
    ]
    return Sessions(
        sparse.vstack([part.values for part in parts], format="csr"), np.concatenate([part.users for part in parts])
    )


def _stretches(
    values: sparse.coo_matrix, order: NDArray[np.int64], users: NDArray[np.int64], numbers: NDArray[np.int64]
) -> Sessions:
    most = int(numbers.max(initial=0)) + 1
    named, rows = np.unique(users * most + numbers, return_inverse=True)
    shape = (len(named), values.shape[1])
    matrix = sparse.csr_matrix((values.data[order], (rows, values.col[order])), shape=shape)
    return Sessions(matrix, named // most)
