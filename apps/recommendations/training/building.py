"""From likes and titles to the parts of a model."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from apps.recommendations.engine.artifact import (
    CONTENT,
    CONTENT_NEIGHBOURS,
    LIKES,
    RECENT,
    TITLES,
    Model,
    Operator,
    Trained,
)
from apps.recommendations.engine.titles import Title

from .edlae import HISTORY_CLASSES, KEPT_PER_ROW, HistoryClass, edlae
from .interactions import Interactions
from .neighbours import content_rows, cosine_rows
from .packing import Entries, PackedRows, pack

MOST_EXACT_TITLES = 20_000
LEAST_LIKES = 2
_TAIL_STRENGTH = 0.5
_RECENT_HALF_LIFE = 180 * 86_400.0

Progress = Callable[[str, float], None]


@dataclass
class Likes:
    """The likes of people (rows) for the titles of a catalogue (columns, in its order), with their times."""

    matrix: sparse.csr_matrix
    recent: NDArray[np.float64]

    @property
    def counts(self) -> NDArray[np.float64]:
        return np.asarray(self.matrix.sum(axis=0), dtype=np.float64).ravel()


@dataclass
class Parts:
    """Everything of a model but its version and report."""

    titles: list[Title]
    operators: list[tuple[HistoryClass, PackedRows]]
    content: PackedRows
    counts: NDArray[np.float64]
    recent: NDArray[np.float64]
    exact_titles: int

    def to_model(self, version: str) -> Model:
        """The model in memory, as if it had been written and loaded."""
        trained = Trained(
            operators=[Operator(one.history, rows.to_rows()) for one, rows in self.operators],
            content=self.content.to_rows(),
            likes=self.counts.tolist(),
            recent=self.recent.tolist(),
        )
        return Model(self.titles, version, trained)

    def to_files(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """The files of the model folder, and the manifest's entries about them."""
        lines = (json.dumps(title.to_json(), ensure_ascii=False) for title in self.titles)
        files = {
            TITLES: "".join(f"{line}\n" for line in lines).encode(),
            CONTENT: self.content.to_bytes(),
            LIKES: self.counts.astype("<f4").tobytes(),
            RECENT: self.recent.astype("<f4").tobytes(),
        }
        operators = []
        for one, rows in self.operators:
            name = f"operator-{'any' if one.history is None else one.history}.rows"
            files[name] = rows.to_bytes()
            operators.append({"history": one.history, "dropout": one.dropout, **_entry(name, rows)})
        facts = {
            "titles": len(self.titles),
            "operators": operators,
            "content": _entry(CONTENT, self.content),
        }
        return files, facts


def _entry(name: str, rows: PackedRows) -> dict[str, Any]:
    return {"file": name, "entries": len(rows.values), "index_bytes": rows.index_bytes}


def likes_of(interactions: Interactions, titles: Sequence[Title], users: NDArray[np.bool_] | None = None) -> Likes:
    """The likes (weight above 0) among `interactions` for `titles`; of the marked `users` only, if given."""
    places = {title.key: place for place, title in enumerate(titles)}
    columns = np.array([places.get(key, -1) for key in interactions.items], dtype=np.int64)
    kept = interactions.weights > 0
    if len(columns):
        kept &= columns[interactions.item_indices] >= 0
    if users is not None:
        kept &= users[interactions.user_indices]
    rows = interactions.user_indices[kept]
    item_columns = columns[interactions.item_indices[kept]] if len(columns) else np.zeros(0, dtype=np.int64)
    shape = (len(interactions.users), len(titles))
    matrix = sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, item_columns)), shape=shape)
    times = interactions.timestamps[kept]
    age = times.max() - times if len(times) else times
    fading = 0.5 ** (age / _RECENT_HALF_LIFE)
    recent = np.bincount(item_columns, weights=fading, minlength=len(titles)).astype(np.float64)
    return Likes(matrix, recent)


def build(likes: Likes, titles: Sequence[Title], progress: Progress, *, most_exact: int = MOST_EXACT_TITLES) -> Parts:
    """The parts of a model for `titles`, whose columns `likes` has."""
    counts = likes.counts
    liked = np.flatnonzero(counts >= LEAST_LIKES)
    exact = np.sort(liked[np.lexsort((liked, -counts[liked]))][:most_exact])
    operators = _operators(likes, exact, _scaled(progress, 0.0, 0.8)) if len(exact) > 1 else []
    content = pack(list(content_rows(titles, CONTENT_NEIGHBOURS, _scaled(progress, 0.8, 1.0))))
    return Parts(list(titles), operators, content, counts, likes.recent, len(exact) if operators else 0)


def _operators(likes: Likes, exact: NDArray[np.int64], progress: Progress) -> list[tuple[HistoryClass, PackedRows]]:
    core = likes.matrix[:, exact]
    tail = np.setdiff1d(np.flatnonzero(likes.counts > 0), exact)
    tail_rows = cosine_rows(likes.matrix, tail.tolist(), exact.tolist(), KEPT_PER_ROW)
    operators = []
    solutions = edlae(core, HISTORY_CLASSES, keep=KEPT_PER_ROW, progress=progress)
    for one, solved in zip(HISTORY_CLASSES, solutions, strict=True):
        rows: list[Entries | None] = [None] * likes.matrix.shape[1]
        strength = _mean_sum(solved)
        for item, (columns, weights) in zip(exact, solved, strict=True):
            rows[item] = (exact[columns], weights)
        for item, row in zip(tail, tail_rows, strict=True):
            rows[item] = _as_strong(exact, row, _TAIL_STRENGTH * strength)
        operators.append((one, pack(rows)))
    return operators


def _mean_sum(rows: Sequence[Entries]) -> float:
    return float(np.mean([np.abs(weights).sum() for _, weights in rows]))


def _as_strong(exact: NDArray[np.int64], row: Entries, strength: float) -> Entries:
    """A cosine row with its weights scaled to sum to `strength`, so that it speaks as loud as trained rows."""
    columns, weights = row
    total = float(weights.sum())
    return exact[columns], weights * np.float32(strength / total) if total > 0 else weights


def _scaled(progress: Progress, start: float, end: float) -> Progress:
    return lambda sentence, fraction: progress(sentence, start + (end - start) * fraction)
