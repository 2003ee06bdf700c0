"""The engine's one question and its two answers: `rank`, the order alone, and `recommend`, the order explained."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .answers import Answer, Liked, Reason, Recommendation, Request, Source
from .artifact import Model
from .filters import allowed_titles
from .history import Known, known_titles
from .novelty import Novelty, novel
from .reasons import explain
from .scoring import Scored, score
from .signals import Signal, signals
from .variety import varied

__all__ = ["Answer", "Liked", "Ranking", "Reason", "Recommendation", "Request", "rank", "ranking", "recommend"]

MOST_ITEMS = 100
_ENOUGH_FOR_A_MIX = 3
_NAMED_GENRE_IN_MIX = 2.0  # a genre named in the questionnaire counts as so many liked titles


@dataclass(frozen=True, slots=True)
class Ranking:
    """Places of titles in the order to show them, and what the order rests on."""

    places: list[int]
    scored: Scored
    novelty: Novelty
    known: list[Known]
    wanted: list[Signal]
    total_candidates: int


def rank(model: Model, request: Request) -> list[int]:
    """The places in `model` of the titles that `recommend` answers, in its order.

    Raises ValueError as `recommend` does.
    """
    return ranking(model, request).places


def recommend(model: Model, request: Request) -> Answer:
    """The best titles of `model` for `request`: never one excluded, owned or vetoed, and none twice.

    The same model and request give the same answer. Raises ValueError when the limit is not 1 to 100, or novelty or
    diversity not 0 to 1.
    """
    return explained(model, request, ranking(model, request))


def explained(model: Model, request: Request, ranked: Ranking) -> Answer:
    """The titles of `ranked`, which `ranking` made for `request`, with their reasons."""
    has_evidence = any(one.weight for one in request.history)
    scored = ranked.scored
    reasons = explain(model, ranked.places, scored, ranked.novelty, ranked.wanted)
    items = [
        Recommendation(model.titles[i], _displayed(ranked.novelty.scores[i]), one.reasons, one.parts)
        for i, one in zip(ranked.places, reasons, strict=True)
    ]
    return Answer(
        items=items,
        total_candidates=ranked.total_candidates,
        source=_source(scored, ranked.wanted),
        fallback_used=not model.trained or (has_evidence and not scored.weights.personal),
    )


def ranking(model: Model, request: Request, themes: Sequence[str] = ()) -> Ranking:
    """The order of `rank` with what explains it; `themes` as in `score`. Raises ValueError as `recommend` does."""
    _check(request)
    known = known_titles(model, request.history, request.taste.favorite_content)
    wanted = signals(request.taste, model)
    allowed = allowed_titles(model, request, own=(one.index for one in known))
    scored = score(model, known, wanted, allowed.flags, themes, lesser_known=request.novelty > 0)
    novelty = novel(model, scored, request.novelty)
    mix = genre_mix(model, known, wanted) if request.diversity else {}
    places = varied(model, novelty.scores, mix, request.limit, request.diversity)
    return Ranking(places, scored, novelty, known, wanted, allowed.count)


def _check(request: Request) -> None:
    if not 1 <= request.limit <= MOST_ITEMS:
        raise ValueError(f"limit must be 1 to {MOST_ITEMS}, not {request.limit}")
    for name, value in (("novelty", request.novelty), ("diversity", request.diversity)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be 0 to 1, not {value}")


def _displayed(score: float) -> float:
    """The rank score as 0..1: 0.5 where nothing speaks for or against, rising without end."""
    return 0.5 + 0.5 * score / (2.0 + math.fabs(score))


def _source(scored: Scored, wanted: Sequence[Signal]) -> Source:
    if scored.weights.personal or scored.weights.content:
        return "personal"
    return "taste" if wanted else "popular"


def genre_mix(model: Model, known: Sequence[Known], wanted: Sequence[Signal]) -> dict[str, float]:
    """The share of each genre in what the person likes: in their titles, once there are enough, and in the genres
    they name.
    """
    amounts: dict[str, float] = {}
    liked = [one for one in known if one.weight > 0]
    for one in liked if len(liked) >= _ENOUGH_FOR_A_MIX else ():
        genres = model.facts.genres(one.index)
        for fact in genres:
            amounts[fact] = amounts.get(fact, 0.0) + one.weight / len(genres)
    for signal in wanted:
        if signal.kind == "genre":
            for fact, weight in signal.facts.items():
                amounts[fact] = amounts.get(fact, 0.0) + _NAMED_GENRE_IN_MIX * max(0.0, weight)
    total = sum(amounts.values())
    return {fact: amount / total for fact, amount in amounts.items()} if total > 0 else {}
