"""How fast and how well the search finds mistyped titles, against libraries that do the like, in the same run.

Run: python bench/search.py [titles] [movies.csv]

The titles are those of a MovieLens `movies.csv`, or the demo catalogue's and mixtures of their words. Our own index has
two more names of each and 100,000 people beside them, and is asked for films, for people, and for everything at once;
the others have the films' main names only. Each query is a title with one or two slips of the typist, at times without
its last letters or with its year. Every contender gets the same queries in turns; of equal scores each shows the better
known title first. SQLite's trigram index comes with Python; RapidFuzz and tantivy, which the project does not use, take
part where `pip install rapidfuzz tantivy` has put them. The last lines are ratios to ours: absolute times depend on the
machine and its other work.
"""

import csv
import gc
import importlib
import random
import re
import sqlite3
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from apps.media.index.search import Document, Search, search_parts
from apps.media.index.search.text import plain
from apps.media.providers.demo import DemoCatalogue

QUERIES = 200
WARM_UP = 10
SHOWN = 5
LOOKED_AT = 50
SEED = 11
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PEOPLE = 100_000
MORE_NAMES = 2
FILMS = frozenset(("movie",))
KINDS = {
    "ours": FILMS,
    "ours, people": frozenset(("person",)),
    "ours, every kind": frozenset(("movie", "tv", "person")),
}
SYLLABLES = ("an", "ba", "da", "el", "en", "ja", "ka", "ko", "la", "li", "ma", "mi", "na", "or", "ra", "ri", "sa", "to")
NAME_AND_YEAR = re.compile(r"^(.*?)(?:, (The|A|An))?(?: \(.*)? \((\d{4})\)$")

Find = Callable[[str], Sequence[int]]


@dataclass
class Contender:
    """A search, the seconds of its answers, and how often the right title was first and among the first five."""

    name: str
    find: Find
    times: list[float] = field(default_factory=list)
    first: int = 0
    shown: int = 0

    def answer(self, query: str, right: int, *, counted: bool) -> None:
        """Time one query and judge its answer."""
        started = time.perf_counter()
        found = list(self.find(query))[:SHOWN]
        seconds = time.perf_counter() - started
        if counted:
            self.times.append(seconds)
            self.first += found[:1] == [right]
            self.shown += right in found


def main(count: int, path: str | None) -> None:
    """Builds every index, asks, and prints times, accuracy and ratios."""
    chance = random.Random(SEED)
    names = list(dict.fromkeys(real_names(Path(path)) if path else mixed_names(count, chance)))[:count]
    documents = [Document("movie", (name,), year, 1 - place / len(names)) for place, (name, year) in enumerate(names)]
    contenders = [*ours(whole_catalogue(documents, chance)), *built(documents)]
    queries = list(mistyped(documents, chance))
    gc.collect()
    for number, (query, right) in enumerate(queries):
        for contender in contenders:
            contender.answer(query, right, counted=number >= WARM_UP)
    report(contenders)


def real_names(path: Path) -> Iterator[tuple[str, int | None]]:
    """Films of MovieLens as (name, year), in the file's order, which stands for fame."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if found := NAME_AND_YEAR.match(row["title"].strip()):
                yield f"{found[2]} {found[1]}" if found[2] else found[1], int(found[3])


def mixed_names(count: int, chance: random.Random) -> Iterator[tuple[str, int | None]]:
    """The demo catalogue's titles, then so many mixtures of their words."""
    titles = list(DemoCatalogue().titles())
    words = [word for title in titles for word in title.title.split()]
    yield from ((title.title, int((title.release_date or "2000")[:4])) for title in titles)
    for _ in range(2 * count):
        yield " ".join(chance.choices(words, k=chance.choice((1, 2, 2, 3, 3, 4, 5)))), chance.randint(1930, 2025)


def whole_catalogue(films: Sequence[Document], chance: random.Random) -> list[Document]:
    """The films with more names, made of words of theirs, then people with made-up names."""
    words = [word for film in films for word in film.names[0].split()]
    named = [replace(film, names=(*film.names, *more_names(words, chance))) for film in films]
    people = {f"{made_up(chance)} {made_up(chance)}": None for _ in range(PEOPLE)}
    return named + [Document("person", (name,), None, chance.random() ** 4) for name in people]


def more_names(words: Sequence[str], chance: random.Random) -> Iterator[str]:
    """Names of two to four of the words."""
    for _ in range(MORE_NAMES):
        yield " ".join(chance.choices(words, k=chance.choice((2, 3, 4))))


def made_up(chance: random.Random) -> str:
    """A name of two to four syllables."""
    return "".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 4)))).capitalize()


def mistyped(documents: Sequence[Document], chance: random.Random) -> Iterator[tuple[str, int]]:
    """Queries with the place of the title that is meant, the only one of its spelling, among the better known."""
    spelt = [plain(document.names[0]) for document in documents]
    single = [place for place, name in enumerate(spelt[: len(spelt) // 10]) if len(name) > 5 and name.isascii()]
    borne = Counter(spelt)
    single = [place for place in single if borne[spelt[place]] == 1]
    for number in range(QUERIES + WARM_UP):
        place = chance.choice(single)
        query = spelt[place]
        for _ in range(1 + number % 2):
            query = slip(query, chance)
        if number % 5 == 0:
            query = query[: max(6, len(query) - 3)]
        elif number % 5 == 1:
            query = f"{query} {documents[place].year}"
        yield query, place


def slip(text: str, chance: random.Random) -> str:
    """`text` with a letter dropped, doubled, replaced, or swapped with the next."""
    at = chance.randrange(len(text) - 1)
    head, letter, following, tail = text[:at], text[at], text[at + 1], text[at + 2 :]
    return chance.choice(
        (
            f"{head}{following}{tail}",
            f"{head}{letter}{letter}{following}{tail}",
            f"{head}{chance.choice(LETTERS)}{following}{tail}",
            f"{head}{following}{letter}{tail}",
        )
    )


def built(documents: Sequence[Document]) -> Iterator[Contender]:
    """The others that can be imported, each with its index."""
    makers: dict[str, Callable[[Sequence[Document]], Find]] = {
        "SQLite FTS5 trigram": sqlite_trigrams,
        "RapidFuzz WRatio": rapidfuzz_scorer,
        "tantivy fuzzy terms": tantivy_terms,
    }
    for name, make in makers.items():
        started = time.perf_counter()
        try:
            find = make(documents)
        except ImportError as error:
            print(f"{name}: not here ({error}); pip install rapidfuzz tantivy")
            continue
        print(f"{name}: {len(documents)} titles indexed in {time.perf_counter() - started:.1f} s", flush=True)
        yield Contender(name, find)


def ours(documents: Sequence[Document]) -> Iterator[Contender]:
    """The project's own search, asked for one kind or for all."""
    started = time.perf_counter()
    parts = search_parts(documents)
    search = Search.read(parts, len(documents))
    size = sum(map(len, parts.values())) / 1e6
    seconds = time.perf_counter() - started
    print(f"ours: {len(documents)} titles and people indexed in {seconds:.1f} s, {size:.1f} MB", flush=True)
    for name, kinds in KINDS.items():
        yield Contender(name, partial(found_by, search, kinds))


def found_by(search: Search, kinds: frozenset[str], query: str) -> list[int]:
    """The places of the first hits."""
    return [hit.place for hit in search.find(query, kinds=kinds, limit=SHOWN)]


def sqlite_trigrams(documents: Sequence[Document]) -> Find:
    """Every trigram of the query, any of which may match, by BM25."""
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE titles USING fts5(name, tokenize='trigram')")
    rows = ((place, with_year(document)) for place, document in enumerate(documents))
    table.executemany("INSERT INTO titles (rowid, name) VALUES (?, ?)", rows)

    def find(query: str) -> list[int]:
        grams = " OR ".join(f'"{query[at : at + 3]}"' for at in range(len(query) - 2))
        sql = "SELECT rowid FROM titles WHERE titles MATCH ? ORDER BY rank, rowid LIMIT ?"
        return [place for (place,) in table.execute(sql, (grams, SHOWN))]

    return find


def rapidfuzz_scorer(documents: Sequence[Document]) -> Find:
    """The weighted ratio of RapidFuzz to every title."""
    process, fuzz = importlib.import_module("rapidfuzz.process"), importlib.import_module("rapidfuzz.fuzz")
    names = [with_year(document) for document in documents]

    def find(query: str) -> list[int]:
        found = process.extract(query, names, scorer=fuzz.WRatio, score_cutoff=50, limit=LOOKED_AT)
        return [place for _, _, place in found]

    return find


def tantivy_terms(documents: Sequence[Document]) -> Find:
    """Any word of the query within two slips, the last also as a beginning, by BM25."""
    tantivy: Any = importlib.import_module("tantivy")
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("name")
    builder.add_integer_field("place", stored=True)
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer()
    for place, document in enumerate(documents):
        writer.add_document(tantivy.Document(name=with_year(document), place=place))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def find(query: str) -> list[int]:
        words = query.split()
        terms = [
            (
                tantivy.Occur.Should,
                tantivy.Query.fuzzy_term_query(
                    schema, "name", word, distance=min(2, len(word) // 3), prefix=number == len(words) - 1
                ),
            )
            for number, word in enumerate(words)
        ]
        hits = searcher.search(tantivy.Query.boolean_query(terms), LOOKED_AT).hits
        found = [(-score, searcher.doc(address)["place"][0]) for score, address in hits]
        return [place for _, place in sorted(found)]

    return find


def with_year(document: Document) -> str:
    """What the others index: the name as we normalise it, and the year."""
    return f"{plain(document.names[0])} {document.year or ''}".strip()


def report(contenders: Sequence[Contender]) -> None:
    """Prints what each reached, then the ratios."""
    own, *others = contenders
    for contender in contenders:
        asked = len(contender.times)
        found = f"first {contender.first / asked:6.1%}, in five {contender.shown / asked:6.1%}"
        print(
            f"{contender.name:20} p50 {1000 * percentile(contender, 0.5):7.2f} ms, "
            f"p99 {1000 * percentile(contender, 0.99):7.2f} ms, "
            f"{found if contender.shown else 'and nobody is called as films are'}"
        )
    for other in others[len(KINDS) - 1 :]:
        times = [percentile(own, part) / percentile(other, part) for part in (0.5, 0.99)]
        print(
            f"ours to {other.name:20} p50 {times[0]:6.3f}, p99 {times[1]:6.3f}, "
            f"first {own.first / max(1, other.first):5.2f}, in five {own.shown / max(1, other.shown):5.2f}"
        )


def percentile(contender: Contender, part: float) -> float:
    """The time below which `part` of the times lie."""
    return statistics.quantiles(contender.times, n=1000, method="inclusive")[min(998, round(part * 1000) - 1)]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60_000, sys.argv[2] if len(sys.argv) > 2 else None)
