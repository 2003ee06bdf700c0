"""Facts of titles as strings `kind:value`, and which titles have each: filters, tastes and content all read these."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from .standing import Standing
from .titles import Title, normalise
from .vocabulary import (
    CERTIFICATION_LEVELS,
    CONTENT_OF_GENRES,
    PART_KEYWORDS,
    SERIES_STAND_INS,
    STREAMING_SERVICES,
    VIOLENT_WHEN_ADULT,
    canonical_genres,
)

_CLASSIC_UNTIL = 1979
_MODERN_UNTIL = 2009
_NEW_YEARS = 2
_SHORT_LONG = {"movie": (95, 135), "tv": (32, 50)}  # minutes: below is short, above is long

# What titles have in common counts by kind and rarity: rare facts weigh enough, so people are held back.
CONTENT_KINDS: Mapping[str, float] = {"genre": 1.0, "keyword": 1.0, "maker": 0.8, "cast": 0.5}


def genres_of(title: Title) -> frozenset[int]:
    """The title's genres in the terms of films, so that films and series can be compared."""
    keywords = frozenset(title.keywords)
    found: set[int] = set()
    for genre in title.genres:
        parts = canonical_genres(genre)
        spoken = {part for part, words in PART_KEYWORDS.get(genre, {}).items() if words & keywords}
        found.update(spoken or parts)
    if title.media_type == "tv":
        found.update(genre for genre, words in SERIES_STAND_INS.items() if words & keywords)
    return frozenset(found)


def content_facts(title: Title) -> dict[str, float]:
    """What the title is about and who made it, each with the weight of its kind."""
    facts = [f"genre:{genre}" for genre in sorted(genres_of(title))]
    facts += [f"keyword:{keyword.casefold()}" for keyword in title.keywords]
    facts += [f"maker:{normalise(name)}" for name in title.makers]
    facts += [f"cast:{normalise(name)}" for name in title.cast]
    return {fact: CONTENT_KINDS[fact.partition(":")[0]] for fact in facts}


def title_facts(title: Title, newest_year: int) -> frozenset[str]:
    """Every fact of the title that can be told from the title alone."""
    return frozenset(chain(content_facts(title), _plain_facts(title, newest_year), _implied_content(title)))


def _implied_content(title: Title) -> Iterable[str]:
    """What a title holds by its genre and certification, although no keyword says it."""
    genres = genres_of(title)
    if not title.keywords:
        yield from (fact for fact, implying in CONTENT_OF_GENRES.items() if implying & genres)
    if maturity(title) in ("mature", "graphic") and VIOLENT_WHEN_ADULT & genres:
        yield "content:violent"


def maturity(title: Title) -> str:
    """Whom the title is for by its certification: family, teen, mature, graphic, or unknown."""
    return CERTIFICATION_LEVELS.get((title.certification or "").upper(), "unknown")


def _plain_facts(title: Title, newest_year: int) -> Iterable[str]:
    yield f"type:{title.media_type}"
    yield f"maturity:{maturity(title)}"
    yield from _era_facts(title.year, newest_year)
    if title.language:
        yield f"language:{title.language.lower()}"
        if title.language.lower() != "en":
            yield "language:foreign"
    if title.runtime:
        short, long = _SHORT_LONG[title.media_type]
        yield "runtime:" + ("short" if title.runtime < short else "long" if title.runtime > long else "medium")
    yield from (f"acclaim:{code}" for code in title.acclaim)
    yield from (f"service:{code}" for code in title.services)
    if not any(code in STREAMING_SERVICES for code in title.services):
        yield "service:other"


def _era_facts(year: int | None, newest_year: int) -> Iterable[str]:
    if year is None:
        return
    yield "era:" + ("classic" if year <= _CLASSIC_UNTIL else "modern" if year <= _MODERN_UNTIL else "recent")
    if year >= newest_year - _NEW_YEARS:
        yield "era:new"


@dataclass(frozen=True, slots=True)
class Content:
    """A title's content facts with the square of their weights, and the norm of these."""

    squares: tuple[tuple[str, float], ...]
    norm: float


class FactIndex:
    """The facts of each title, and for each fact the titles that have it, best known first."""

    def __init__(self, titles: Sequence[Title], ranks: Standing) -> None:
        self.newest_year = max((title.year or 0 for title in titles), default=0)
        self.of = [title_facts(title, self.newest_year) for title in titles]
        marks = (
            (ranks.famous, "standing:famous"),
            (ranks.well_known, "standing:known"),
            (ranks.trending, "standing:trending"),
            (ranks.praised, "standing:praised"),
            (ranks.gems, "standing:gem"),
        )
        for members, fact in marks:
            for i in members:
                self.of[i] |= {fact}
        self.by_fame = sorted(range(len(titles)), key=ranks.fame.__getitem__, reverse=True)
        self.having: dict[str, list[int]] = {}
        for i in self.by_fame:
            for fact in sorted(self.of[i]):
                self.having.setdefault(fact, []).append(i)
        self._contents: dict[int, Content] = {}
        self._keywords = [fact for fact in sorted(self.having) if fact.startswith("keyword:")]
        self.years: dict[int, list[int]] = {}
        for i, title in enumerate(titles):
            if title.year is not None:
                self.years.setdefault(title.year, []).append(i)

    def content(self, i: int) -> Content:
        """Title `i`'s content facts by rarity, worked out when first asked for."""
        known = self._contents.get(i)
        if known is None:
            squares = tuple((fact, self._rarity(fact) ** 2) for fact in sorted(self.of[i]) if _is_content(fact))
            known = Content(squares, math.sqrt(sum(square for _, square in squares)))
            self._contents[i] = known
        return known

    def genres(self, i: int) -> tuple[str, ...]:
        """Title `i`'s genre facts, in order."""
        return tuple(fact for fact, _ in self.content(i).squares if fact.startswith("genre:"))

    def _rarity(self, fact: str) -> float:
        kind = CONTENT_KINDS[fact.partition(":")[0]]
        return kind * inverse_frequency(len(self.of), len(self.having[fact]))

    def titles_with(self, fact: str) -> Sequence[int]:
        return self.having.get(fact, ())

    def keywords_with(self, words: str) -> list[str]:
        """The keyword facts that are `words` or contain them as whole words."""
        wanted = f" {words} "
        return [fact for fact in self._keywords if wanted in f" {fact.removeprefix('keyword:')} "]


def _is_content(fact: str) -> bool:
    return fact.partition(":")[0] in CONTENT_KINDS


class ContentIndex:
    """Which titles resemble a title by genres, keywords, makers and cast: cosine of tf-idf vectors.

    The product of the two norms is raised by a constant, so that two titles of which only a genre is known do not
    count as twins.
    """

    def __init__(self, titles: Sequence[Title]) -> None:
        contents = [content_facts(title) for title in titles]
        frequency: dict[str, int] = {}
        for content in contents:
            for fact in content:
                frequency[fact] = frequency.get(fact, 0) + 1
        rarity = {fact: inverse_frequency(len(titles), count) for fact, count in frequency.items()}
        self._vectors = [{fact: kind * rarity[fact] for fact, kind in content.items()} for content in contents]
        self._norms = [math.sqrt(sum(w * w for w in vector.values())) for vector in self._vectors]
        self._having: dict[str, list[tuple[int, float]]] = {}
        for i, vector in enumerate(self._vectors):
            for fact, weight in vector.items():
                self._having.setdefault(fact, []).append((i, weight))

    def nearest(self, i: int, count: int) -> list[tuple[int, float]]:
        """The `count` titles most like title `i`, best first, with similarities in 0..1."""
        shared: dict[int, float] = {}
        for fact, weight in self._vectors[i].items():
            for j, other in self._having[fact]:
                shared[j] = shared.get(j, 0.0) + weight * other
        shared.pop(i, None)
        norm = self._norms[i]
        similar = [(j, dot / (norm * self._norms[j] + CONTENT_SHRINKAGE)) for j, dot in shared.items()]
        similar.sort(key=lambda pair: (-pair[1], pair[0]))
        return similar[:count]


CONTENT_SHRINKAGE = 6.0


def inverse_frequency(titles: int, having: int) -> float:
    """The weight of a fact by how rare it is: √ln(1 + titles / having), so that no single rare fact decides."""
    return math.sqrt(math.log1p(titles / having))
