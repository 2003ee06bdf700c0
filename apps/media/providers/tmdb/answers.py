"""What an answer of TMDB means, by its status and by TMDB's own codes, which say more.

Nothing of its text is repeated in messages: a server may say in it whatever it likes, even what we sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import orjson

from apps.media.errors import NotAtSource, SourceError, SourceKeyRefused, SourceRefused
from apps.media.providers.tmdb.parsing.readers import whole
from apps.media.providers.tmdb.retries import Fault, Garbled, retry_after
from apps.media.providers.tmdb.transport import Answer
from movierec.clock import Clock

_NO_SUCH_THING: Final = frozenset({6, 21, 34})
_REFUSED_KEY: Final = frozenset({3, 7, 10, 14, 35, 45})
_PASSING: Final = frozenset({9, 11, 15, 24, 43, 46})
_OVER_LIMIT: Final = 25


@dataclass(frozen=True, slots=True)
class Found:
    """The JSON that was asked for; its members are still to be checked."""

    body: Any


class OverLimit(Fault):
    """TMDB is there, and was asked too often."""


def judged(path: str, answer: Answer, clock: Clock) -> Found | Fault | SourceError:
    """What was asked for; a fault that may pass; or the error that no other try would mend."""
    body = _json(answer.body)
    code = _code(body)
    if answer.status == 200 and body is not None and code is None and not _is_failure(body):
        return Found(body)
    wait = retry_after(answer.headers, clock)
    if answer.status == 429 or code == _OVER_LIMIT:
        return OverLimit("it was asked too often", wait)
    if answer.status == 401 or (answer.status < 500 and code in _REFUSED_KEY):
        return SourceKeyRefused(f"TMDB refuses the key ({_words(answer.status, code)}).")
    if not isinstance(body, dict) or answer.status >= 500 or code in _PASSING:
        return _fault(answer.status, code, wait)
    if answer.status == 404 or code in _NO_SUCH_THING:
        return NotAtSource(f"TMDB has no {path}.")
    return SourceRefused(f"TMDB refuses the request for {path} ({_words(answer.status, code)}).")


def _fault(status: int, code: int | None, wait: float | None) -> Fault:
    if status == 200 and code is None:
        return Garbled("an answer that is no JSON", wait)
    return Fault(_words(status, code), wait)


def _json(body: bytes) -> Any:
    """The value of a JSON text, None for another text."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _forgiven(body)


def _forgiven(body: bytes) -> Any:
    """The value of what is nearly JSON: half a surrogate pair, NaN, 1e999, a mark of byte order or a torn character.

    The readers refuse such a value alone, where strictness would lose the whole answer.
    """
    try:
        return json.loads(body.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError):
        return None


def _code(body: Any) -> int | None:
    """TMDB's code of an error, None for any other body."""
    return whole(body.get("status_code")) if isinstance(body, dict) else None


def _is_failure(body: Any) -> bool:
    return isinstance(body, dict) and body.get("success") is False


def _words(status: int, code: int | None) -> str:
    known = "" if code is None else f", TMDB's code {code}"
    return f"HTTP status {status}{known}"
