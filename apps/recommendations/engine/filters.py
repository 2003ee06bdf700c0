"""What must not be recommended, whatever the scores.

The rule: a veto removes every title known to break it, and no other. A title whose fact is unknown (no language, no
year, no rating) stays. Two things are judged by what usually goes with them: violence and jump scares by genre where a
title has no keywords, and violence also by a certification for adults; and under a maturity ceiling a title without a
certification by its genres and keywords.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from .artifact import Model
from .taste import Taste
from .titles import TitleKey
from .vocabulary import ABOVE_CEILING, ABOVE_CEILING_UNRATED, CONTENT_TYPES, DEAL_BREAKERS

RequestedType = Literal["movie", "tv", "both"]


def allowed_titles(model: Model, taste: Taste, requested: RequestedType, excluded: Iterable[TitleKey]) -> bytearray:
    """One byte per title of the model: 1 where it may be recommended, else 0.

    `requested` names the one kind wanted now; it stands above the questionnaire's contentType, which decides where
    the request says "both".
    """
    allowed = bytearray(b"\x01") * len(model.titles)
    for fact in _vetoed_facts(taste, requested):
        _clear(allowed, model.facts.titles_with(fact))
    ceiling = taste.maturity_ceiling
    if ceiling is not None:
        _clear(allowed, _unrated_above(model, ceiling))
    _clear(allowed, _outside_years(model, taste))
    if taste.min_rating is not None or taste.max_rating is not None:
        _clear(allowed, _outside_ratings(model, taste))
    _clear(allowed, (model.index[key] for key in excluded if key in model.index))
    return allowed


def _clear(allowed: bytearray, titles: Iterable[int]) -> None:
    for i in titles:
        allowed[i] = 0


def _vetoed_facts(taste: Taste, requested: RequestedType) -> Iterator[str]:
    wanted = requested if requested != "both" else CONTENT_TYPES.get(taste.content_type)
    if wanted is not None:
        yield "type:tv" if wanted == "movie" else "type:movie"
    yield from (f"genre:{genre}" for genre in taste.disliked_genres)
    for code in taste.deal_breakers:
        yield from DEAL_BREAKERS[code]
    ceiling = taste.maturity_ceiling
    if ceiling is not None:
        yield from ABOVE_CEILING[ceiling]


def _unrated_above(model: Model, ceiling: str) -> Iterator[int]:
    for fact in ABOVE_CEILING_UNRATED[ceiling]:
        for i in model.facts.titles_with(fact):
            if "maturity:unknown" in model.facts.of[i]:
                yield i


def _outside_years(model: Model, taste: Taste) -> Iterator[int]:
    start, end = taste.release_year_start, taste.release_year_end
    for year, titles in model.facts.years.items():
        if (start is not None and year < start) or (end is not None and year > end):
            yield from titles


def _outside_ratings(model: Model, taste: Taste) -> Iterator[int]:
    low, high = taste.min_rating, taste.max_rating
    for i, title in enumerate(model.titles):
        rating = title.vote_average
        if rating > 0 and ((low is not None and rating < low) or (high is not None and rating > high)):
            yield i
