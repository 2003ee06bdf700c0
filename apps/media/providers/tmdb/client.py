"""Asks TMDB's API and answers what a parser makes of its JSON, or says in one of three errors why there is none."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

from apps.media.errors import NotAtSource, SourceError, SourceKeyRefused, SourceUnavailable
from apps.media.providers.tmdb.answers import Found, OverLimit, judged
from apps.media.providers.tmdb.breaker import Breaker
from apps.media.providers.tmdb.key import ApiKey, KeyHolder
from apps.media.providers.tmdb.pace import Pace
from apps.media.providers.tmdb.retries import Fault, Garbled, until_it_works
from apps.media.providers.tmdb.transport import Transport, TransportFault
from movierec.clock import Clock, Deadline
from movierec.telemetry.tally import count, timed

MOST_BYTES: Final = 8 * 1024 * 1024
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "MovieRec"}

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A request: `path` for messages, and what is sent, which may hold the key."""

    path: str
    target: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class TmdbClient:
    """Asks the API at `address`, such as https://api.themoviedb.org/3, from any number of threads.

    A process has one, because its requests share their pace, the circuit breaker and the connections.
    """

    def __init__(self, address: str, keys: KeyHolder, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._transport = Transport(address, clock)
        self._pace = Pace(clock)
        self._breaker = Breaker(clock)

    def get(self, path: str, parameters: Mapping[str, str], *, parse: Callable[[Any], T], budget: float) -> T:
        """What `parse` makes of the JSON at a path such as `movie/603`.

        `budget` seconds hold every wait and every new try. JSON for which `parse` raises SourceUnavailable is asked for
        again, as what is no JSON is; its other errors go to the caller. Raises NotAtSource, SourceKeyRefused,
        SourceRefused (the request) and SourceUnavailable.
        """
        deadline = Deadline(self._clock, budget)
        key = self._keys.current(deadline)
        try:
            return self._asked(path, parameters, key, parse, deadline)
        except SourceKeyRefused as error:
            other = self._keys.other_than(key, deadline)
            refusal = SourceKeyRefused(f"{error} {self._keys.remedy}")
        if other is None:
            raise refusal
        return self._asked(path, parameters, other, parse, deadline)

    def _asked(
        self, path: str, parameters: Mapping[str, str], key: ApiKey, parse: Callable[[Any], T], deadline: Deadline
    ) -> T:
        query = urlencode({**parameters, **key.parameters}, errors="replace")
        wanted = _Wanted(path, f"/{quote(path)}?{query}", {**_HEADERS, **key.headers})
        return until_it_works(partial(self._tried, wanted, parse, deadline), deadline=deadline, clock=self._clock)

    def _tried(self, wanted: _Wanted, parse: Callable[[Any], T], deadline: Deadline) -> T | Fault:
        """What one request brought, or a fault that may pass. Raises SourceError for all else."""
        self._breaker.admit()
        verdict = self._verdict(wanted, deadline)
        if isinstance(verdict, Fault | SourceError) and not isinstance(verdict, NotAtSource):
            count("TmdbFailures")
        if isinstance(verdict, Fault):
            self._note(wanted.path, verdict)
            return verdict
        self._breaker.succeeded()
        if isinstance(verdict, SourceError):
            raise verdict
        return _parsed(wanted.path, verdict.body, parse)

    def _verdict(self, wanted: _Wanted, deadline: Deadline) -> Found | Fault | SourceError:
        with self._pace.turn(deadline), timed("TmdbMilliseconds"):
            count("TmdbCalls")
            try:
                answer = self._transport.get(wanted.target, wanted.headers, deadline, most_bytes=MOST_BYTES)
            except TransportFault as error:
                return Fault(str(error))
        return judged(wanted.path, answer, self._clock)

    def _note(self, path: str, fault: Fault) -> None:
        _log(path, fault)
        if fault.wait:
            self._pace.hold(fault.wait)
        if isinstance(fault, OverLimit):
            self._breaker.succeeded()
        else:
            self._breaker.failed()


def _parsed(path: str, body: Any, parse: Callable[[Any], T]) -> T | Fault:
    """What `parse` makes of an answer. One of a wrong shape is no sign that TMDB is down, so no breaker hears of it."""
    try:
        return parse(body)
    except SourceUnavailable as error:
        fault = Garbled(str(error).removesuffix("."))
    _log(path, fault)
    return fault


def _log(path: str, fault: Fault) -> None:
    logger.info("TMDB did not give %s: %s.", path, fault.reason)
