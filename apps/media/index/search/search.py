"""The best documents for a query, and the tables that answer it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from math import inf
from typing import Final

from movierec.tables import Bytes, as_bytes, little_endian

from .documents import KINDS, Document, Hit, Kind
from .grams import Grams, grams_in_parts
from .names import Names, names_in_parts, unspaced
from .ranking import Judge
from .text import MAIN, OTHER, PART, Asked, Spelling, forms, readings, second_thoughts, swapped

_PREFIX: Final = "search"
_STANDING: Final = 4
_FAME_STEPS: Final = 65_535

# How many names each step hands on to the next, which takes longer over each.
_MOST_BY_PAIRS: Final = 70
_MOST_FOR_SHORT: Final = 300  # for all kinds together: pairs of letters tell little of a short query
_SHORT: Final = range(4, 9)  # letters
_MOST_AT_A_SECOND_LOOK: Final = 280
_MOST_BY_BEGINNING: Final = 40
_MOST_BY_MISTYPED_BEGINNING: Final = 8
_MISTYPED_UP_TO: Final = 12  # letters; names that longer queries mean are found by their pairs of letters
_MOST_COMPARED_FINELY: Final = 28
_MOST_COMPARED_FINELY_WITH_SHORT: Final = 36
_MOST_HOLDERS: Final = 100

# Costs in slips of the typist: all were tuned on mistyped titles of which some kinds were held back.
_FAME: Final = 1.8  # between a title that nobody knows and the best known
_EXACT: Final = 10.0  # more than anything else can add up to
_ARTICLES_TOO: Final = 0.3
_OTHER_ARTICLE: Final = 0.3
_PENALTY: Final = {MAIN: 0.0, OTHER: 0.25, PART: 0.35}
_RIGHT_YEAR: Final = -1.0
_NEXT_YEAR: Final = 0.5
_NO_YEAR: Final = 0.7
_WRONG_YEAR: Final = 2.0

_SURE: Final = 0.25  # slips for each letter of the query, or so many at least
_SURE_AT_LEAST: Final = 1.2
# A name with more slips for each letter of the query is another name. Of a few letters, some more may be wrong, but
# not all. In scripts where a letter is a word or half of one, two of five in common are much.
_ANOTHER: Final = 0.5
_ANOTHER_OF_FEW: Final = 0.9
_ANOTHER_AT_LEAST: Final = 3.6
_ANOTHER_UNSPACED: Final = 0.75
_GOOD: Final = 0.8  # with more slips, the query is read in other ways
_FAR: Final = 0.3  # with more for each letter, more names are compared


class _Block:
    """The names of one kind of document."""

    def __init__(self, names: Names, grams: Grams) -> None:
        self.names = names
        self.grams = grams

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], kind: Kind, *, documents: int) -> "_Block":
        names = Names.read(parts, f"{_PREFIX}.{kind}.names", documents=documents)
        return cls(names, Grams.read(parts, f"{_PREFIX}.{kind}.grams", names=len(names)))

    def candidates(self, judge: Judge, *, most: int) -> Iterable[int]:
        """Names worth comparing with the query, each once: some twice `most` that share pairs of letters with it."""
        core, length = judge.core, judge.length
        slack = max(2, length // 4)
        found = [*self.names.called(core), *self.names.starting_with(core, most=_MOST_BY_BEGINNING)]
        if length > 1 or not found:
            found += self.grams.nearest(core, low=length - slack, high=length + slack, most=most)
        if length <= _MISTYPED_UP_TO:
            for beginning in swapped(core):
                found += self.names.starting_with(beginning, most=_MOST_BY_MISTYPED_BEGINNING)
        return dict.fromkeys(found)

    def check(self, documents: int) -> None:
        self.names.check(documents)
        self.grams.check(len(self.names))


class Search:
    """Finds documents by their names."""

    def __init__(self, blocks: Mapping[Kind, _Block], years: memoryview, fame: memoryview) -> None:
        self._blocks = blocks
        self._years = years
        self._fame = fame

    @classmethod
    def read(cls, parts: Mapping[str, Bytes], documents: int) -> "Search":
        """The search that `search_parts` wrote of so many documents.

        Raises ValueError, or KeyError for an absent part, when the parts do not fit one another.
        """
        years = little_endian("H", parts[f"{_PREFIX}.years"])
        fame = little_endian("H", parts[f"{_PREFIX}.fame"])
        if len(years) != documents or len(fame) != documents:
            raise ValueError(f"{len(years)} years and {len(fame)} values of fame instead of {documents} of each")
        return cls({kind: _Block.read(parts, kind, documents=documents) for kind in KINDS}, years, fame)

    def find(self, query: str, *, kinds: frozenset[str], limit: int) -> list[Hit]:
        """The best matches of `query` among the documents of `kinds`, at most `limit`, the best first."""
        costs: dict[int, tuple[float, bool]] = {}
        blocks = [block for kind, block in self._blocks.items() if kind in kinds]
        read = readings(query)
        least = min((self._add(costs, blocks, asked) for asked in read), default=0.0)
        if least > _GOOD:
            least = min([least, *(self._add(costs, blocks, asked) for asked in second_thoughts(query))])
        if read and blocks and least > _FAR * len(read[-1].spelling.core):
            self._add(costs, blocks, read[-1], most=_MOST_AT_A_SECOND_LOOK // len(blocks))
        best = sorted(costs.items(), key=lambda item: (item[1][0], item[0]))[: max(0, limit)]
        return [Hit(place, -cost, sure) for place, (cost, sure) in best]

    def _add(
        self, costs: dict[int, tuple[float, bool]], blocks: Sequence[_Block], asked: Asked, most: int = _MOST_BY_PAIRS
    ) -> float:
        """Add what one reading of a query finds to the costs and sureness of documents; the least cost of a name."""
        judge = Judge(asked.spelling.core)
        if judge.length in _SHORT and blocks:
            most = max(most, _MOST_FOR_SHORT // len(blocks))
        least, most_slips = inf, _most_slips(judge)
        for names, i, core in self._worth_comparing(blocks, judge, asked.number, most):
            cost = judge.fine(core)
            if cost > most_slips:
                continue
            least = min(least, cost)
            sure = cost <= max(_SURE_AT_LEAST, _SURE * judge.length)
            for place, flags in islice(names.holders(i), _MOST_HOLDERS):
                whole = cost + self._extra(asked, core, place, flags)
                if place not in costs or whole < costs[place][0]:
                    costs[place] = (whole, sure)
        return least

    def _worth_comparing(
        self, blocks: Sequence[_Block], judge: Judge, wanted: str, most: int
    ) -> list[tuple[Names, int, str]]:
        """The names with `wanted` in them that look best at a quick look, as (table, name, text)."""
        near = [
            (number, i, core)
            for number, block in enumerate(blocks)
            for i in block.candidates(judge, most=most)
            if wanted in (core := block.names[i])
        ]
        looks = []
        for (number, i, core), cost in zip(near, judge.rough([core for _, _, core in near]), strict=True):
            fame = self._fame[blocks[number].names.best_holder(i)]
            looks.append((cost - _FAME * fame / _FAME_STEPS if core != judge.core else -inf, number, i, core))
        looks.sort()
        finely = _MOST_COMPARED_FINELY_WITH_SHORT if judge.length in _SHORT else _MOST_COMPARED_FINELY
        return [(blocks[number].names, i, core) for _, number, i, core in looks[:finely]]

    def _extra(self, asked: Asked, core: str, place: int, flags: int) -> float:
        """What fame, year, articles and the standing of the name add to the cost."""
        standing, articles = flags % _STANDING, flags // _STANDING
        cost = _PENALTY[standing] - _FAME * self._fame[place] / _FAME_STEPS
        if core == asked.spelling.core and articles == asked.spelling.articles:
            cost -= _EXACT if standing == MAIN and asked.year is None else _ARTICLES_TOO
        elif first := asked.spelling.first_article:
            cost += _OTHER_ARTICLE if articles & 3 != first else 0.0
        if asked.year is not None:
            year = self._years[place]
            apart = abs(year - asked.year)
            cost += _RIGHT_YEAR if not apart else _NO_YEAR if not year else _NEXT_YEAR if apart == 1 else _WRONG_YEAR
        return cost

    def check(self) -> None:
        """Raises ValueError for tables that are damaged."""
        for block in self._blocks.values():
            block.check(len(self._years))


def _most_slips(judge: Judge) -> float:
    """With how many slips a name may still be the one that was meant."""
    if unspaced(judge.core):
        return max(_ANOTHER_AT_LEAST, _ANOTHER_UNSPACED * judge.length)
    share = _ANOTHER * judge.length
    return max(share, min(share + _ANOTHER_OF_FEW, _ANOTHER_AT_LEAST))


def search_parts(documents: Sequence[Document]) -> dict[str, bytes]:
    """The tables of `documents`, whose places are those in the sequence."""
    parts = {
        f"{_PREFIX}.years": as_bytes("H", (_year(document) for document in documents)),
        f"{_PREFIX}.fame": as_bytes("H", (_steps(document.fame) for document in documents)),
    }
    for kind in KINDS:
        cores, holders = _borne(documents, kind)
        parts |= names_in_parts(f"{_PREFIX}.{kind}.names", cores, holders, documents=len(documents))
        parts |= grams_in_parts(f"{_PREFIX}.{kind}.grams", cores)
    return parts


def _year(document: Document) -> int:
    return document.year if document.year is not None and 0 < document.year < 10_000 else 0


def _steps(fame: float) -> int:
    return round(_FAME_STEPS * min(1.0, max(0.0, fame)))


def _borne(documents: Sequence[Document], kind: Kind) -> tuple[list[str], list[list[tuple[int, int]]]]:
    """The names of a kind, the best known first, and for each (document, flags), the best known first."""
    bearers: dict[str, dict[int, int]] = {}
    own = (place for place, document in enumerate(documents) if document.kind == kind)
    for place in sorted(own, key=lambda place: (-documents[place].fame, place)):
        for spelling, standing in _forms(documents[place]):
            flags = standing + _STANDING * spelling.articles
            bearers.setdefault(spelling.core, {}).setdefault(place, flags)
    return list(bearers), [list(holders.items()) for holders in bearers.values()]


def _forms(document: Document) -> Iterable[tuple[Spelling, int]]:
    """The forms of all names, those of the main name before the others, parts last."""
    found = [form for at, name in enumerate(document.names) for form in forms(name, OTHER if at else MAIN)]
    return sorted(found, key=lambda form: form[1])
