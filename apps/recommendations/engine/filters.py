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
from itertools import chain
from typing import Literal, get_args

from movierec.tables import flags_of

from .answers import Request
from .artifact import Model
from .facts import service_fact
from .taste import Taste
from .titles import TitleKey
from .vocabulary import ABOVE_CEILING, ABOVE_CEILING_UNRATED, CONTENT_TYPES, DEAL_BREAKERS

Cause = Literal[
    "kind", "genre", "person", "deal_breaker", "certification", "bounds", "runtime", "services", "own", "excluded"
]  # fmt: skip
CAUSES: tuple[Cause, ...] = get_args(Cause)


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
    size = len(model)
    mask = (1 << size) - 1
    for _, removed in _removing(model, request):
        mask &= ~removed
    flags, count = bytearray(flags_of(mask, size)), mask.bit_count()
    for _, place in _unwelcome(model, request, own):
        count -= flags[place]
        flags[place] = 0
    return Allowed(bytes(flags), count)


def removals(model: Model, request: Request, own: Iterable[int] = ()) -> dict[Cause, int]:
    """How many titles each cause takes from those that the causes before it left, in the order of CAUSES.

    With what `allowed_titles` leaves they add up to all titles. Causes that take none are left out.
    """
    left = (1 << len(model)) - 1
    found = dict.fromkeys(CAUSES, 0)
    unwelcome = ((cause, 1 << place) for cause, place in _unwelcome(model, request, own))
    for cause, removed in chain(_removing(model, request), unwelcome):
        found[cause] += (left & removed).bit_count()
        left &= ~removed
    return {cause: count for cause, count in found.items() if count}


def _removing(model: Model, request: Request) -> Iterator[tuple[Cause, int]]:
    """The titles that the limits and vetoes of a request remove, as bits, with the cause."""
    facts = model.facts
    for cause, fact in _vetoed_facts(request):
        yield cause, facts.mask(fact)
    ceiling = request.taste.maturity_ceiling
    if ceiling is not None:
        yield "certification", _unrated_above(model, ceiling)
    yield "bounds", _outside_bounds(model, request.taste)
    everything = (1 << len(model)) - 1
    if request.max_runtime is not None:
        yield "runtime", everything & ~facts.runtimes.within(None, request.max_runtime)
    if request.providers:
        yield "services", everything & ~_streaming(model, request)


def _vetoed_facts(request: Request) -> Iterator[tuple[Cause, str]]:
    taste = request.taste
    wanted = request.media_type if request.media_type != "both" else CONTENT_TYPES.get(taste.content_type)
    if wanted is not None:
        yield "kind", "type:tv" if wanted == "movie" else "type:movie"
    for genre in (*taste.disliked_genres, *sorted(request.avoided.genres)):
        yield "genre", f"genre:{genre}"
    for person in sorted(request.avoided.people):
        yield "person", f"maker:{person}"
        yield "person", f"cast:{person}"
    for code in taste.deal_breakers:
        yield from (("deal_breaker", fact) for fact in DEAL_BREAKERS[code])
    ceiling = taste.maturity_ceiling
    if ceiling is not None:
        yield from (("certification", fact) for fact in ABOVE_CEILING[ceiling])


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


def _unwelcome(model: Model, request: Request, own: Iterable[int]) -> Iterator[tuple[Cause, int]]:
    """The places of the person's own titles, then of those that the request excludes."""
    yield from (("own", place) for place in own)
    for cause, keys in _named(request):
        for key in keys:
            place = model.place(key)
            if place is not None:
                yield cause, place


def _named(request: Request) -> Iterator[tuple[Cause, Iterable[TitleKey]]]:
    yield "own", (liked.key for liked in request.history)
    yield "excluded", request.excluded
