"""How far a person wants to leave the beaten track: what is widely known loses in proportion to its fame."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final

from .artifact import Model
from .scoring import Scored

# What a standard deviation of fame below the mean brings, of what one above costs: who wants the lesser known wants
# what suits them of it, not the least known.
_WORTH_OF_OBSCURITY: Final = 0.1
_SURCHARGE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Novelty:
    """Rank scores with the price of fame taken off.

    `price` is what one standard deviation of fame costs, and `surcharge` what the square of one costs.
    """

    scores: Mapping[int, float]
    price: float
    surcharge: float = 0.0

    def part(self, fame: float) -> float:
        """What novelty adds to the score of a title of this `fame`, in standard deviations; mostly below 0."""
        if fame <= 0:
            return -self.price * _WORTH_OF_OBSCURITY * fame
        return -fame * (self.price + self.surcharge * fame)


def novel(model: Model, scored: Scored, novelty: float) -> Novelty:
    """The scores for a wish of `novelty`, 0 (as they are) to 1 (hardly anything well known).

    At 1 a standard deviation of fame costs all that the best score leads the mean by. For somebody of whom little is
    known fame is most of the score; a surcharge on its square moves the best of it from the most famous titles down to
    a quarter of a standard deviation above the mean. Both rise with the square of the wish, so that small wishes change
    little.
    """
    relevance = scored.relevance
    if novelty == 0 or not relevance:
        return Novelty(relevance, 0.0)
    lead = max(relevance.values()) - fmean(relevance.values())
    wish = Novelty({}, novelty**2 * lead, _SURCHARGE * novelty**2 * scored.weights.fame)
    fame = model.standing.fame
    return replace(wish, scores={i: score + wish.part(fame[i]) for i, score in relevance.items()})
