"""What the lists and ratings keep about a person; see apps.accounts.personal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.lists.models import LISTS, RATING_PREFIX, Rating
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.pages import pages_of
from movierec.dynamo.table import Row


def export(user_id: str) -> Iterator[tuple[str, Any]]:
    """Both lists and the ratings as they are stored, in pages."""
    for name, table in LISTS.items():
        yield name, _without(("userId",), pages_of(table, user_id, consistent=True))
    yield "ratings", _without(("pk", "sk"), _ratings(user_id))


def erase(user_id: str) -> None:
    """Removes both lists and the ratings; also when there are none."""
    for table in LISTS.values():
        for page in pages_of(table, user_id, attributes=["userId", "movieId"], consistent=True):
            table.delete_rows(page)
    for page in _ratings(user_id, attributes=["pk", "sk"]):
        Rating.delete_rows(page)


def _ratings(user_id: str, **options: Any) -> Iterator[list[Row]]:
    titles = Rating.sk.startswith(RATING_PREFIX)
    return pages_of(Rating, user_pk(user_id), range_condition=titles, consistent=True, **options)


def _without(keys: tuple[str, ...], pages: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """The rows without attributes that only say whose they are."""
    for page in pages:
        yield [{name: value for name, value in row.items() if name not in keys} for row in page]
