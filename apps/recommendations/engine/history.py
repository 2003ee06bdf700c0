"""The person's own titles, as the model knows them."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .answers import Liked, Verb
from .artifact import Model

_LARGEST_WEIGHT = 3.0
_FAVOURITE_WEIGHT = 1.0
_LONGEST_NAME = 5  # commas a title may contain: "The Good, the Bad and the Ugly"
_YEAR_AT_END = re.compile(r"^(.*?)\s*\((\d{4})\)$")


@dataclass(frozen=True, slots=True)
class Known:
    """A title of the person's own that the model has, by its place there."""

    index: int
    weight: float
    verb: Verb


def known_titles(model: Model, history: Sequence[Liked], favourites: Sequence[str]) -> list[Known]:
    """The titles of `history` and the named `favourites` that the model has, each once, ordered by title.

    Where a title comes several times, the entry with the largest weight counts. Weights that are not finite or 0
    say nothing and are passed over; a weight of 0 keeps a named favourite from counting as well.
    """
    found, silenced = [], set()
    for liked in history:
        place = model.place(liked.key)
        if place is None or not math.isfinite(liked.weight):
            continue
        if liked.weight:
            found.append(Known(place, max(-_LARGEST_WEIGHT, min(_LARGEST_WEIGHT, liked.weight)), liked.verb))
        else:
            silenced.add(place)
    found += [Known(i, _FAVOURITE_WEIGHT, "liked") for i in named_titles(model, favourites) if i not in silenced]
    strongest: dict[int, Known] = {}
    for known in found:
        rival = strongest.get(known.index)
        if rival is None or abs(known.weight) > abs(rival.weight):
            strongest[known.index] = known
    return [strongest[index] for index in sorted(strongest)]


def named_titles(model: Model, names: Sequence[str]) -> list[int]:
    """The best known title for each name; neighbouring parts are joined where a title has commas of its own."""
    found: list[int] = []
    at = 0
    while at < len(names):
        for length in range(min(_LONGEST_NAME, len(names) - at), 0, -1):
            index = _named(model, ", ".join(names[at : at + length]))
            if index is not None:
                found.append(index)
                at += length
                break
        else:
            at += 1
    return found


def _named(model: Model, name: str) -> int | None:
    candidates = model.named(name)
    dated = _YEAR_AT_END.match(name)
    if not candidates and dated:
        candidates = [i for i in model.named(dated.group(1)) if model.titles[i].year == int(dated.group(2))]
    return candidates[0] if candidates else None
