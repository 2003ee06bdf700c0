"""What each page of the admin asks of DynamoDB, and how long it takes, when the tables are full.

Run: python bench/admin.py [accounts] [titles]

Fills a DynamoDB in the memory of this process with accounts, titles and their index, 3,000 runs of jobs, 20,000 events
of the audit and a day of metrics; then opens every page as staff, in turns with a bare page, the sign-in. A line a page
tells its status, its requests to DynamoDB by operation, the rows that these looked at and the kilobytes that they
answered, and the medians of milliseconds: of the service, without those of the stand-in for DynamoDB, which is slower
than the real one by far; and of that stand-in. The ratio to the bare page does not depend on the machine. A page of
more than three requests or 150 ms is marked. Ends with 1 where there is one, and by itself in any case, after some
four minutes. What the process counts of itself is not sent, which would add requests to one page in a minute.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.update(
    DJANGO_SETTINGS_MODULE="movierec.settings",
    MOVIEREC_ENV="local",
    IDENTITY_PROVIDER="local",
    # DynamoDB in memory answers for this address; nothing is sent to it.
    AWS_ENDPOINT_URL="https://dynamodb.eu-north-1.amazonaws.com",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",  # noqa: S106  (nobody's)
    STATE_DIR="build/bench",
    EMAIL_URL="memorymail://",
    RATE_LIMITS="auth=1000000,user=1000000,recommendations=1000000,media=1000000",
    LOG_LEVEL="ERROR",
)

import django
import moto
from django.conf import settings
from django.test import Client
from moto.core.botocore_stubber import BotocoreStubber
from moto.dynamodb import models as stand_in
from moto.dynamodb.models import dynamodb_backends, table
from moto.dynamodb.models.table import Table

from apps.accounts import staff_sessions
from apps.accounts.models import PEOPLE, PROFILE
from apps.lists.models import Favourite, WatchlistEntry
from apps.media.index.build import build_index
from apps.media.index_keeper import publish_index
from apps.media.marks import MARKS_PK
from apps.media.models import CachedMedia
from apps.media.titles import FullTitle, full_to_row
from apps.ops.console.guard import COOKIE
from apps.ops.jobs.names import run_id
from apps.recommendations.publishing import publish
from bench.discover import Maker
from bench.load import write
from movierec.api.pagination import encode_cursor
from movierec.audit.rows import actor_pk, source_pk, thing_pk
from movierec.dynamo.data_table import DataRow, user_pk
from movierec.dynamo.plain import to_wire
from movierec.dynamo.registry import create_missing_tables
from movierec.dynamo.table import BaseTable, Row
from movierec.jobs.rows import JOBS_PK, head_key, job_pk, run_key
from movierec.telemetry.series.counters import SECONDS
from movierec.telemetry.series.histogram import BUCKETS
from movierec.telemetry.series.rows import pk, sk
from movierec.timestamps import timestamp

ACCOUNTS: Final = 100_000
TITLES: Final = 60_000
RUNS: Final = 3_000
EVENTS: Final = 20_000
MARKS: Final = 1_000
ROUNDS: Final = 3
WARM_UP: Final = 3
MOST_REQUESTS: Final = 3
MOST_MILLISECONDS: Final = 150.0
BARE: Final = "/ops/signin"
SECRET: Final = "OVHJ2wT8V9sGmVQy5cQ3Jg"  # noqa: S105  (guards nothing)
LISTED: Final = 200
RATINGS: Final = 500


@dataclass
class Asked:
    """What was asked of DynamoDB since it was cleared."""

    operations: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    size: int = 0
    seconds: float = 0.0


asked = Asked()


@contextmanager
def watched() -> Iterator[None]:
    """Has the stand-in counted and timed, and read one partition where one is queried: its own way reads them all."""
    serve, query, copy, lock = BotocoreStubber.process_request, Table.query, table.copy, Lock()

    def serve_one(self: BotocoreStubber, request: Any) -> Any:
        # One at a time, as threads would else be counted for each other's work.
        with lock:
            started = time.perf_counter()
            response = serve(self, request)
            asked.seconds += time.perf_counter() - started
            _note(request, response)
        return response

    def query_one(self: Table, hash_key: Any, *args: Any, **options: Any) -> Any:
        own = self.items.get(hash_key, {})
        if not options.get("index_name"):
            self.all_items = lambda: list(own.values())
        try:
            return query(self, hash_key, *args, **options)
        finally:
            self.__dict__.pop("all_items", None)

    BotocoreStubber.process_request, Table.query = serve_one, query_one
    # What is read is written out at once, and no transaction is taken back: copies of everything only take time.
    table.copy = stand_in.copy = SimpleNamespace(deepcopy=lambda found: found, copy=copy.copy)
    try:
        yield
    finally:
        BotocoreStubber.process_request, Table.query = serve, query
        table.copy = stand_in.copy = copy


def _note(request: Any, response: Any) -> None:
    target = request.headers.get("X-Amz-Target", b"")
    operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
    _, _, body = response
    answer = json.loads(body or b"{}")
    found = answer.get("ScannedCount", sum(map(len, answer.get("Responses", {}).values())) or int("Item" in answer))
    asked.operations[operation or "other"] += 1
    asked.rows += found
    asked.size += len(body)


# --- What the tables are full of -----------------------------------------------------------------------------------


def user_id(number: int) -> str:
    """The id of an account."""
    return str(UUID(int=number * 7919 + 2**100, version=4))


def accounts(count: int) -> Iterator[Row]:
    """Accounts with their rows of the directory; every hundredth is not confirmed, every fiftieth disabled."""
    for number in range(count):
        email = f"person{number:07}@example.com"
        shown: Row = {"email": email, "createdAt": "2026-05-01T09:30:00.000Z", "confirmed": number % 100 != 0}
        shown |= {"disabled": True} if number % 50 == 1 else {}
        yield {"pk": PEOPLE, "sk": email, "userId": user_id(number), **shown}
        account = {"username": f"person{number}", "displayName": f"Person {number}", "passwordHash": "scrypt$" * 14}
        yield {"pk": user_pk(user_id(number)), "sk": PROFILE, **shown, **account}
    for number in range(2, min(count, 202)):
        yield {"pk": "GROUP#support", "sk": f"person{number:07}@example.com", "userId": user_id(number)}


def one_person() -> Iterator[Row]:
    """What somebody who rates a lot has: 500 ratings, ten sessions and ten devices."""
    own, at = user_pk(user_id(7)), "2026-05-01T09:30:00.000Z"
    for n in range(1, RATINGS + 1):
        title = {"mediaType": "movie", "mediaId": n, "rating": 4, "updatedAt": at}
        yield {"pk": own, "sk": f"TITLE#{n}", **title}
    for n in range(10):
        yield {"pk": own, "sk": f"SESSION#{n}", "createdAt": at, "seenAt": at, "device": "Firefox on Linux"}
        yield {"pk": own, "sk": f"DEVICE#{n}", "createdAt": at, "seenAt": at, "device": "Firefox on Linux"}


def runs(now: datetime) -> Iterator[Row]:
    """Runs of ninety days; every twentieth failed."""
    for n in range(RUNS):
        started = timestamp(now - timedelta(minutes=40 * n))
        job, schedule = (("sync_media", "hourly"), ("train_recommender", "daily"), ("erase_people", "daily"))[n % 3]
        state = "failed" if n % 20 == 0 else "done"
        key = run_key(schedule, started)
        yield {"pk": JOBS_PK, "sk": head_key(job, schedule, started), "job": job, "run": key, "state": state}
        facts = {"job": job, "schedule": schedule, "state": state, "startedAt": started, "updatedAt": started}
        counts = {"counts": {"titles": n, "lists": 40}, "errors": ["Nothing answered."] * 3, "message": "Done."}
        yield {"pk": job_pk(job), "sk": key, **facts, **counts, "endedAt": started, "done": 7, "total": 7}


def events(now: datetime, count: int) -> Iterator[Row]:
    """Events of thirty days by twenty members of staff and of people, each in its three partitions."""
    for n in range(EVENTS):
        at = timestamp(now - timedelta(seconds=n * 130))
        person, actor = user_id(n % min(count, 500)), user_id(n % 20)
        changed = {"before": '{"enabled":true}', "after": '{"enabled":false}', "reason": "They asked for it."}
        row = {"at": at, "tag": "ops:person:disable", "actor": actor, "kind": "person", "thing": person, **changed}
        for partition in (thing_pk("person", person), actor_pk(actor), source_pk("ops")):
            yield {"pk": partition, "sk": f"{at}#{n:012x}", **row, "outcome": "done", "address": "192.0.2.1"}


def metrics(now: float) -> Iterator[Row]:
    """A day of minutes, a month of hours, of routes and of days, with as many names as there may be."""
    figures: Row = dict.fromkeys(("Requests", "Errors4xx", "CacheHits", "SignIns", "TmdbCalls", "DynamoCalls"), 40)
    figures |= dict.fromkeys(BUCKETS, 7) | {"DynamoMilliseconds": 812.125}
    routes: Row = {f"/some/route/{n}/<id> {bucket}": 12 for n in range(40) for bucket in BUCKETS[:6]}
    labels: Row = {f"model.20260501T0930{n:02}.{what}": 900 for n in range(10) for what in ("shown", "clicked")}
    for kind, count, amounts in (
        ("MINUTE", 26 * 60, figures),
        ("HOUR", 32 * 24, figures),
        ("ROUTE", 32 * 24, routes),
        ("DAY", 400, labels),
    ):
        last = int(now // SECONDS[kind])  # type: ignore[index]  # literals lose their type in a tuple
        for number in range(last - count + 1, last + 1):
            yield {"pk": pk(kind), "sk": sk(kind, number), **amounts}  # type: ignore[arg-type]


def marks() -> Iterator[Row]:
    """Titles that are hidden, of which every tenth has a corrected field."""
    at = "2026-05-01T09:30:00.000Z"
    for n in range(1, MARKS + 1):
        corrections = {"title": {"value": f"Another {n}", "by": "staff@example.com", "at": at}} if n % 10 == 1 else {}
        row = {"title": f"Title {n}", "stamp": "s", "hiddenAt": at, "hiddenBy": "staff@example.com", "version": "v"}
        yield {"pk": MARKS_PK, "sk": f"{'tv' if n % 4 == 0 else 'movie'}/{n}", **row, "corrections": corrections}


def keep(model: type[BaseTable], rows: Iterable[Row]) -> int:
    """Puts rows into the stand-in, past its own door, which takes ten times as long; answers how many."""
    kept = next(iter(dynamodb_backends.values()))[settings.AWS_REGION].tables[model.Meta.table_name]
    return sum(kept.put_item(to_wire(row), overwrite=True) is not None for row in rows)


def listed(count: int) -> Iterator[Row]:
    """The favourites of one person."""
    for n in range(1, count + 1):
        key = {"userId": user_id(7), "movieId": str(n)}
        yield {**key, "mediaType": "movie", "title": f"Title {n}", "addedAt": f"2026-05-01T09:30:00.{n:03}Z"}


def fill(people: int, titles: int) -> None:
    """Everything, with how long that took."""
    now, maker = datetime.now(UTC), Maker(1)

    def told(what: str, work: Callable[[], object]) -> None:
        started = time.perf_counter()
        done = work()
        print(f"  {what}: {done if done is not None else ''} in {time.perf_counter() - started:.1f} s", flush=True)

    def catalogue() -> int:
        full: list[FullTitle] = []

        def rows() -> Iterator[Row]:
            for n in range(1, titles + 1):
                full.append(maker.title(n))
                yield full_to_row(full[-1], "2026-05-01T09:30:00.000Z")

        kept = keep(CachedMedia, rows())
        publish_index(build_index(full, built_at="2026-05-01T09:30:00Z"))
        return kept

    told("rows of accounts", lambda: keep(DataRow, accounts(people)))
    told("titles and their index", catalogue)
    told("rows of runs", lambda: keep(DataRow, runs(now)))
    told("rows of events", lambda: keep(DataRow, events(now, people)))
    told("rows of metrics", lambda: keep(DataRow, metrics(now.timestamp())))
    told("decisions on titles", lambda: keep(DataRow, marks()))
    told("rows of one person", lambda: keep(DataRow, one_person()))
    told("favourites and watchlist", lambda: sum(keep(model, listed(LISTED)) for model in (Favourite, WatchlistEntry)))
    told("models", lambda: models(titles))


def models(titles: int) -> None:
    """Two models, the larger of which is active."""
    for count in (500, titles):
        with tempfile.TemporaryDirectory() as directory:
            write(Path(directory) / "model", count)
            publish(Path(directory) / "model")


# --- The pages -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A page, and what is posted to it, if anything."""

    path: str
    form: dict[str, Any] | None = None


def pages() -> list[Page]:
    """Every page that looks at something, with the filters and forms that read the most."""
    person, newest = user_id(7), next(iter(runs_listed()))
    after = "person0050000@example.com"
    ticked = [user_id(n) for n in range(100)]
    return [
        Page("/ops"), Page("/ops?range=hour"), Page("/ops?range=month"),
        Page("/ops/staff"),
        Page("/ops/people"), Page(f"/ops/people?cursor={encode_cursor(after)}"), Page("/ops/people?q=person00999"),
        Page(f"/ops/people?q={person}"), Page("/ops/people?q=not-here"),
        Page("/ops/people?status=unconfirmed"), Page("/ops/people?state=disabled"), Page("/ops/people?group=support"),
        Page("/ops/people?status=reset-required"),
        Page(f"/ops/people/{person}"), Page(f"/ops/people/{person}/export"),
        Page(f"/ops/people/{person}/as-person"), Page(f"/ops/people/{person}/as-person", {"reason": "A benchmark"}),
        Page("/ops/people/deeds", {"deed": "disable", "ticked": ticked}),
        Page("/ops/catalogue"), Page("/ops/catalogue?q=the"), Page("/ops/catalogue?q=movie/603"),
        Page("/ops/catalogue?age=30"), Page("/ops/catalogue?source=tmdb&language=fr&genre=18"),
        Page(f"/ops/catalogue?cursor={encode_cursor('59000')}"),
        Page("/ops/catalogue?state=hidden"), Page("/ops/catalogue?state=corrected"),
        Page("/ops/catalogue/lists"), Page("/ops/catalogue/movie/603"),
        Page("/ops/catalogue/movie/603/correct?field=title"),
        Page("/ops/catalogue/deeds", {"deed": "hide", "ticked": [f"movie/{n}" for n in range(1, 400, 4)]}),
        Page("/ops/jobs"), Page("/ops/jobs?state=failed"), Page("/ops/jobs?state=paused"), Page(newest),
        Page("/ops/recommender"), Page("/ops/recommender/compare"), Page("/ops/recommender/try"),
        Page("/ops/recommender/try", {"liked": "movie/603"}),
        Page("/ops/switches"),
        Page("/ops/audit"), Page("/ops/audit?outcome=failed"), Page(f"/ops/audit?thing=person/{person}"),
        Page(f"/ops/audit?actor={user_id(3)}"),
    ]  # fmt: skip


def runs_listed() -> Iterator[str]:
    """The addresses of the runs."""
    for row in islice(DataRow.query_page(JOBS_PK, newest_first=True, limit=1).rows, 1):
        yield f"/ops/jobs/{run_id(row['job'], row['run'])}"


@dataclass
class Measured:
    """A page as it was opened: its last answer, what that asked for, and the milliseconds of each round."""

    status: int = 0
    asked: Asked = field(default_factory=Asked)
    kilobytes: float = 0.0
    own: list[float] = field(default_factory=list)
    stand_in: list[float] = field(default_factory=list)


def opened(client: Client, page: Page, measured: Measured) -> None:
    """Opens a page once more."""
    global asked  # noqa: PLW0603  (the one thing that the stand-in's door reports to)
    asked = Asked()
    started = time.perf_counter()
    response = client.get(page.path) if page.form is None else client.post(page.path, page.form)
    content = response.getvalue()
    seconds = time.perf_counter() - started
    measured.status, measured.asked, measured.kilobytes = response.status_code, asked, len(content) / 1024
    measured.own.append((seconds - asked.seconds) * 1000)
    measured.stand_in.append(asked.seconds * 1000)


def is_too_much(measured: Measured) -> bool:
    """Whether a page breaks what is promised of each."""
    return measured.asked.operations.total() > MOST_REQUESTS or statistics.median(measured.own) > MOST_MILLISECONDS


def line(page: Page, measured: Measured, bare: float) -> str:
    """A page's figures."""
    own, other = statistics.median(measured.own), statistics.median(measured.stand_in)
    name = f"{'GET ' if page.form is None else 'POST'} {page.path}"
    calls = " ".join(f"{name}*{n}" if n > 1 else name for name, n in measured.asked.operations.items())
    return (
        f"{'!' if is_too_much(measured) else ' '} {name[:62]:62s} {measured.status} {measured.asked.rows:6d} rows "
        f"{measured.asked.size / 1024:7.1f} KB  page {measured.kilobytes:6.1f} KB  {own:7.1f} ms "
        f"({own / bare:5.1f} times bare; stand-in {other:6.0f} ms)  "
        f"{measured.asked.operations.total()}: {calls}"
    )


def configure(folder: Path) -> None:
    """Has the service keep models and the index in a folder, and send nothing of what it counts."""
    django.setup()
    settings.ALLOWED_HOSTS.append("testserver")
    settings.TELEMETRY_SERIES = False
    settings.CATALOGUE_STORE, settings.MODEL_STORE = str(folder / "catalogue"), str(folder / "models")
    settings.MODEL_CACHE = folder / "cache"


def main(people: int, titles: int) -> int:
    """Fill, open every page in turns with a bare one, and print what was measured; 1 where a page is too much."""
    with tempfile.TemporaryDirectory(prefix="movierec-bench-") as folder, moto.mock_aws(), watched():
        configure(Path(folder))
        list(create_missing_tables())
        print(f"{people:,} accounts and {titles:,} titles")
        fill(people, titles)
        client = Client(headers={"accept": "text/html"})
        client.cookies[COOKIE] = staff_sessions.begin(
            user_id="staff-1", email="staff@example.com", groups=("ops",), address="192.0.2.1", device="Firefox"
        )
        bare, every = Measured(), [(page, Measured()) for page in pages()]
        for _ in range(WARM_UP):
            opened(client, Page(BARE), Measured())
        for page, measured in every:
            # The first time brings modules and templates, which the median leaves out.
            for _ in range(ROUNDS):
                opened(client, Page(BARE), bare)
                opened(client, page, measured)
            print(line(page, measured, statistics.median(bare.own)), flush=True)
    print(f"bare page {BARE}: {statistics.median(bare.own):.1f} ms; medians of {ROUNDS}, the first of each among them")
    return int(any(is_too_much(measured) for _, measured in every))


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(given + [ACCOUNTS, TITLES][len(given) :])))
