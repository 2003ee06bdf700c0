"""Invents the demo's viewers: each has a few darlings and rates what a lover of those may have seen.

They are dice and nobody's data. The same catalogue, seed and time give the same rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, fsum, sqrt
from random import Random
from typing import Final

from apps.lists.selectors import Interaction
from apps.media.titles import CatalogueTitle, TitleKey

VIEWERS: Final = 240
SEED: Final = "movierec demo 1"
SPAN: Final = timedelta(days=730)
RISING_TITLES: Final = 9
RISING_SPAN: Final = timedelta(days=24)
RATINGS: Final = (15, 38, 80)  # fewest, most common, most
FAVOURITE_FROM_STARS: Final = 4.5

# Genres of series under the number of the films' genre that is the same taste.
_SAME_TASTE: Final = {10759: 28, 10765: 878, 10768: 10752, 10762: 10751}
# How much a darling's traits must add up to for a title to be just to a viewer's taste.
_FULL_AFFINITY: Final = 0.9
_ACCLAIM: Final = {"criticallyAcclaimed": 0.5, "awardWinning": 0.25, "underrated": 0.25, "cultClassic": 0.15}


@dataclass(frozen=True, slots=True)
class Viewer:
    """One invented viewer: titles with stars and times, favourites and a watchlist with times."""

    user_id: str
    ratings: tuple[tuple[TitleKey, float, datetime], ...]
    favourites: tuple[tuple[TitleKey, datetime], ...]
    watchlist: tuple[tuple[TitleKey, datetime], ...]


Leanings = Mapping[str, float]

# Whose account people sign in to: a lover of clever science fiction, as the answers in `demo.py` say.
FIRST_VIEWER: Final = "demo-1"
_FIRST_DARLINGS: Final[Sequence[TitleKey]] = (("movie", 157336), ("movie", 78), ("movie", 329865), ("tv", 42009))


@dataclass(frozen=True, slots=True)
class _World:
    """The catalogue as viewers meet it: traits and quality of each title, and the few that are rising just now."""

    titles: Sequence[CatalogueTitle]
    traits: Mapping[TitleKey, frozenset[str]]
    quality: Mapping[TitleKey, float]
    rising: frozenset[TitleKey]
    rarity: Mapping[str, float]


def demo_viewers(titles: Iterable[CatalogueTitle], *, now: datetime, count: int = VIEWERS) -> Iterator[Viewer]:
    """`count` viewers of these titles, with times in the two years before `now` (with a time zone)."""
    world = _world(sorted(titles, key=lambda title: title.key))
    for number in range(1, count + 1):
        dice = Random(f"{SEED} viewer {number}")  # noqa: S311  (invented tastes guard nothing)
        darlings = _FIRST_DARLINGS if number == 1 else _darlings(world, dice)
        yield _viewer(f"demo-{number}", world, _leanings(world, darlings), dice, now)


def interactions(viewers: Iterable[Viewer]) -> Iterator[Interaction]:
    """What the viewers' rows will say, in the form that statistics count."""
    for viewer in viewers:
        for key, stars, moment in viewer.ratings:
            yield viewer.user_id, key, "rating", stars, moment.timestamp()
        for key, moment in viewer.favourites:
            yield viewer.user_id, key, "favourite", None, moment.timestamp()


def _world(titles: Sequence[CatalogueTitle]) -> _World:
    dice = Random(f"{SEED} world")  # noqa: S311  (invented tastes guard nothing)
    traits = {title.key: frozenset(_traits(title)) for title in titles}
    quality = {title.key: _quality(title, dice) for title in titles}
    newest = sorted(titles, key=lambda title: title.release_date or "")[-len(titles) // 3 :]
    lesser_known = [title.key for title in newest if title.renown in (2, 3)]
    rising = dice.sample(lesser_known, min(RISING_TITLES, len(lesser_known)))
    return _World(titles, traits, quality, frozenset(rising), _rarity(traits.values()))


def _traits(title: CatalogueTitle) -> Iterator[str]:
    for genre in title.genres:
        yield f"genre:{_SAME_TASTE.get(genre, genre)}"
    yield from (f"keyword:{word}" for word in title.keywords)
    yield from (f"person:{name}" for name in (*title.makers, *title.cast))
    if title.release_date:
        yield f"era:{title.release_date[:3]}0"
    if title.language and title.language != "en":
        yield f"language:{title.language}"


def _rarity(traits: Iterable[frozenset[str]]) -> dict[str, float]:
    """What sharing each trait says about taste: much for a director of three films, little for being a drama."""
    counts = Counter(trait for found in traits for trait in found)
    return {trait: 1 / sqrt(count) for trait, count in counts.items()}


def _quality(title: CatalogueTitle, dice: Random) -> float:
    return sum(_ACCLAIM.get(code, 0.0) for code in title.acclaim) - 0.45 + dice.gauss(0, 0.2)


def _darlings(world: _World, dice: Random) -> Sequence[TitleKey]:
    """Two to four titles that a viewer loves above all, mostly known ones."""
    known = [title.renown or 1 for title in world.titles]
    return [title.key for title in dice.choices(world.titles, known, k=dice.randint(2, 4))] if known else []


def _leanings(world: _World, darlings: Iterable[TitleKey]) -> Leanings:
    """How much each trait draws the lover of these titles; those that are not in the catalogue say nothing."""
    return {trait: world.rarity[trait] for key in darlings for trait in world.traits.get(key, ())}


def _viewer(user_id: str, world: _World, leanings: Leanings, dice: Random, now: datetime) -> Viewer:
    affinity = {title.key: _affinity(world.traits[title.key], leanings) for title in world.titles}
    fashionable = dice.random() < 0.4
    order = _order_of_meeting(world, affinity, dice, fashionable=fashionable)
    seen = order[: round(dice.triangular(RATINGS[0], RATINGS[2], RATINGS[1]))]
    mildness = dice.gauss(0, 0.3)
    ratings = []
    for title in seen:
        hyped = fashionable and title.key in world.rising
        taste = 2.1 + mildness + 0.5 * world.quality[title.key] + 1.9 * affinity[title.key] + 0.5 * hyped
        moment = _moment(title, dice, now, RISING_SPAN if hyped else SPAN)
        ratings.append((title.key, _stars(taste + dice.gauss(0, 0.5)), moment))
    return Viewer(
        user_id,
        tuple(ratings),
        tuple(_favourites(ratings, affinity, dice, now)),
        tuple(_watchlist(order[len(seen) :], dice, now)),
    )


def _affinity(traits: frozenset[str], leanings: Leanings) -> float:
    """How well a title meets a taste, 0 to 1."""
    # fsum, as sets have no order and the rounding of a plain sum would depend on it.
    return min(1.0, fsum(leanings.get(trait, 0.0) for trait in traits) / _FULL_AFFINITY)


def _order_of_meeting(
    world: _World, affinity: Mapping[TitleKey, float], dice: Random, *, fashionable: bool
) -> list[CatalogueTitle]:
    """The titles in the order in which this viewer comes across them: known, fitting and good ones tend to be first.

    A weighted draw without replacement by the keys u^(1/w) of Efraimidis and Spirakis (2006).
    """

    def place(title: CatalogueTitle) -> float:
        renown = title.renown or 1
        weight = (0.2 + renown) ** 2 * exp(5.0 * affinity[title.key] + 0.3 * world.quality[title.key])
        if fashionable and title.key in world.rising:
            weight *= 5
        return float(dice.random() ** (1 / weight))

    places = {title.key: place(title) for title in world.titles}
    return sorted(world.titles, key=lambda title: (-places[title.key], title.key))


def _stars(taste: float) -> float:
    """A taste as stars: halves from 0.5 to 5."""
    return min(5.0, max(0.5, round(taste * 2) / 2))


def _moment(title: CatalogueTitle, dice: Random, now: datetime, span: timedelta) -> datetime:
    """A time within `span` before `now`, the more likely the later, and not before the title came out."""
    moment = now - timedelta(seconds=round(span.total_seconds() * dice.random() ** 1.7))
    released = title.release_date or ""
    if len(released) == len("YYYY-MM-DD"):
        moment = max(moment, datetime.fromisoformat(released).replace(tzinfo=UTC))
    return min(moment, now)


def _favourites(
    ratings: Sequence[tuple[TitleKey, float, datetime]], affinity: Mapping[TitleKey, float], dice: Random, now: datetime
) -> Iterator[tuple[TitleKey, datetime]]:
    """The best of what was rated, marked within two days of watching it."""
    best = [(key, stars, moment) for key, stars, moment in ratings if stars >= FAVOURITE_FROM_STARS]
    best.sort(key=lambda rating: (-rating[1] - affinity[rating[0]], rating[0]))
    for key, _, moment in best[: dice.randint(3, 12)]:
        yield key, min(now, moment + timedelta(seconds=dice.randint(60, 172_800)))


def _watchlist(unseen: Sequence[CatalogueTitle], dice: Random, now: datetime) -> Iterator[tuple[TitleKey, datetime]]:
    """The next few titles that this viewer came across, noted in the last four months."""
    for title in unseen[: dice.randint(2, 9)]:
        yield title.key, _moment(title, dice, now, timedelta(days=120))
