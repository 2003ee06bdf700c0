"""The audit as CSV (RFC 4180), page by page as it is read."""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from io import StringIO
from math import inf
from typing import Final

from apps.ops.trail.asking import Wanted
from apps.ops.trail.selectors import batches
from apps.ops.trail.words import sentence
from movierec import env
from movierec.api.errors import BadRequest, as_api_error
from movierec.audit import Recorded

logger = logging.getLogger(__name__)

MOST_DAYS: Final = 31
MOST_EVENTS: Final = 100_000
# A function on Lambda answers at most 6 MB, which is counted as the JSON text that the answer becomes.
MOST_ON_LAMBDA: Final = 5_500_000
QUERY_ROWS: Final = 1_000
COLUMNS: Final = (
    *("at", "tag", "what", "outcome", "actor", "actor name", "address"),
    *("kind", "thing", "before", "after", "reason"),
)
# A spreadsheet takes a cell that begins so for a formula.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


def check_days(wanted: Wanted) -> None:
    """Raises BadRequest for more days than one export has."""
    if wanted.last - wanted.first >= timedelta(days=MOST_DAYS):
        raise BadRequest(f"from: an export has at most {MOST_DAYS} days; choose a later first day.")


def text_of(wanted: Wanted) -> Iterator[str]:
    """The CSV text in parts, the newest event first; the first part comes with the first request to DynamoDB.

    What keeps it from being whole is said in a last line: too many events, or a fault while it was read.
    """
    room: float = MOST_ON_LAMBDA if env.on_lambda() else inf
    left = MOST_EVENTS
    head = lines([COLUMNS])
    try:
        for batch in batches(wanted, None, limit=QUERY_ROWS):
            kept = [event for event in batch.events if wanted.keeps(event)][:left]
            part = head + lines(map(cells, kept))
            head = ""
            left -= len(kept)
            room -= len(json.dumps(part))
            if room < 0:
                yield lines([["Stopped: this is as much as one answer holds; choose fewer days."]])
                return
            yield part
            if left == 0 and batch.after:
                yield lines([[f"Stopped after {MOST_EVENTS:,} events; choose fewer days."]])
                return
    except Exception as exception:
        error = as_api_error(exception)
        # Before the first part there is still a page to say it on.
        if error is None or head:
            raise
        logger.error("An export of the audit broke off: %s", exception)  # noqa: TRY400  (a fault outside)
        yield lines([[f"Broke off: {error.sentence}"]])


def cells(event: Recorded) -> list[str]:
    """An event as a line's cells, in the order of COLUMNS."""
    who = (event.actor, event.actor_name, event.address)
    what = (event.kind, event.thing, event.before, event.after, event.reason)
    return [event.at, event.tag, sentence(event.tag), event.outcome, *who, *what]


def lines(rows: Iterable[Iterable[str]]) -> str:
    """Rows as lines of CSV, with an apostrophe before what would be a formula."""
    written = StringIO(newline="")
    # All in quotes: where a semicolon parts cells, one within a cell would begin another, which may be a formula.
    csv.writer(written, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(map(inert, rows))
    return written.getvalue()


def inert(row: Iterable[str]) -> list[str]:
    """The cells, none of which a spreadsheet runs."""
    return [f"'{cell}" if cell.lstrip(" \n").startswith(_FORMULAS) else cell for cell in row]
