"""How fast titles are found by filters, against SQLite in memory on the same data in the same run.

Run: python bench/discover.py [titles]

Builds an index of made-up titles with as many facts as real ones have, prints how long that took, the memory it needed,
the file's size and how long a process takes to read it; then both contenders answer the same questions in turns, the
first page of twenty and the number of all, and the last lines print the medians and 99th percentiles.
"""

import gc
import os
import random
import resource
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "movierec.settings")

from apps.media.details import Credit, Details, Keyword, Offers, Translation
from apps.media.genres import GENRES
from apps.media.index.build import build_index
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index.discover import Terms, Wanted
from apps.media.index.entries import day_number
from apps.media.titles import CatalogueTitle, FullTitle

ROUNDS = 7
QUESTIONS = 200
PAGE = 20
REGIONS = ("US", "GB", "SE", "DE", "FR", "ES", "IN", "JP", "BR", "CA", "AU", "MX")
PROVIDERS = tuple(range(1, 60))
LANGUAGES = ("en",) * 10 + ("fr", "es", "ja", "ko", "hi", "de", "it", "zh", "sv", "da")
CERTIFICATIONS = ("G", "PG", "PG-13", "R", "NC-17")
FILM_GENRES = tuple(GENRES["movie"])
SERIES_GENRES = tuple(GENRES["tv"])
SORTS = {"popularity": "popularity DESC", "newest": "day DESC", "votes": "votes DESC"}


class Maker:
    """Makes titles up, the same ones in every run."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        letters = "etaoinshrdlucmfwypvbgk"
        self._words = ["".join(self._chance.choices(letters, k=self._chance.randint(2, 9))) for _ in range(20_000)]

    def text(self, words: int) -> str:
        """Words of which some are far more frequent than others."""
        top = len(self._words)
        return " ".join(self._words[int(top * self._chance.random() ** 4)] for _ in range(words))

    def people(self, count: int, role: str) -> tuple[Credit, ...]:
        """People of whom some have a part in many titles and most in one."""
        numbers = {int(300_000 * self._chance.random() ** 3) + 1 for _ in range(count)}
        return tuple(self._credit(n, role) for n in sorted(numbers))

    def _credit(self, person_id: int, role: str) -> Credit:
        name = f"{self._words[person_id % 4999]} {self._words[person_id % 7919]}".title()
        return Credit(person_id, name, role, f"/{person_id:032x}.jpg")

    def title(self, media_id: int) -> FullTitle:
        """A film, or one time in four a series."""
        chance = self._chance
        series = media_id % 4 == 0
        name = self.text(chance.randint(1, 5)).title()
        facts = CatalogueTitle(
            media_type="tv" if series else "movie", media_id=media_id, title=name, source="tmdb",
            release_date=self._day(),
            genres=tuple(chance.sample(SERIES_GENRES if series else FILM_GENRES, chance.randint(1, 3))),
            runtime=chance.randint(20, 190), language=chance.choice(LANGUAGES), countries=(chance.choice(REGIONS),),
            overview=self.text(chance.randint(15, 80)), poster_path=f"/{chance.getrandbits(128):032x}.jpg",
            backdrop_path=f"/{chance.getrandbits(128):032x}.jpg", vote_average=round(chance.uniform(3, 9), 3),
            vote_count=min(40_000, int(chance.paretovariate(0.5))), popularity=round(chance.paretovariate(0.8), 3),
        )  # fmt: skip
        titles = {code: Translation(title=self.text(3).title()) for code in ("es", "fr")}
        return FullTitle(facts, self._details(), titles)

    def _day(self) -> str:
        chance = self._chance
        year = int(2026 - 90 * chance.random() ** 2)
        return f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"

    def _details(self) -> Details:
        chance = self._chance
        keywords = {int(8_000 * chance.random() ** 3) for _ in range(8)}
        return Details(
            cast=self.people(15, "Somebody"),
            crew=self.people(5, "Director"),
            keywords=tuple(Keyword(n, self._words[n]) for n in sorted(keywords)),
            certifications={region: chance.choice(CERTIFICATIONS) for region in chance.sample(REGIONS, 3)},
            offers={region: Offers(stream=tuple(chance.sample(PROVIDERS, 2))) for region in chance.sample(REGIONS, 4)},
        )

    def wanted(self) -> Wanted:
        """Conditions as people choose them: one or a few at a time."""
        chance = self._chance
        genres = tuple(str(genre) for genre in chance.sample(FILM_GENRES, chance.randint(0, 2)))
        year = chance.randint(1950, 2020)
        return Wanted(
            media_type=chance.choice(("movie", "tv", "both")),
            sort=chance.choice(("popularity", "newest", "votes")),
            genres=Terms(genres, chance.random() < 0.5),
            languages=("fr", "de") if chance.random() < 0.2 else (),
            released=(year * 10_000, year * 10_000 + 101_231) if chance.random() < 0.5 else (None, None),
            rating=(6_500, None) if chance.random() < 0.3 else (None, None),
            runtime=(None, 100) if chance.random() < 0.2 else (None, None),
            region="SE",
            providers=("8", "9") if chance.random() < 0.2 else (),
            people=Terms((str(chance.randint(1, 200)),)) if chance.random() < 0.2 else Terms(),
            keywords=Terms((str(chance.randint(1, 50)),)) if chance.random() < 0.2 else Terms(),
        )


class Reference:
    """The same questions put to SQLite: a row a title, a row a fact, and an index for every question."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute(
            "CREATE TABLE title (id PRIMARY KEY, kind, language, day, rating, runtime, votes, popularity)"
        )
        self._database.execute("CREATE TABLE fact (name, id, PRIMARY KEY (name, id)) WITHOUT ROWID")

    def add(self, full: FullTitle) -> None:
        """Takes up a title."""
        facts, details = full.facts, full.details
        assert details
        numbers = (
            day_number(facts.release_date),
            round(facts.vote_average * 1000),
            facts.runtime,
            facts.vote_count,
            facts.popularity,
        )
        self._database.execute(
            "INSERT INTO title VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (facts.media_id, facts.media_type, facts.language, *numbers),
        )
        names = {
            *(f"genre:{genre}" for genre in facts.genres),
            *(f"keyword:{keyword.keyword_id}" for keyword in details.keywords),
            *(f"person:{credit.person_id}" for credit in (*details.cast, *details.crew)),
            *(f"stream:{region}/{provider}" for region, offers in details.offers.items() for provider in offers.stream),
        }
        self._database.executemany("INSERT INTO fact VALUES (?, ?)", ((name, facts.media_id) for name in names))

    def finish(self) -> None:
        """Makes the indexes."""
        for column in ("popularity", "day", "votes", "language", "rating"):
            self._database.execute(f"CREATE INDEX by_{column} ON title ({column})")
        self._database.execute("ANALYZE")

    def ask(self, wanted: Wanted) -> tuple[int, list[int]]:
        """How many titles there are, and the ids of the first page."""
        where, values = conditions(wanted)
        clause = " AND ".join(where) or "1"
        (total,) = self._database.execute(f"SELECT count(*) FROM title WHERE {clause}", values).fetchone()  # noqa: S608
        order = f"SELECT id FROM title WHERE {clause} ORDER BY {SORTS[wanted.sort]} LIMIT {PAGE}"  # noqa: S608
        return total, [media_id for (media_id,) in self._database.execute(order, values)]


def conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    """The question in SQL, and its values."""
    where: list[str] = []
    values: list[object] = []
    for condition, given in (*_of_columns(wanted), *_of_facts(wanted)):
        where.append(condition.replace("(?)", f"({','.join('?' * len(given))})"))
        values.extend(given)
    return where, values


def _of_columns(wanted: Wanted) -> Iterator[tuple[str, Sequence[object]]]:
    """Conditions with their values; (?) stands for as many as there are."""
    kinds = () if wanted.media_type == "both" else (wanted.media_type,)
    for column, some in {"kind": kinds, "language": wanted.languages}.items():
        if some:
            yield f"{column} IN (?)", some
    for column, bounds in {"day": wanted.released, "rating": wanted.rating, "runtime": wanted.runtime}.items():
        for sign, bound in zip((">=", "<="), bounds, strict=True):
            if bound is not None:
                yield f"{column} {sign} ?", (bound,)


def _of_facts(wanted: Wanted) -> Iterator[tuple[str, Sequence[object]]]:
    having = "id IN (SELECT id FROM fact WHERE name IN (?))"
    if wanted.providers:
        yield having, [f"stream:{wanted.region}/{provider}" for provider in wanted.providers]
    for kind, terms in {"genre": wanted.genres, "person": wanted.people, "keyword": wanted.keywords}.items():
        names = [f"{kind}:{value}" for value in terms.values]
        for group in [[name] for name in names] if terms.every else [names] if names else []:
            yield having, group


def timed(call: Callable[[], object]) -> float:
    """Seconds that `call` took."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def resident() -> float:
    """The megabytes of memory that this process uses now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def built(count: int) -> bytes:
    """The index, with the time and memory that building it took."""
    maker = Maker(1)
    before, started = resident(), time.perf_counter()
    content = build_index((maker.title(n) for n in range(1, count + 1)), built_at="2026-06-01T00:00:00Z")
    seconds = time.perf_counter() - started - timed(lambda: all_titles(count))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    print(f"{count} titles: built in {seconds:.1f} s with {peak:.0f} MB more memory; {len(content) / 2**20:.1f} MB")
    return content


def all_titles(count: int) -> None:
    """Makes every title up and keeps none."""
    maker = Maker(1)
    for n in range(1, count + 1):
        maker.title(n)


def main(count: int) -> None:
    """Build, read, compare."""
    content = built(count)
    gc.collect()
    reads = [timed(lambda: CatalogueIndex.read(content)) for _ in range(ROUNDS)]
    index = CatalogueIndex.read(content)
    print(f"read in {statistics.median(reads) * 1000:.0f} ms")
    reference, maker = Reference(), Maker(1)
    for n in range(1, count + 1):
        reference.add(maker.title(n))
    reference.finish()
    questions = [maker.wanted() for _ in range(QUESTIONS)]
    same = sum(index.discover(each, stop=0).total == reference.ask(each)[0] for each in questions)
    print(f"{same} of {QUESTIONS} questions have the same number of answers")
    contenders: dict[str, Callable[[Wanted], object]] = {
        "SQLite": reference.ask,
        "index": lambda wanted: index.discover(wanted, stop=PAGE),
        "index with the items": lambda wanted: [index.item(i, "en") for i in index.discover(wanted, stop=PAGE).places],
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for question in questions:
            for name, call in contenders.items():
                times[name].append(timed(partial(call, question)))
    for name, values in times.items():
        print(
            f"{name:22s} p50 {percentile(values, 0.5) * 1000:6.2f} ms   p99 {percentile(values, 0.99) * 1000:6.2f} ms  "
            f"ratio of p50 {percentile(values, 0.5) / percentile(times['SQLite'], 0.5):.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60_000)
