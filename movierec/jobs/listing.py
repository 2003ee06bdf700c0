"""The runs of all jobs, the last to start first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Final

from pynamodb.expressions.condition import Condition

from movierec.dynamo.table import Row
from movierec.jobs.rows import JOBS_PK, RUN_PREFIX, RunHead, job_pk

# How many runs a narrowed list looks at, by one request of some 200 KB.
LOOKED_AT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """The keys of some runs, the sort key to go on after, and how many rows a page that is not full looked at."""

    keys: list[Row]
    after: str | None
    looked: int


def listed(*, job: str = "", state: str = "", after: str | None = None, limit: int = 50) -> Found:
    """Runs of a job and in a state, where these are given, by one Query; `after` is where an earlier page ended."""
    wanted = [(RunHead.job, job), (RunHead.state, state)]
    narrowed: list[Condition] = [attribute == value for attribute, value in wanted if value]
    page = RunHead.query_page(
        JOBS_PK,
        range_condition=RunHead.sk.startswith(RUN_PREFIX),
        filter_condition=reduce(and_, narrowed) if narrowed else None,
        newest_first=True,
        limit=LOOKED_AT if narrowed else limit,
        after={"pk": JOBS_PK, "sk": after} if after else None,
        consistent=True,
    )
    rows = page.rows[:limit]
    keys = [{"pk": job_pk(row["job"]), "sk": row["run"]} for row in rows]
    if len(page.rows) > limit:
        return Found(keys, rows[-1]["sk"], 0)
    if page.last_key is None:
        return Found(keys, None, 0)
    return Found(keys, page.last_key["sk"], LOOKED_AT if narrowed else 0)
