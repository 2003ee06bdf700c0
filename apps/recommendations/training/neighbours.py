"""Neighbours for what EDLAE does not reach: titles with too few likes, and likeness by content."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import sparse

from apps.recommendations.engine.facts import CONTENT_SHRINKAGE, content_facts, inverse_frequency
from apps.recommendations.engine.titles import Title

from .packing import Entries

_BLOCK = 512
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
    """For each title its `keep` nearest by what it is about: the same likeness as `engine.facts.ContentIndex`."""
    vectors = _content_vectors(titles)
    norms = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel())
    transposed = vectors.T.tocsr()
    found: list[Entries] = []
    for start in range(0, len(titles), _BLOCK):
        progress("Comparing what titles are about", start / len(titles))
        block = (vectors[start : start + _BLOCK] @ transposed).tocsr()
        for place in range(block.shape[0]):
            item = start + place
            indices = block.indices[block.indptr[place] : block.indptr[place + 1]]
            dots = block.data[block.indptr[place] : block.indptr[place + 1]]
            others = indices != item
            indices, dots = indices[others], dots[others]
            found.append(_best(indices, dots / (norms[item] * norms[indices] + CONTENT_SHRINKAGE), keep))
    return found


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
    return sparse.csr_matrix((np.array(weights, dtype=np.float64), (rows, columns)), shape=shape)


def _best(indices: np.ndarray, likeness: np.ndarray, keep: int) -> Entries:
    """The `keep` largest, ties by index, in the order of their indices."""
    order = np.lexsort((indices, -likeness))[:keep]
    order = order[np.argsort(indices[order])]
    return indices[order].astype(np.int64), likeness[order].astype(np.float32)
