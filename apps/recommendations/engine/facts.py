"""Facts of titles as strings `kind:value`, and which titles have each: filters, tastes and content all read these."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from movierec.tables import (
    Bytes,
    Column,
    Lists,
    Texts,
    as_bytes,
    column_in_parts,
    encoded,
    index_code,
    keep,
    lists_in_parts,
    mask_of,
    small,
    texts_in_parts,
)

from .standing import Ranks
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

HOME_REGION = "US"
_CLASSIC_UNTIL = 1979
_MODERN_UNTIL = 2009
_NEW_YEARS = 2
_LONGEST = 65_535  # minutes that two bytes can hold
_MOST_TITLES = 10_000  # whose facts are kept once looked up
_MOST_FACTS = 50_000
_NOT_LOOKED_UP = -1
_MOST_MASKS = 500  # of 8 KB each at 60,000 titles
_SHORT_LONG = {"movie": (95, 135), "tv": (32, 50)}  # minutes: below is short, above is long

CONTENT_SHRINKAGE = 6.0

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
    yield from (f"country:{country.upper()}" for country in title.countries)
    places = [service.rpartition("/") for service in title.services]
    yield from (service_fact(code, region or HOME_REGION) for region, _, code in places)
    if not any(code in STREAMING_SERVICES for _, _, code in places):
        yield "service:other"


def service_fact(code: str, region: str) -> str:
    """The fact that a title streams on the service `code` in `region`: `service:netflix`, `service:SE/netflix`.

    Titles name a service as "SE/netflix", or as "netflix" where it is the home region that is meant.
    """
    return f"service:{code}" if region.upper() == HOME_REGION else f"service:{region.upper()}/{code}"


def _era_facts(year: int | None, newest_year: int) -> Iterable[str]:
    if year is None:
        return
    yield "era:" + ("classic" if year <= _CLASSIC_UNTIL else "modern" if year <= _MODERN_UNTIL else "recent")
    if year >= newest_year - _NEW_YEARS:
        yield "era:new"


@dataclass(frozen=True, slots=True)
class Content:
    """A title's content facts, by their ids, with the square of their weights, and the norm of these."""

    squares: tuple[tuple[int, float], ...]
    norm: float


class FactIndex:
    """The facts of each title, and for each fact the titles that have it, best known first.

    A fact's id is its place among all facts in order. What is looked up is kept, up to a bound.
    """

    def __init__(self, parts: Mapping[str, Bytes], size: int) -> None:
        """`parts` as `parts_of_facts` made them for `size` titles."""
        self.size = size
        self._texts = Texts.read(parts, "facts")
        self._having = Lists.read(parts, "facts.titles", things=size)
        self._ids = Lists.read(parts, "titles.facts", things=len(self._texts))
        if len(self._having) != len(self._texts) or len(self._ids) != size:
            raise ValueError("the lists of facts do not fit the facts and titles")
        self._squares = small("f", parts["facts.squares"], len(self._texts))
        self._norms = small("f", parts["titles.norms"], size)
        self.by_fame: Sequence[int] = small(index_code(size), parts["titles.by_fame"], size)
        self.years = Column.read(parts, "years", code="H", titles=size)
        self.runtimes = Column.read(parts, "runtimes", code="H", titles=size)
        self.ratings = Column.read(parts, "ratings", code="f", titles=size)
        self._genres = self._texts.starting_with("genre:")
        self._keywords = self._texts.starting_with("keyword:")
        self._known_ids: dict[str, int | None] = {}
        self._known_texts: dict[int, str] = {}
        self._known_facts: dict[int, frozenset[str]] = {}
        self._contents: dict[int, Content] = {}
        self._masks: dict[str, int] = {}

    @property
    def of(self) -> Sequence[frozenset[str]]:
        """The facts of each title."""
        return _FactsOfTitles(self)

    def facts_of(self, i: int) -> frozenset[str]:
        """Title `i`'s facts."""
        known = self._known_facts.get(i)
        if known is None:
            known = frozenset(map(self.text, self._ids[i]))
            keep(self._known_facts, i, known, most=_MOST_TITLES)
        return known

    def id(self, fact: str) -> int | None:
        """The id of `fact`, or None where no title has it."""
        known = self._known_ids.get(fact, _NOT_LOOKED_UP)
        if known == _NOT_LOOKED_UP:
            known = keep(self._known_ids, fact, self._texts.find(fact), most=_MOST_FACTS)
        return known

    def text(self, fact: int) -> str:
        """The fact with the id `fact`."""
        known = self._known_texts.get(fact)
        if known is None:
            known = keep(self._known_texts, fact, self._texts[fact], most=_MOST_FACTS)
        return known

    def ids(self, i: int) -> Sequence[int]:
        """The ids of title `i`'s facts, rising."""
        return self._ids[i]

    def content(self, i: int) -> Content:
        """Title `i`'s content facts by rarity."""
        known = self._contents.get(i)
        if known is None:
            weights = self._squares
            squares = tuple((fact, weights[fact]) for fact in self._ids[i] if weights[fact])
            known = Content(squares, self._norms[i])
            keep(self._contents, i, known, most=_MOST_TITLES)
        return known

    def genres(self, i: int) -> tuple[str, ...]:
        """Title `i`'s genre facts, in order."""
        return tuple(self.text(fact) for fact in self._ids[i] if fact in self._genres)

    def titles_with(self, fact: str) -> Sequence[int]:
        """The titles that have `fact`, best known first."""
        known = self.id(fact)
        return () if known is None else self._having[known]

    def mask(self, fact: str) -> int:
        """The titles that have `fact`, as bits: bit i stands for title i."""
        known = self._masks.get(fact)
        if known is None:
            known = keep(self._masks, fact, mask_of(self.titles_with(fact), self.size), most=_MOST_MASKS)
        return known

    def keywords_with(self, words: str) -> list[str]:
        """The keyword facts that are `words` or contain them as whole words."""
        return [self.text(fact) for fact in self._texts.containing(words, self._keywords, prefix="keyword:")]

    def nearest(self, i: int, count: int) -> list[tuple[int, float]]:
        """The `count` titles most like title `i` by content, best first, with similarities in 0..1.

        Cosine of tf-idf vectors over genres, keywords, makers and cast. The product of the two norms is raised by a
        constant, so that two titles of which only a genre is known do not count as twins.
        """
        shared: dict[int, float] = {}
        for fact, square in self.content(i).squares:
            for j in self._having[fact]:
                shared[j] = shared.get(j, 0.0) + square
        shared.pop(i, None)
        norm = self._norms[i]
        similar = [(j, dot / (norm * self._norms[j] + CONTENT_SHRINKAGE)) for j, dot in shared.items()]
        similar.sort(key=lambda pair: (-pair[1], pair[0]))
        return similar[:count]

    def check(self) -> None:
        """Raises ValueError unless every table is in order and points at what there is."""
        self._texts.check()
        self._having.check(len(self._texts), self.size)
        self._ids.check(self.size, len(self._texts))
        if sorted(self.by_fame) != list(range(self.size)):
            raise ValueError("the titles by fame are not every title once")
        if not all(map(math.isfinite, (*self._squares, *self._norms))):
            raise ValueError("the weight of a fact is not a finite number")
        for column in (self.years, self.runtimes, self.ratings):
            column.check(self.size)


class _FactsOfTitles(Sequence[frozenset[str]]):
    """The facts of each title as a set of texts."""

    def __init__(self, index: FactIndex) -> None:
        self._index = index

    def __len__(self) -> int:
        return self._index.size

    def __getitem__(self, i: int) -> frozenset[str]:  # type: ignore[override]
        return self._index.facts_of(i)


def parts_of_facts(titles: Sequence[Title], ranks: Ranks) -> dict[str, bytes]:
    """The tables `FactIndex` reads, by name. Squares are f32 per fact, 0 for a fact that is no content."""
    newest_year = max((title.year or 0 for title in titles), default=0)
    of = [title_facts(title, newest_year) for title in titles]
    for fact, members in ranks.marks.items():
        for i in members:
            of[i] |= {fact}
    by_fame = sorted(range(len(titles)), key=ranks.fame.__getitem__, reverse=True)
    facts = sorted(set(chain.from_iterable(of)), key=encoded)
    place = {fact: number for number, fact in enumerate(facts)}
    ids = [sorted(map(place.__getitem__, one)) for one in of]
    having: list[list[int]] = [[] for _ in facts]
    for i in by_fame:
        for fact_id in ids[i]:
            having[fact_id].append(i)
    squares = [_square(fact, len(titles), len(having[number])) for number, fact in enumerate(facts)]
    norms = (math.sqrt(math.fsum(map(squares.__getitem__, one))) for one in ids)
    return {
        **texts_in_parts("facts", facts),
        **lists_in_parts("facts.titles", having, things=len(titles)),
        **lists_in_parts("titles.facts", ids, things=len(facts)),
        "facts.squares": as_bytes("f", squares),
        "titles.norms": as_bytes("f", norms),
        "titles.by_fame": as_bytes(index_code(len(titles)), by_fame),
        **column_in_parts("years", "H", [title.year or 0 for title in titles]),
        **column_in_parts("runtimes", "H", [min(_LONGEST, max(0, title.runtime or 0)) for title in titles]),
        **column_in_parts("ratings", "f", [max(0.0, title.vote_average) for title in titles]),
    }


def _square(fact: str, titles: int, having: int) -> float:
    """The square of the weight of `fact` in content: its kind's, by how rare it is."""
    kind = CONTENT_KINDS.get(fact.partition(":")[0], 0.0)
    return (kind * inverse_frequency(titles, having)) ** 2


def inverse_frequency(titles: int, having: int) -> float:
    """The weight of a fact by how rare it is: √ln(1 + titles / having), so that no single rare fact decides."""
    return math.sqrt(math.log1p(titles / having))
