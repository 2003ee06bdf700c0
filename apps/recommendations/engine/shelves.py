"""Several named rows for one person from one scoring pass: what a home page shows.

Rows are filled in their order and no title comes twice. The first is the list that `recommend` answers; a row with a
theme holds the best by rank score among the contenders of that theme.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from itertools import islice
from typing import Final

from .answers import Recommendation, Request, Source, Verb
from .artifact import Model
from .facts import service_fact
from .phrases import BECAUSE, SERVICE_NAMES
from .recommend import Ranking, explained, genre_mix, ranking
from .similar import likeness
from .standing import GEM, TRENDING
from .vocabulary import GENRE_NAMES
from .words import listed

MOST_ITEMS: Final = 40
LEAST_ITEMS: Final = 3
_BECAUSE_ROWS: Final = 2
_GENRE_ROWS: Final = 2
_TRIED: Final = 8  # of the person's strongest titles, for the rows of their own titles
_TOO_ALIKE: Final = 0.5  # of the nearest's likeness, from which two of the person's titles lead to the same row
_GOES_WITH: Final = 1 / 3  # of the nearest's likeness, below which it would not be true that a title goes with another
_NEW: Final = "era:new"
_THEMES: Final = (GEM, _NEW, TRENDING)
_USUAL_SHARE: Final = 0.05  # of a person's mix, from which a genre is not something different
_PICKED: Final[Mapping[Source, str]] = {
    "personal": "From what you like",
    "taste": "From what you told us about your taste",
    "popular": "What most people like, until you have favourites of your own",
}
_PICKED_BY_BOTH: Final = "From what you like and what you told us about your taste"
_LEADING: Final[frozenset[Verb]] = frozenset({"liked", "rated", "wanted"})  # what makes a title worth a row


@dataclass(frozen=True)
class Shelf:
    """One row: `identity` is stable for its theme, `reason` says why it is there."""

    identity: str
    title: str
    reason: str
    items: list[Recommendation]


@dataclass(frozen=True)
class Shelves:
    """The rows in the order to show them; the rest as in `Answer`."""

    rows: list[Shelf]
    total_candidates: int
    source: Source
    fallback_used: bool


@dataclass
class _Row:
    identity: str
    title: str
    reason: str
    places: list[int]


@dataclass
class _Page:
    """The rows so far, and what they leave over."""

    model: Model
    ranked: Ranking
    limit: int
    rows: list[_Row] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def add(self, identity: str, title: str, reason: str, places: Iterable[int]) -> bool:
        """A row of the first of `places` that are on no row yet; none where they are too few."""
        fresh = list(islice((i for i in places if i not in self.taken), self.limit))
        if len(fresh) < LEAST_ITEMS:
            return False
        self.taken.update(fresh)
        self.rows.append(_Row(identity, title, reason, fresh))
        return True

    def with_facts(self, facts: Iterable[str]) -> list[int]:
        """The best contenders with one of `facts` that are on no row yet."""
        having = self._having(facts)
        return self._best(i for i in self.ranked.novelty.scores if having[i >> 3] >> (i & 7) & 1)

    def without_facts(self, facts: Iterable[str]) -> list[int]:
        """The best contenders with none of `facts` that are on no row yet."""
        having = self._having(facts)
        return self._best(i for i in self.ranked.novelty.scores if not having[i >> 3] >> (i & 7) & 1)

    def _having(self, facts: Iterable[str]) -> bytes:
        """The titles with one of `facts`, a bit each."""
        mask = 0
        for fact in facts:
            mask |= self.model.facts.mask(fact)
        return mask.to_bytes((len(self.model) + 7) // 8, "little")

    def _best(self, places: Iterable[int]) -> list[int]:
        scores = self.ranked.novelty.scores
        free = (i for i in places if i not in self.taken)
        return nsmallest(self.limit, free, key=lambda i: (-scores[i], i))


def shelves(model: Model, request: Request) -> Shelves:
    """The rows for `request`, whose limit is how many titles a row holds (1 to 40).

    Rows with fewer than three titles are left out. The same model and request give the same rows. Raises ValueError
    for another limit.
    """
    if not 1 <= request.limit <= MOST_ITEMS:
        raise ValueError(f"limit must be 1 to {MOST_ITEMS}, not {request.limit}")
    ranked = ranking(model, request, [*_THEMES, *_services(request).values()])
    mix = genre_mix(model, ranked.known, ranked.wanted)
    page = _Page(model, ranked, request.limit)
    page.add("picked-for-you", "Picked for you", "", ranked.places)
    _because(page)
    _genres(page, mix)
    _themes(page)
    _on_services(page, _services(request))
    _different(page, mix)
    answer = explained(model, request, replace(ranked, places=[i for row in page.rows for i in row.places]))
    items = iter(answer.items)
    picked = _PICKED_BY_BOTH if answer.source == "personal" and ranked.wanted else _PICKED[answer.source]
    rows = [
        Shelf(row.identity, row.title, row.reason or picked, [next(items) for _ in row.places]) for row in page.rows
    ]
    return Shelves(rows, answer.total_candidates, answer.source, answer.fallback_used)


def _because(page: _Page) -> None:
    """Rows of what goes with single titles of the person's own: the strongest, which are the most recent, first."""
    scores = page.ranked.novelty.scores
    own = [one for one in page.ranked.known if one.weight > 0 and one.verb in _LEADING]
    own.sort(key=lambda one: (-one.weight, one.index))
    near: set[int] = set()
    rows = 0
    for one in own[:_TRIED]:
        if one.index in near:
            continue
        found = likeness(page.model, one.index)
        most = max((like.total for like in found.values()), default=0.0)
        fitting = (i for i in found if i in scores and found[i].total >= _GOES_WITH * most)
        places = sorted(fitting, key=lambda i: (-found[i].total, i))
        title = page.model.titles[one.index]
        words = BECAUSE[one.verb][0].format(title.title)
        if page.add(f"because-{title.media_type}-{title.media_id}", words, f"Goes with {title.title}", places):
            near.update(i for i, like in found.items() if like.total > _TOO_ALIKE * most)
            rows += 1
        if rows == _BECAUSE_ROWS:
            return


def _genres(page: _Page, mix: Mapping[str, float]) -> None:
    """Rows of the genres that take more room in the person's mix than in the whole catalogue, the strongest first."""
    sizes = {f"genre:{genre}": len(page.model.facts.titles_with(f"genre:{genre}")) for genre in GENRE_NAMES}
    everything = sum(sizes.values()) or 1
    lead = {genre: share - sizes[genre] / everything for genre, share in mix.items() if genre in sizes}
    strongest = sorted((genre for genre in lead if lead[genre] > 0), key=lambda genre: (-lead[genre], genre))
    for genre in strongest[:_GENRE_ROWS]:
        number = genre.removeprefix("genre:")
        name = GENRE_NAMES[int(number)]
        page.add(f"genre-{number}", f"More {name}", f"{name} is one of your strongest genres", page.with_facts([genre]))


def _themes(page: _Page) -> None:
    lately = page.model.standing.lately
    popular = "Popular lately" if lately else "Popular with everyone"
    watched = "Liked by most viewers in the last months" if lately else "Widely watched"
    page.add("hidden-gems", "Hidden gems for you", "Rated highly and not widely known", page.with_facts([GEM]))
    page.add("new-releases", "New releases", "Out in the last few years", page.with_facts([_NEW]))
    page.add("popular", popular, watched, page.with_facts([TRENDING]))


def _on_services(page: _Page, services: Mapping[str, str]) -> None:
    if services:
        reason = f"On {listed([SERVICE_NAMES[code] for code in services])}"
        page.add("on-your-services", "On your services", reason, page.with_facts(services.values()))


def _services(request: Request) -> dict[str, str]:
    """The fact of each service that the request names, else of each that the person has, by its code."""
    codes = sorted(request.providers or request.taste.streaming_platforms)
    return {code: service_fact(code, request.region) for code in codes if code in SERVICE_NAMES}


def _different(page: _Page, mix: Mapping[str, float]) -> None:
    """The best of what has none of the genres that the person usually likes."""
    usual = [genre for genre, share in mix.items() if share >= _USUAL_SHARE]
    if usual:
        reason = "Away from the genres you usually like"
        page.add("something-different", "Something different", reason, page.without_facts(usual))
