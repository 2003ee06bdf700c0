"""A rank score taken apart: the terms of the sum with their weights, and what each of the person's titles adds.

`reasons.py` reads off it what is worth telling; here is all of it, for those who look after the recommender.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .artifact import Model
from .reasons import terms_of
from .recommend import Ranking
from .scoring import Scored, factor_scores, merged, taste_points
from .signals import Signal
from .titles import TitleKey

Kind = Literal["personal", "content", "fame", "quality", "factors", "taste", "novelty"]


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a score: `value` of evidence at a `weight` each. What novelty adds has no weight of its own."""

    kind: Kind
    weight: float
    value: float

    @property
    def contribution(self) -> float:
        """What it adds to the score."""
        return self.weight * self.value


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One title's score, 0 at the start and each term added in turn: the very floating-point sum of the ranking.

    `trained` and `content` are what the person's titles add by the trained weights and factors, and by content;
    `answers` is what each answer of the questionnaire adds. They are the same terms from another side, so that their
    sums can differ from these by a rounding.
    """

    place: int
    score: float
    terms: tuple[Term, ...]
    trained: tuple[tuple[TitleKey, float], ...]
    content: tuple[tuple[TitleKey, float], ...]
    answers: tuple[tuple[str, float], ...]


def broken_down(model: Model, ranked: Ranking) -> list[Breakdown]:
    """The score of each title of a ranking, in its order."""
    scored = ranked.scored
    wanted = merged(ranked.wanted)
    factors = factor_scores(scored.evidence, ranked.places)
    own = terms_of(model, ranked.places, scored)
    return [
        Breakdown(
            place=i,
            score=ranked.novelty.scores[i],
            terms=tuple(_terms(model, i, ranked, wanted, factors)),
            trained=_by_title(model, own[i].trained),
            content=_by_title(model, own[i].content),
            answers=tuple(_by_answer(ranked.wanted, model.facts.of[i], scored)),
        )
        for i in ranked.places
    ]


def _terms(
    model: Model, i: int, ranked: Ranking, wanted: Mapping[str, float], factors: Mapping[int, float]
) -> Iterator[Term]:
    """In the order in which the ranking adds them up."""
    weights, evidence, standing = ranked.scored.weights, ranked.scored.evidence, model.standing
    yield Term("personal", weights.personal, evidence.personal.get(i, 0.0))
    yield Term("content", weights.content, evidence.content.get(i, 0.0))
    yield Term("fame", weights.fame, standing.fame[i])
    yield Term("quality", weights.quality, standing.quality[i])
    if weights.factors:
        yield Term("factors", weights.factors, factors.get(i, 0.0))
    if wanted:
        yield Term("taste", weights.taste, taste_points(wanted, frozenset(wanted), model.facts.of[i]))
    if ranked.novelty.price or ranked.novelty.surcharge:
        yield Term("novelty", 1.0, ranked.novelty.part(standing.fame[i]))


def _by_title(model: Model, terms: Sequence[tuple[float, int, object]]) -> tuple[tuple[TitleKey, float], ...]:
    strongest = sorted(terms, key=lambda term: (-abs(term[0]), term[1]))
    return tuple((model.key(index), added) for added, index, _ in strongest)


def _by_answer(signals: Sequence[Signal], facts: frozenset[str], scored: Scored) -> Iterator[tuple[str, float]]:
    for signal in signals:
        points = signal.points(facts)
        if points:
            yield signal.text or signal.kind, scored.weights.taste * points
