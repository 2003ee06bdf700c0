"""The rank score of a title: what the person's own titles, their answers and everybody's opinion add up to.

Two stages. First the contenders are found: the titles that the trained weights of the person's own lead to most, the
most alike in content, the best known, and the best known with each fact the person asked for; in a small catalogue that
is every allowed title. Then each contender gets its full score, a plain sum of terms, so that reasons can be read off
it:

    personal · a  +  factors · b  +  content · c  +  fame · d  +  quality · e  +  taste · f

a and c divide by the root mean square over a catalogue of the usual size, as fame and quality are z-scores. b brings
the factors to the spread that the personal term has among its best titles, times the weight that training found. The
weights depend on k, the number of liked titles: evidence of a person's own counts more the more there is.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from .artifact import Model
from .factors import Factors
from .history import Known
from .rows import Rows
from .signals import Signal

# A title's vectors in the model: the low-rank part that re-ranks what the sparse weights find.
FACTORS: Final = "lowrank"

_ALL_ARE_CONTENDERS = 600
_BEST_PERSONAL = 200
_BEST_ALIKE = 100
_BEST_KNOWN = 200
_FAME_HELPS_UNTIL = 15  # likes; beyond, what a person's titles lead to is enough
_WITH_WANTED_FACTS = 1_000
_LEAST_PER_FACT = 20
_OF_A_THEME = 60
_OF_ALL_DEGREES = 300
# Entries read in all: long histories need fewer neighbours of each title, and the strongest come first.
_MOST_ENTRIES, _LEAST_OF_ROW = 8_000, 60
_MOST_ALIKE, _LEAST_ALIKE = 1_500, 5
_SAMPLE = 16
_USUAL_TITLES = 4_000  # where the schedule of weights was measured
# What an answer of the questionnaire weighs where nothing else is known, and beside the person's own titles.
_TASTE_ALONE, _TASTE_BESIDE = 1.5, 2.5


@dataclass(frozen=True, slots=True)
class Weights:
    """What one unit of each kind of evidence weighs."""

    personal: float
    factors: float
    content: float
    fame: float
    quality: float
    taste: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a person's own titles say, and how much of each title's neighbours was read.

    `factors_share` is what the factors weigh beside the rows once both are brought to the same spread.
    """

    known: Sequence[Known]
    rows: Rows | None
    most: int
    most_alike: int
    factors: Factors | None
    factors_share: float
    vector: Sequence[float]
    personal: Mapping[int, float]
    content: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Scored:
    """Contenders with their rank scores, and what is needed to take a score apart again."""

    relevance: dict[int, float]
    weights: Weights
    evidence: Evidence


def score(
    model: Model,
    known: Sequence[Known],
    signals: Sequence[Signal],
    allowed: bytes,
    themes: Sequence[str] = (),
    *,
    lesser_known: bool = False,
) -> Scored:
    """The rank scores of the titles that can come into question among those `allowed`.

    The best known titles with each of the facts `themes` are scored too, whatever speaks for them, and where
    `lesser_known` a selection from all degrees of fame.
    """
    likes = sum(1 for one in known if one.weight > 0)
    evidence = _evidence(model, known, likes)
    personal, content = evidence.personal, evidence.content
    best = _best(personal, allowed, _BEST_PERSONAL)
    wanted = merged(signals)
    contenders = _contenders(model, allowed, best, content, wanted, likes)
    if themes or lesser_known:
        more = _of_all_degrees(model, allowed) if lesser_known else ()
        contenders = sorted({*contenders, *_of_themes(model, allowed, themes), *more})
    factors = factor_scores(evidence, contenders)
    unit = _root_mean_square(personal)
    ratio = evidence.factors_share * _ratio_of_spreads(best, personal, factors) if unit else 0.0
    weights = _weights(likes, unit, ratio, _root_mean_square(content), answered=bool(signals))
    return Scored(_sums(model, contenders, evidence, factors, weights, wanted), weights, evidence)


def _sums(
    model: Model,
    contenders: Iterable[int],
    evidence: Evidence,
    factors: Mapping[int, float],
    weights: Weights,
    wanted: Mapping[str, float],
) -> dict[int, float]:
    personal, content = evidence.personal, evidence.content
    fame, quality = model.standing.fame, model.standing.quality
    relevance = {
        i: weights.personal * personal.get(i, 0.0)
        + weights.content * content.get(i, 0.0)
        + weights.fame * fame[i]
        + weights.quality * quality[i]
        for i in contenders
    }
    if weights.factors:
        for i, value in factors.items():
            relevance[i] += weights.factors * value
    if wanted:
        asked, facts = frozenset(wanted), model.facts.of
        for i in relevance:
            relevance[i] += weights.taste * taste_points(wanted, asked, facts[i])
    return relevance


def taste_points(wanted: Mapping[str, float], asked: frozenset[str], facts: frozenset[str]) -> float:
    """The weights of the facts `asked` for (the keys of `wanted`) among `facts`.

    Summed by fsum: sets have no order, and the rounding of a plain sum would depend on it.
    """
    return math.fsum(map(wanted.__getitem__, asked & facts)) if wanted else 0.0


def merged(signals: Iterable[Signal]) -> dict[str, float]:
    """What each fact weighs in all the answers together."""
    wanted: dict[str, float] = {}
    for signal in signals:
        for fact, weight in signal.facts.items():
            wanted[fact] = wanted.get(fact, 0.0) + weight
    return wanted


def _evidence(model: Model, known: Sequence[Known], likes: int) -> Evidence:
    operator = model.operator(max(1, likes))
    sources = [(one.index, one.weight) for one in known]
    shown = max(1, len(sources))
    most = max(_LEAST_OF_ROW, _MOST_ENTRIES // shown)
    most_alike = max(_LEAST_ALIKE, _MOST_ALIKE // shown)
    share = operator.blend.get("factors", 0.0) if operator else 0.0
    factors = model.factors.get(FACTORS) if share else None
    return Evidence(
        known=known,
        rows=operator.rows if operator else None,
        most=most,
        most_alike=most_alike,
        factors=factors,
        factors_share=share,
        vector=factors.encode(sources) if factors and sources else (),
        personal=operator.rows.spread(sources, most) if operator else {},
        content=model.spread_content(sources, most_alike),
    )


def factor_scores(evidence: Evidence, contenders: Sequence[int]) -> dict[int, float]:
    """What the factors say of each of the contenders; nothing where they say nothing of this person."""
    if evidence.factors is None or not evidence.vector:
        return {}
    return dict(zip(contenders, evidence.factors.scores(evidence.vector, contenders), strict=True))


def _root_mean_square(totals: Mapping[int, float]) -> float:
    """Over a catalogue of the usual size, in which titles without an entry are 0.

    A row has as many entries in a small catalogue as in a large one, so that dividing by the true size would make
    the same evidence weigh more the more titles there are that it says nothing of.
    """
    return math.hypot(*totals.values()) / math.sqrt(_USUAL_TITLES) if totals else 0.0


def _ratio_of_spreads(best: Sequence[int], personal: Mapping[int, float], factors: Mapping[int, float]) -> float:
    """The standard deviation of `personal` over that of `factors` among the `best`, 0 where either does not vary."""
    if not factors or len(best) < 2:
        return 0.0
    return _spread([personal[i] for i in best]) / (_spread([factors[i] for i in best]) or math.inf)


def _spread(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.dist(values, [mean] * len(values)) / math.sqrt(len(values))


def _weights(likes: int, personal: float, ratio: float, content: float, *, answered: bool) -> Weights:
    """The schedule over k likes, measured on held-out people with 1, 2, 3, 5, 10 and all of their likes.

    `personal` and `content` are root mean squares, `ratio` what one unit of the factors is worth in personal ones.
    Beside trained evidence fame weighs 2/k^1.3, as the first likes say little by themselves, and content
    ¼ (1 - 1/2k): what people lead one another to says more. Without it content leads.
    """
    k = max(1, likes)
    trained = personal > 0
    own = trained or content > 0
    content_weight = 0.25 * (1 - 0.5 / k) if trained else 0.9
    fame = (2 / k**1.3 if trained else max(0.4, 1.0 / k)) if own else (0.7 if answered else 1.0)
    return Weights(
        personal=1 / personal if trained else 0.0,
        factors=ratio / personal if trained else 0.0,
        content=content_weight / content if content > 0 else 0.0,
        fame=fame,
        quality=fame / 2,
        taste=_TASTE_BESIDE * min(1.5, 0.6 + 1.6 / math.sqrt(k)) if own else _TASTE_ALONE,
    )


def _contenders(
    model: Model,
    allowed: bytes,
    best: Sequence[int],
    content: Mapping[int, float],
    wanted: Mapping[str, float],
    likes: int,
) -> list[int]:
    if allowed.count(1) <= _ALL_ARE_CONTENDERS:
        return [i for i, free in enumerate(allowed) if free]
    found = {*best, *_best(content, allowed, _BEST_ALIKE)}
    if likes <= _FAME_HELPS_UNTIL or len(found) < _BEST_KNOWN:
        found.update(islice((i for i in model.facts.by_fame if allowed[i]), _BEST_KNOWN))
    drawn_to = [fact for fact, weight in wanted.items() if weight > 0]
    for fact in drawn_to:
        having = (i for i in model.facts.titles_with(fact) if allowed[i])
        found.update(islice(having, max(_LEAST_PER_FACT, _WITH_WANTED_FACTS // len(drawn_to))))
    return sorted(found)


def _of_themes(model: Model, allowed: bytes, themes: Sequence[str]) -> Iterator[int]:
    for fact in themes:
        yield from islice((i for i in model.facts.titles_with(fact) if allowed[i]), _OF_A_THEME)


def _of_all_degrees(model: Model, allowed: bytes) -> Iterator[int]:
    """Allowed titles from the best known down to the least, evenly spread."""
    count = allowed.count(1)
    free = (i for i in model.facts.by_fame if allowed[i])
    return islice(free, 0, None, max(1, count // _OF_ALL_DEGREES))


def _best(totals: Mapping[int, float], allowed: bytes, count: int) -> list[int]:
    """The `count` allowed titles with the largest positive totals, best first; ties by place.

    A sample tells how large a total must be about, so that only few have to be sorted.
    """
    values = list(totals.values())
    threshold = 0.0
    if len(values) > 2 * count:
        sample = sorted(values[::_SAMPLE], reverse=True)
        threshold = max(0.0, sample[min(len(sample) - 1, 2 * count // _SAMPLE)])
    found = [i for i, total in totals.items() if total > threshold and allowed[i]]
    if len(found) < count and threshold > 0:
        found = [i for i, total in totals.items() if total > 0 and allowed[i]]
    found.sort(key=lambda i: (-totals[i], i))
    return found[:count]
