"""What must not be recommended, whatever the scores.

The rule: a veto removes every title known to break it, and no other. A title whose fact is unknown (no language, no
year, no rating) stays. Two things are judged by what usually goes with them: violence and jump scares by genre where a
title has no keywords, and violence also by a certification for adults; and under a maturity ceiling a title without a
certification by its genres and keywords.

The limits of a request are promises, and there the unknown goes: "at most 90 minutes" leaves out a title of unknown
length, and "on one of these services" a title not known to be on any of them in that region.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from movierec.tables import flags_of

from .answers import Request
from .artifact import Model
from .facts import service_fact
from .taste import Taste
from .vocabulary import ABOVE_CEILING, ABOVE_CEILING_UNRATED, CONTENT_TYPES, DEAL_BREAKERS


@dataclass(frozen=True, slots=True)
class Allowed:
    """The titles that may be recommended: one byte for each title, 1 or 0, and how many there are."""

    flags: bytes
    count: int


def allowed_titles(model: Model, request: Request, own: Iterable[int] = ()) -> Allowed:
    """What the hard filters leave for `request`; the titles of its history and those at the places `own` go too.

    The request's media type names the one kind wanted now; it stands above the questionnaire's contentType, which
    decides where the request says "both".
    """
    size, facts = len(model), model.facts
    mask = (1 << size) - 1
    for fact in _vetoed_facts(request):
        mask &= ~facts.mask(fact)
    ceiling = request.taste.maturity_ceiling
    if ceiling is not None:
        mask &= ~_unrated_above(model, ceiling)
    mask &= ~_outside_bounds(model, request.taste)
    if request.max_runtime is not None:
        mask &= facts.runtimes.within(None, request.max_runtime)
    if request.providers:
        mask &= _streaming(model, request)
    flags, count = bytearray(flags_of(mask, size)), mask.bit_count()
    for place in _unwelcome(model, request, own):
        count -= flags[place]
        flags[place] = 0
    return Allowed(bytes(flags), count)


def _vetoed_facts(request: Request) -> Iterator[str]:
    taste = request.taste
    wanted = request.media_type if request.media_type != "both" else CONTENT_TYPES.get(taste.content_type)
    if wanted is not None:
        yield "type:tv" if wanted == "movie" else "type:movie"
    yield from (f"genre:{genre}" for genre in (*taste.disliked_genres, *sorted(request.avoided.genres)))
    for person in sorted(request.avoided.people):
        yield from (f"maker:{person}", f"cast:{person}")
    for code in taste.deal_breakers:
        yield from DEAL_BREAKERS[code]
    ceiling = taste.maturity_ceiling
    if ceiling is not None:
        yield from ABOVE_CEILING[ceiling]


def _unrated_above(model: Model, ceiling: str) -> int:
    above = 0
    for fact in ABOVE_CEILING_UNRATED[ceiling]:
        above |= model.facts.mask(fact)
    return above & model.facts.mask("maturity:unknown")


def _outside_bounds(model: Model, taste: Taste) -> int:
    """The titles whose year or rating is known and outside the questionnaire's bounds."""
    outside = 0
    bounds = (
        (model.facts.years, taste.release_year_start, taste.release_year_end),
        (model.facts.ratings, taste.min_rating, taste.max_rating),
    )
    for column, low, high in bounds:
        if low is not None or high is not None:
            outside |= column.known & ~column.within(low, high)
    return outside


def _streaming(model: Model, request: Request) -> int:
    """The titles known on one of the request's services in its region."""
    found = 0
    for code in sorted(request.providers):
        found |= model.facts.mask(service_fact(code, request.region))
    return found


def _unwelcome(model: Model, request: Request, own: Iterable[int]) -> Iterator[int]:
    yield from own
    for key in (*request.excluded, *(liked.key for liked in request.history)):
        place = model.place(key)
        if place is not None:
            yield place
