"""How a row keeps typed values of many members in one compressed attribute, and reads them back."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar

import orjson

# Raised when the stored form changes; what is stored in another form is fetched anew.
FORM: Final = 1
# More than any title has, and no more than a process has room for.
_MOST_BYTES: Final = 4 * 1024 * 1024

T = TypeVar("T")

logger = logging.getLogger(__name__)


class DetailsDamaged(ValueError):
    """What a row keeps of a title cannot be read."""


def packed(value: object) -> bytes:
    """A value of dataclasses and JSON's types as a row keeps it."""
    return bytes((FORM,)) + zlib.compress(orjson.dumps(value), 6)


def unpacked(content: bytes) -> Any:
    """The JSON that `packed` made. Raises DetailsDamaged for other bytes."""
    if content[:1] != bytes((FORM,)):
        raise DetailsDamaged(f"The stored form is not {FORM}.")
    try:
        reader = zlib.decompressobj()
        return orjson.loads(reader.decompress(content[1:], _MOST_BYTES))
    except (zlib.error, orjson.JSONDecodeError) as error:
        raise DetailsDamaged(f"The stored bytes cannot be read ({error}).") from error


def read_packed(read: Callable[[bytes], T], row: Mapping[str, Any], attribute: str) -> T | None:
    """What a row keeps in a compressed attribute, by `read`; None, and a line in the log, where it cannot be read."""
    content = row.get(attribute)
    if not isinstance(content, bytes):
        return None
    try:
        return read(content)
    except DetailsDamaged as error:
        logger.warning("The %s of %s %s: %s", attribute, row["mediaType"], row["mediaId"], error)
        return None


def known(kind: type[T], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the stored members that `kind` has, lists as tuples."""
    names = {each.name for each in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items() if name in names}


def one(kind: type[T], stored: Mapping[str, Any]) -> T:
    """A `kind` of the stored members."""
    return kind(**known(kind, stored))


def each(kind: type[T], stored: Iterable[Mapping[str, Any]]) -> tuple[T, ...]:
    """A `kind` of every stored entry."""
    return tuple(one(kind, entry) for entry in stored)
