"""The engine's one question and answer: `recommend`."""

import math
from collections.abc import Sequence
from itertools import chain

from .answers import Answer, Liked, Reason, Recommendation, Request, Source
from .artifact import Model
from .filters import allowed_titles
from .history import Known, known_titles
from .reasons import explain
from .scoring import Scored, score
from .signals import Signal, signals
from .variety import varied

__all__ = ["Answer", "Liked", "Reason", "Recommendation", "Request", "recommend"]

MOST_ITEMS = 100
_ENOUGH_FOR_A_MIX = 3


def recommend(model: Model, request: Request) -> Answer:
    """The best titles of `model` for `request`: never one excluded, owned or vetoed, and none twice.

    The same model and request give the same answer. Raises ValueError when the limit is not 1 to 100.
    """
    if not 1 <= request.limit <= MOST_ITEMS:
        raise ValueError(f"limit must be 1 to {MOST_ITEMS}, not {request.limit}")
    known = known_titles(model, request.history, request.taste.favorite_content)
    wanted = signals(request.taste, model)
    owned = (model.titles[one.index].key for one in known)
    unwelcome = chain(request.excluded, (liked.key for liked in request.history), owned)
    allowed = allowed_titles(model, request.taste, request.media_type, unwelcome)
    scored = score(model, known, wanted, allowed)
    picks = varied(model, scored.relevance, _genre_mix(model, known, wanted), request.limit)
    reasons = explain(model, picks, scored, known, wanted)
    items = [
        Recommendation(model.titles[i], _displayed(scored.relevance[i]), why)
        for i, why in zip(picks, reasons, strict=True)
    ]
    return Answer(
        items=items,
        total_candidates=allowed.count(1),
        source=_source(scored, wanted),
        fallback_used=not model.trained or (bool(request.history) and not scored.weights.personal),
    )


def _displayed(relevance: float) -> float:
    """The rank score as 0..1: 0.5 where nothing speaks for or against, rising without end."""
    return 0.5 + 0.5 * relevance / (2.0 + math.fabs(relevance))


def _source(scored: Scored, wanted: Sequence[Signal]) -> Source:
    if scored.weights.personal or scored.weights.content:
        return "personal"
    return "taste" if wanted else "popular"


def _genre_mix(model: Model, known: Sequence[Known], wanted: Sequence[Signal]) -> dict[str, float]:
    """The share of each genre in what the person likes, from their titles, else from the genres they name."""
    amounts: dict[str, float] = {}
    liked = [one for one in known if one.weight > 0]
    if len(liked) >= _ENOUGH_FOR_A_MIX:
        for one in liked:
            genres = model.facts.genres(one.index)
            for fact in genres:
                amounts[fact] = amounts.get(fact, 0.0) + one.weight / len(genres)
    else:
        for signal in wanted:
            if signal.kind == "genre":
                for fact, weight in signal.facts.items():
                    amounts[fact] = amounts.get(fact, 0.0) + max(0.0, weight)
    total = sum(amounts.values())
    return {fact: amount / total for fact, amount in amounts.items()} if total > 0 else {}
