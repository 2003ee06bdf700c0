"""From likes and titles to the parts of a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from apps.recommendations.engine.artifact import CONTENT_NEIGHBOURS, Model, Operator, Trained
from apps.recommendations.engine.scoring import FACTORS
from apps.recommendations.engine.titles import Title

from .checkpoints import Forgetful
from .edlae import Matrix, edlae, strongest_rows, user_weights
from .interactions import Interactions
from .lowrank import low_rank
from .neighbours import content_rows, cosine_rows
from .newcomers import fused
from .packing import Entries, PackedFactors, PackedRows, pack, pack_factors
from .sessions import Sessions, sessions
from .settings import DEFAULTS, Settings
from .values import LIKED_FROM, values_of
from .writing import PackedModel, PackedOperator

# Raised whenever the same data give other parts: what an older release kept of a training is then not taken.
METHOD = 1
MOST_EXACT_TITLES = 20_000
# People with few likes are led to well known titles: exact weights for those do, at a fraction of the time.
MOST_EXACT_FOR_NEWCOMERS = 5_000
KEPT_IN_TAIL = 50
LEAST_LIKES = 2
_TAIL_STRENGTH = 0.5
_RECENT_HALF_LIFE = 180 * 86_400.0

Progress = Callable[[str, float], None]
Tail = tuple[NDArray[np.int64], list[Entries]]


@dataclass
class Likes:
    """What people (rows) did with the titles of a catalogue (columns, in its order).

    `matrix` has 1 where a title is liked, `values` what each row is worth to training, also of titles watched without
    being liked, and `sessions` the same by stretches of time; `recent` is each title's number of likes, older ones
    counting less.
    """

    matrix: sparse.csr_matrix
    values: sparse.csr_matrix
    sessions: Sessions
    recent: NDArray[np.float64]

    @property
    def counts(self) -> NDArray[np.float64]:
        return np.asarray(self.matrix.sum(axis=0), dtype=np.float64).ravel()


@dataclass
class Parts:
    """Everything of a model but its version and report."""

    titles: list[Title]
    operators: list[PackedOperator]
    content: PackedRows
    counts: NDArray[np.float64]
    recent: NDArray[np.float64]
    exact_titles: int
    factors: PackedFactors | None = None

    def to_model(self, version: str) -> Model:
        """The model in memory, as if it had been written and loaded."""
        trained = Trained(
            operators=[Operator(one.history, one.rows.to_rows(), one.blend) for one in self.operators],
            content=self.content.to_rows(),
            likes=self.counts.tolist(),
            recent=self.recent.tolist(),
            factors={name: packed.to_factors() for name, packed in self._factors().items()},
        )
        return Model(self.titles, version, trained)

    def to_files(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """The files of the model folder, and the manifest's entries about them."""
        counts, recent = self.counts.tolist(), self.recent.tolist()
        return PackedModel(self.titles, counts, recent, self.operators, self.content, self._factors()).to_files()

    def _factors(self) -> dict[str, PackedFactors]:
        return {FACTORS: self.factors} if self.factors and self.factors.dimensions else {}


def likes_of(interactions: Interactions, titles: Sequence[Title], settings: Settings = DEFAULTS) -> Likes:
    """What `interactions` say of `titles`."""
    places = {title.key: place for place, title in enumerate(titles)}
    columns = np.array([places.get(key, -1) for key in interactions.items], dtype=np.int64)
    kept = np.ones(len(interactions), dtype=bool)
    if len(columns):
        kept &= columns[interactions.item_indices] >= 0
    rows = interactions.user_indices[kept]
    item_columns = columns[interactions.item_indices[kept]] if len(columns) else np.zeros(0, dtype=np.int64)
    weights, times = interactions.weights[kept], interactions.timestamps[kept]
    shape = (len(interactions.users), len(titles))
    liked = weights >= LIKED_FROM
    ones = np.ones(int(liked.sum()), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (rows[liked], item_columns[liked])), shape=shape)
    values = sparse.coo_matrix((values_of(weights, settings), (rows, item_columns)), shape=shape)
    fading = 0.5 ** ((times.max(initial=0.0) - times[liked]) / _RECENT_HALF_LIFE)
    recent = np.bincount(item_columns[liked], weights=fading, minlength=len(titles)).astype(np.float64)
    return Likes(matrix, values.tocsr(), sessions(values, times, settings.session_length), recent)


def build(
    likes: Likes,
    titles: Sequence[Title],
    progress: Progress,
    *,
    most_exact: int = MOST_EXACT_TITLES,
    kept: Forgetful | None = None,
    settings: Settings = DEFAULTS,
) -> Parts:
    """The parts of a model for `titles`, whose columns `likes` has; what `kept` holds is not computed again.

    `settings` are those that `likes_of` was given.
    """
    kept = kept or Forgetful()
    counts = likes.counts
    liked = np.flatnonzero(counts >= LEAST_LIKES)
    exact = liked[np.lexsort((liked, -counts[liked]))][:most_exact]
    operators: list[PackedOperator] = []
    factors = None
    if len(exact) > 1:
        operators = _operators(likes, exact, settings, kept, _scaled(progress, 0.0, 0.6))
    if operators and settings.factors_share:
        progress("Finding the directions in which tastes differ", 0.6)
        factors = kept.part("factors", PackedFactors, lambda: _factors(likes, settings))
    neighbours = _scaled(progress, 0.8, 1.0)
    content = kept.part("content", PackedRows, lambda: pack(content_rows(titles, CONTENT_NEIGHBOURS, neighbours)))
    return Parts(list(titles), operators, content, counts, likes.recent, len(exact) if operators else 0, factors)


def _factors(likes: Likes, settings: Settings) -> PackedFactors:
    values, weights = _evidence(likes, settings)
    found = low_rank(values, weights, likes.counts, rank=settings.rank, exponent=settings.popularity_exponent)
    return pack_factors(found.encoder, found.decoder)


def _evidence(likes: Likes, settings: Settings) -> tuple[sparse.csr_matrix, NDArray[np.float32]]:
    """The rows of the Gram matrices of long histories, and what each counts for: people, and stretches of their time.

    Every event is in two stretches, which share what a session counts for.
    """
    weights = user_weights(likes.matrix)
    if not settings.session_share:
        return likes.values, weights
    shared = np.float32(settings.session_share / 2) * weights[likes.sessions.users]
    stacked = sparse.vstack([likes.values, likes.sessions.values], format="csr")
    return stacked, np.concatenate([weights, shared])


def _operators(
    likes: Likes, exact: NDArray[np.int64], settings: Settings, kept: Forgetful, progress: Progress
) -> list[PackedOperator]:
    """The weights for each length of history; `exact` has the titles to solve for, the most liked first."""
    first, everything = np.sort(exact[:MOST_EXACT_FOR_NEWCOMERS]), np.sort(exact)

    @cache
    def newcomers() -> list[Matrix]:
        return fused(likes.matrix[:, first], settings.mixtures, _scaled(progress, 0.0, 0.3))

    @cache
    def tail_of_first() -> Tail:
        return _tail(likes, first)

    def short(number: int) -> PackedRows:
        solved = strongest_rows(newcomers()[number], settings.kept_per_row)
        return _with_tail(likes, first, solved, tail_of_first())

    def long() -> PackedRows:
        values, weights = _evidence(likes, settings)
        solved = edlae(
            values[:, everything],
            weights,
            dropout=settings.dropout,
            ridge=settings.ridge,
            keep=settings.kept_per_row,
            progress=_scaled(progress, 0.3, 1.0),
        )
        return _with_tail(likes, everything, solved, _tail(likes, everything))

    operators = [
        PackedOperator(one.history, kept.part(f"operator-{one.history}", PackedRows, partial(short, number)))
        for number, one in enumerate(settings.mixtures)
    ]
    newcomers.cache_clear()
    tail_of_first.cache_clear()
    blend = {"factors": settings.factors_share}
    return [*operators, PackedOperator(None, kept.part("operator-any", PackedRows, long), blend)]


def _tail(likes: Likes, exact: NDArray[np.int64]) -> Tail:
    """The liked titles that are not `exact`, and for each its neighbours among these by cosine."""
    places = np.setdiff1d(np.flatnonzero(likes.counts > 0), exact)
    return places, cosine_rows(likes.matrix, places.tolist(), exact.tolist(), KEPT_IN_TAIL)


def _with_tail(likes: Likes, exact: NDArray[np.int64], solved: Sequence[Entries], tail: Tail) -> PackedRows:
    """The rows `solved` for the `exact` titles, and those of the rarely liked ones in the `tail`."""
    rows: list[Entries | None] = [None] * likes.matrix.shape[1]
    for item, (columns, weights) in zip(exact, solved, strict=True):
        rows[item] = (exact[columns], weights)
    strength = _mean_sum(solved)
    for item, row in zip(*tail, strict=True):
        rows[item] = _as_strong(exact, row, _TAIL_STRENGTH * strength)
    return pack(rows)


def _mean_sum(rows: Sequence[Entries]) -> float:
    return float(np.mean([np.abs(weights).sum() for _, weights in rows]))


def _as_strong(exact: NDArray[np.int64], row: Entries, strength: float) -> Entries:
    """A cosine row with its weights scaled to sum to `strength`, so that it speaks as loud as trained rows."""
    columns, weights = row
    total = float(weights.sum())
    return exact[columns], weights * np.float32(strength / total) if total > 0 else weights


def _scaled(progress: Progress, start: float, end: float) -> Progress:
    return lambda sentence, fraction: progress(sentence, start + (end - start) * fraction)
