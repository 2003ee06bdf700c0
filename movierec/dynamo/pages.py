"""Large partitions, read a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from movierec.dynamo.table import BaseTable, Row

PAGE_ROWS = 500


def pages_of(table: type[BaseTable], hash_key: str, **options: Any) -> Iterator[list[Row]]:
    """The rows of a key condition, at most 500 at once; the options are those of `query_page`."""
    after = None
    while True:
        page = table.query_page(hash_key, limit=PAGE_ROWS, after=after, **options)
        yield page.rows
        after = page.last_key
        if after is None:
            return
