"""How far a person wants to leave the beaten track: what is widely known loses in proportion to its fame."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final

from .artifact import Model

# What a standard deviation of fame below the mean brings, of what one above costs: who wants the lesser known wants
# what suits them of it, not the least known.
_WORTH_OF_OBSCURITY: Final = 0.1


@dataclass(frozen=True, slots=True)
class Novelty:
    """Rank scores with the price of fame taken off; `price` is what one standard deviation of fame costs."""

    scores: Mapping[int, float]
    price: float

    def part(self, fame: float) -> float:
        """What novelty adds to the score of a title of this `fame`, in standard deviations; mostly below 0."""
        return -self.price * (fame if fame > 0 else _WORTH_OF_OBSCURITY * fame)


def novel(model: Model, relevance: Mapping[int, float], novelty: float) -> Novelty:
    """The scores of `relevance` for a wish of `novelty`, 0 (as they are) to 1 (hardly anything well known).

    At 1 a standard deviation of fame costs all that the best score leads the mean by; the price rises with the square
    of the wish, so that small wishes change little.
    """
    if novelty == 0 or not relevance:
        return Novelty(relevance, 0.0)
    lead = max(relevance.values()) - fmean(relevance.values())
    wish = Novelty({}, novelty**2 * lead)
    fame = model.standing.fame
    return replace(wish, scores={i: score + wish.part(fame[i]) for i, score in relevance.items()})
