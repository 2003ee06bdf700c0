"""The rank score of a title: what the person's own titles, their answers and everybody's opinion add up to.

Two stages. First the contenders are found: whatever the person's titles lead to, the best known titles, and the
best known with each fact the person asked for; in a small catalogue that is every allowed title. Then each
contender gets its full score, a plain sum of terms, so that reasons can be read off it:

    personal · a  +  content · b  +  fame · c  +  quality · d  +  taste · e

a and b divide by the root mean square over the catalogue, as fame and quality are z-scores. The weights depend on
k, the number of liked titles: evidence of a person's own counts more the more there is.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import mul

from .artifact import Model
from .history import Known
from .rows import Rows
from .signals import Signal

_ALL_ARE_CONTENDERS = 4_000
_BEST_KNOWN = 1_000
_WITH_WANTED_FACTS = 2_000
_LEAST_PER_FACT = 40
_ENOUGH = 1_500


@dataclass(frozen=True, slots=True)
class Weights:
    """What one unit of each kind of evidence weighs."""

    personal: float
    content: float
    fame: float
    quality: float
    taste: float


@dataclass(frozen=True, slots=True)
class Scored:
    """Contenders with their rank scores, and what is needed to take a score apart again."""

    relevance: dict[int, float]
    weights: Weights
    rows: Rows | None


def score(model: Model, known: Sequence[Known], signals: Sequence[Signal], allowed: bytearray) -> Scored:
    """The rank scores of the titles that can come into question among those `allowed`."""
    likes = sum(1 for one in known if one.weight > 0)
    operator = model.operator(max(1, likes))
    rows = operator.rows if operator else None
    personal, led_to = _spread(model, known, rows)
    content, alike = _content(model, known)
    weights = _weights(likes, _deviation(personal, led_to), _deviation(content, alike), answered=bool(signals))
    wanted = _merged(signals)
    asked = frozenset(wanted)
    contenders = _contenders(model, allowed, ((personal, led_to), (content, alike)), wanted)
    fame, quality, facts = model.standing.fame, model.standing.quality, model.facts.of
    relevance = {
        i: weights.personal * personal[i]
        + weights.content * content[i]
        + weights.fame * fame[i]
        + weights.quality * quality[i]
        + weights.taste * taste_points(wanted, asked, facts[i])
        for i in contenders
    }
    return Scored(relevance, weights, rows)


def taste_points(wanted: Mapping[str, float], asked: frozenset[str], facts: frozenset[str]) -> float:
    """The weights of the facts `asked` for (the keys of `wanted`) among `facts`.

    Summed by fsum: sets have no order, and the rounding of a plain sum would depend on it.
    """
    return math.fsum(map(wanted.__getitem__, asked & facts)) if wanted else 0.0


def _merged(signals: Iterable[Signal]) -> dict[str, float]:
    wanted: dict[str, float] = {}
    for signal in signals:
        for fact, weight in signal.facts.items():
            wanted[fact] = wanted.get(fact, 0.0) + weight
    return wanted


def _spread(model: Model, known: Sequence[Known], rows: Rows | None) -> tuple[list[float], set[int]]:
    """The exact sum of trained weights over the person's titles, and the titles it touched."""
    totals = [0.0] * len(model.titles)
    touched: set[int] = set()
    if rows is not None:
        for one in known:
            touched.update(rows.add_row(totals, one.index, one.weight))
    return totals, touched


def _content(model: Model, known: Sequence[Known]) -> tuple[list[float], set[int]]:
    totals = [0.0] * len(model.titles)
    touched: set[int] = set()
    for one in known:
        touched.update(model.add_content(totals, one.index, one.weight))
    return totals, touched


def _deviation(totals: Sequence[float], touched: Iterable[int]) -> float:
    """The root mean square over all titles (those not touched are 0)."""
    values = [totals[i] for i in touched]
    return math.sqrt(sum(map(mul, values, values)) / len(totals)) if totals else 0.0


def _weights(likes: int, personal: float, content: float, *, answered: bool) -> Weights:
    """The schedule over k likes, measured on held-out people with 1, 2, 3, 10 and all of their likes.

    Beside trained evidence fame weighs 2/k + ½/k² and content √k/(k+1): the first likes say little by
    themselves, and later ones crowd both out. Without it content leads.
    """
    k = max(1, likes)
    trained = personal > 0
    own = trained or content > 0
    content_weight = math.sqrt(k) / (k + 1) if trained else 0.9
    fame = (2 / k + 0.5 / k**2 if trained else max(0.4, 1.0 / k)) if own else (0.7 if answered else 1.0)
    return Weights(
        personal=1 / personal if trained else 0.0,
        content=content_weight / content if content > 0 else 0.0,
        fame=fame,
        quality=fame / 2,
        taste=0.5 + 1.0 / math.sqrt(k) if own else 1.5,
    )


def _contenders(
    model: Model,
    allowed: bytearray,
    evidence: Iterable[tuple[Sequence[float], set[int]]],
    wanted: Mapping[str, float],
) -> list[int]:
    if allowed.count(1) <= _ALL_ARE_CONTENDERS:
        return [i for i, free in enumerate(allowed) if free]
    found: set[int] = set()
    for totals, touched in evidence:
        found.update(_promising(totals, (i for i in touched if allowed[i])))
    found.update(islice((i for i in model.facts.by_fame if allowed[i]), _BEST_KNOWN))
    drawn_to = [fact for fact, weight in wanted.items() if weight > 0]
    for fact in drawn_to:
        having = (i for i in model.facts.titles_with(fact) if allowed[i])
        found.update(islice(having, max(_LEAST_PER_FACT, _WITH_WANTED_FACTS // len(drawn_to))))
    return sorted(found)


def _promising(totals: Sequence[float], touched: Iterable[int]) -> list[int]:
    """The titles of positive evidence, those below average left out until they are few enough."""
    positive = [i for i in touched if totals[i] > 0]
    while len(positive) > _ENOUGH:
        mean = sum(totals[i] for i in positive) / len(positive)
        above = [i for i in positive if totals[i] > mean]
        if not above:
            break
        positive = above
    return positive
