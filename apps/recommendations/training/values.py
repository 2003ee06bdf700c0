"""What each row of a person's history is worth to training.

The weights of `Interactions` say what a row means: a favourite or a high rating is .8 to 1, the watchlist .4, a title
watched without a word on it .3 or 0, one turned down unseen above -.5, a low rating -.5 or below. A low rating still
says that the title was chosen and watched, and held out people are found better by counting it in part
(`evaluate_recommender` shows by how much); being turned down unseen speaks against.
"""

import numpy as np
from numpy.typing import NDArray

from .settings import Settings

LIKED_FROM = 0.4


def values_of(weights: NDArray[np.float32], settings: Settings) -> NDArray[np.float32]:
    """The value of each row for the matrices that training solves: 1 for a like, less for weaker evidence."""
    kinds = [weights >= 0.8, weights >= LIKED_FROM, weights >= 0, weights > -0.5]
    worth = [1.0, settings.wanted, settings.watched, settings.turned_down]
    values: NDArray[np.float32] = np.select(kinds, worth, settings.disliked).astype(np.float32)
    return values
