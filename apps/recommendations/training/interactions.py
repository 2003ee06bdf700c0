"""Who liked what, when: the only thing about people that training sees."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.recommendations.engine.titles import TitleKey


@dataclass
class Interactions:
    """Rows of (user, item, weight, time) as four arrays of one length; users and items by place in their lists.

    A weight from `values.LIKED_FROM` on is a like; the time is in seconds since the epoch.
    """

    users: list[str]
    items: list[TitleKey]
    user_indices: NDArray[np.int32]
    item_indices: NDArray[np.int32]
    weights: NDArray[np.float32]
    timestamps: NDArray[np.float64]

    @classmethod
    def from_events(cls, events: Iterable[tuple[str, TitleKey, float, float]]) -> "Interactions":
        """Interactions from (user id, title key, weight, timestamp); of one user's events on a title the latest counts.

        Users and items come out sorted, so the order of `events` does not matter. Events with a weight or time
        that is not finite are passed over.
        """
        latest: dict[tuple[str, TitleKey], tuple[float, float]] = {}
        for user, key, weight, timestamp in events:
            if not (math.isfinite(weight) and math.isfinite(timestamp)):
                continue
            event = (timestamp, weight)
            if event >= latest.get((user, key), event):
                latest[user, key] = event
        users = sorted({user for user, _ in latest})
        items = sorted({key for _, key in latest})
        user_places = {user: place for place, user in enumerate(users)}
        item_places = {key: place for place, key in enumerate(items)}
        ordered = sorted(latest.items())
        return cls(
            users=users,
            items=items,
            user_indices=np.array([user_places[user] for (user, _), _ in ordered], dtype=np.int32),
            item_indices=np.array([item_places[key] for (_, key), _ in ordered], dtype=np.int32),
            weights=np.array([weight for _, (_, weight) in ordered], dtype=np.float32),
            timestamps=np.array([timestamp for _, (timestamp, _) in ordered], dtype=np.float64),
        )

    def __len__(self) -> int:
        return len(self.weights)
