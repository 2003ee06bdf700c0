"""Everything stored about a person as one JSON object, written while it is read."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import orjson

from apps.accounts import personal
from apps.accounts.personal import Section
from movierec.timestamps import now_text


def stream(user_id: str) -> Iterator[bytes]:
    """The parts of the JSON text.

    Whatever can be read at once, and the first page of everything else, is read before this answers, so that a
    fault of the database comes as an error and not as half a file; nothing else waits in memory but one page.
    """
    sections = chain([("exportedAt", now_text())], *(part.export(user_id) for part in personal.parts()))
    return _json([(name, _begun(value)) for name, value in sections])


def _begun(value: Any) -> Any:
    """The value, of pages the first one read."""
    return chain([next(value, [])], value) if isinstance(value, Iterator) else value


def _json(sections: Iterable[Section]) -> Iterator[bytes]:
    opening = b"{"
    for name, value in sections:
        yield opening + _text(name) + b":"
        yield from _array(value) if isinstance(value, Iterator) else [_text(value)]
        opening = b","
    yield b"}"


def _array(pages: Iterator[list[Any]]) -> Iterator[bytes]:
    opening = b"["
    for page in pages:
        if page:
            # A page is a list of its own, so its brackets make way for a comma.
            yield opening + _text(page)[1:-1]
            opening = b","
    yield b"]" if opening == b"," else b"[]"


def _text(value: Any) -> bytes:
    return orjson.dumps(value, default=_binary)


def _binary(value: Any) -> str:
    """Bytes, which rows of an older service may hold, in base64."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(f"{value!r} has no form in JSON")
