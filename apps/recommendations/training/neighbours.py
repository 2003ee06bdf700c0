"""Neighbours for what EDLAE does not reach: titles with too few likes, and likeness by content."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from apps.recommendations.engine.facts import CONTENT_SHRINKAGE, content_facts, inverse_frequency
from apps.recommendations.engine.titles import Title

from .packing import Entries

_BLOCK = 512
_DENSE_FACTS = 128
_SAMPLE = 16
_COSINE_SHRINKAGE = 10.0


def cosine_rows(likes: sparse.csr_matrix, rows: Sequence[int], columns: Sequence[int], keep: int) -> list[Entries]:
    """For each item of `rows`, its `keep` nearest among `columns` by shrunk cosine of who liked them."""
    counts = np.asarray(likes.sum(axis=0)).ravel()
    by_item = likes.tocsc()
    targets = by_item[:, columns]
    target_norms = np.sqrt(counts[columns])
    found: list[Entries] = []
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        together = (by_item[:, block].T @ targets).tocsr()
        for place, item in enumerate(block):
            line = together[place]
            cosine = line.data / (math.sqrt(counts[item]) * target_norms[line.indices] + _COSINE_SHRINKAGE)
            found.append(_best(line.indices, cosine, keep))
    return found


def content_rows(titles: Sequence[Title], keep: int, progress: Callable[[str, float], None]) -> list[Entries]:
    """For each title its `keep` nearest by what it is about: the same likeness as `engine.facts.FactIndex.nearest`.

    Frequent facts, which nearly all pairs of titles share some of, are multiplied as a dense matrix; the many rare ones
    as a sparse one, whose product has few entries.
    """
    vectors = _content_vectors(titles)
    norms = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel()).astype(np.float32)
    order = np.argsort(-vectors.getnnz(axis=0), kind="stable")
    frequent = vectors[:, order[:_DENSE_FACTS]].toarray()
    rare = vectors[:, order[_DENSE_FACTS:]].tocsr()
    rare_by_fact = rare.T.tocsr()
    found: list[Entries] = []
    for start in range(0, len(titles), _BLOCK):
        progress("Comparing what titles are about", start / len(titles))
        block = slice(start, start + _BLOCK)
        likeness = frequent[block] @ frequent.T
        shared = (rare[block] @ rare_by_fact).tocoo()
        likeness[shared.row, shared.col] += shared.data
        likeness /= norms[block, None] * norms + np.float32(CONTENT_SHRINKAGE)
        places = np.arange(len(likeness))
        likeness[places, start + places] = 0  # a title is not its own neighbour
        found += _best_of_rows(likeness, keep)
    return found


def _best_of_rows(likeness: NDArray[np.float32], keep: int) -> list[Entries]:
    """For each dense row its `keep` largest entries above 0, ties by column, in the order of their columns.

    A sample of the columns tells above what the largest must lie, so that only few entries have to be sorted.
    """
    thresholds = np.zeros(len(likeness), dtype=np.float32)
    sample = likeness[:, ::_SAMPLE]
    expected = 2 * keep // _SAMPLE + 1  # twice as many as wanted, on average
    if sample.shape[1] > expected:
        thresholds = np.maximum(0, np.partition(sample, -expected, axis=1)[:, -expected])
        few = (likeness > thresholds[:, None]).sum(axis=1) < keep
        thresholds[few] = 0
    rows, columns = np.nonzero(likeness > thresholds[:, None])
    cuts = np.searchsorted(rows, np.arange(1, len(likeness)))
    return [_best(row, likeness[i, row], keep) for i, row in enumerate(np.split(columns, cuts))]


def _content_vectors(titles: Sequence[Title]) -> sparse.csr_matrix:
    contents = [content_facts(title) for title in titles]
    places: dict[str, int] = {}
    frequency: dict[str, int] = {}
    for content in contents:
        for fact in content:
            places.setdefault(fact, len(places))
            frequency[fact] = frequency.get(fact, 0) + 1
    entries = [
        (row, places[fact], kind * inverse_frequency(len(titles), frequency[fact]))
        for row, content in enumerate(contents)
        for fact, kind in content.items()
    ]
    rows, columns, weights = zip(*entries, strict=True) if entries else ((), (), ())
    shape = (len(titles), max(1, len(places)))
    return sparse.csr_matrix((np.array(weights, dtype=np.float32), (rows, columns)), shape=shape)


def _best(indices: np.ndarray, likeness: np.ndarray, keep: int) -> Entries:
    """The `keep` largest, ties by index, in the order of their indices."""
    order = np.lexsort((indices, -likeness))[:keep]
    order = order[np.argsort(indices[order])]
    return indices[order].astype(np.int64), likeness[order].astype(np.float32)
