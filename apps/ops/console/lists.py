"""Lists that page by key: what a request asks of one, honest counts, and addresses that keep the filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest

from movierec.api.errors import BadRequest
from movierec.api.pagination import MAX_CURSOR_LENGTH, decode_cursor, encode_cursor
from movierec.dynamo.table import Count

PAGE_ROWS: Final = 50
MOST_COUNTED: Final = 1_000
MAX_TEXT_LENGTH: Final = 200
# How many rows one request for a page with a selective filter looks at.
FILTER_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to filter: its value in the address and its words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice that narrows a list; the empty value, which stands first, does not."""

    name: str
    label: str
    choices: tuple[Choice, ...]

    def chosen(self, request: HttpRequest) -> str:
        """The value that a request asks for. Raises BadRequest for one that is not offered."""
        value = request.GET.get(self.name, "")
        if value and value not in {choice.value for choice in self.choices}:
            raise BadRequest(f"{self.name}: there is no choice {value[:50]!r}; choose one that the page offers.")
        return value


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of a list: a text to find, the filters' values, and the parts of the key to go on after."""

    text: str
    chosen: Mapping[str, str]
    after: tuple[str, ...] | None

    @property
    def narrowed(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.text or any(self.chosen.values()))


def asked(
    request: HttpRequest,
    filters: Sequence[Filter] = (),
    *,
    key_parts: int = 1,
    longest_cursor: int = MAX_CURSOR_LENGTH,
) -> Asked:
    """Reads the address of a list: `q`, the filters' names and `cursor`. Raises BadRequest."""
    cursor = request.GET.get("cursor", "")
    return Asked(
        text=request.GET.get("q", "").strip()[:MAX_TEXT_LENGTH],
        chosen={each.name: each.chosen(request) for each in filters},
        after=tuple(decode_cursor(cursor, key_parts, longest=longest_cursor)) if cursor else None,
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list as templates show it.

    `looked` is how many rows a selective filter looked at before it stopped; 0 where the page is simply full.
    """

    rows: Sequence[Any]
    count: Count | None
    next_url: str
    first_url: str
    looked: int = 0


def listed(
    request: HttpRequest,
    rows: Sequence[Any],
    *,
    after: Sequence[str] | None,
    count: Count | None = None,
    looked: int = 0,
) -> Listed:
    """A page of rows; `after` are the parts of the key that the next page goes on after, None on the last page."""
    return Listed(
        rows=rows,
        count=count,
        next_url=_address(request, encode_cursor(*after)) if after is not None else "",
        first_url=_address(request, "") if request.GET.get("cursor") else "",
        looked=looked if after is not None else 0,
    )


def _address(request: HttpRequest, cursor: str) -> str:
    """The address of the same list with all its filters, at another place."""
    kept = [(name, value) for name, values in request.GET.lists() if name != "cursor" for value in values if value]
    return f"?{urlencode([*kept, *([('cursor', cursor)] if cursor else [])])}"
