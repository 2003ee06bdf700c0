"""Asks TMDB's API and answers its JSON, or says in one of three errors why there is none."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote, urlencode

from apps.media.errors import SourceError
from apps.media.providers.tmdb.answers import Found, KeyRefused, OverLimit, judged
from apps.media.providers.tmdb.breaker import Breaker
from apps.media.providers.tmdb.clock import Clock, Deadline
from apps.media.providers.tmdb.key import ApiKey, KeyHolder
from apps.media.providers.tmdb.pace import Pace
from apps.media.providers.tmdb.retries import Fault, until_it_works
from apps.media.providers.tmdb.transport import Transport, TransportFault

MOST_BYTES: Final = 8 * 1024 * 1024
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "MovieRec"}

logger = logging.getLogger(__name__)


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

    def get(self, path: str, parameters: Mapping[str, str], *, budget: float) -> Any:
        """The JSON at a path such as `movie/603`, within `budget` seconds that hold every wait and every new try.

        Raises NotAtSource, SourceRefused (the key or the request) and SourceUnavailable.
        """
        deadline = Deadline(self._clock, budget)
        key = self._keys.current()
        try:
            return self._asked(path, parameters, key, deadline)
        except KeyRefused as error:
            other = self._keys.other_than(key)
            refusal = KeyRefused(f"{error} {self._keys.remedy}")
        if other is None:
            raise refusal
        return self._asked(path, parameters, other, deadline)

    def _asked(self, path: str, parameters: Mapping[str, str], key: ApiKey, deadline: Deadline) -> Any:
        query = urlencode({**parameters, **key.parameters}, errors="replace")
        tried = partial(self._tried, path, f"/{quote(path)}?{query}", {**_HEADERS, **key.headers}, deadline)
        return until_it_works(tried, deadline=deadline, clock=self._clock)

    def _tried(self, path: str, target: str, headers: Mapping[str, str], deadline: Deadline) -> Any | Fault:
        """The JSON that one request brought, or a fault that may pass. Raises SourceError for all else."""
        self._breaker.admit()
        verdict = self._verdict(path, target, headers, deadline)
        if isinstance(verdict, Fault):
            self._note(path, verdict)
            return verdict
        self._breaker.succeeded()
        if isinstance(verdict, SourceError):
            raise verdict
        return verdict.body

    def _verdict(
        self, path: str, target: str, headers: Mapping[str, str], deadline: Deadline
    ) -> Found | Fault | SourceError:
        with self._pace.turn(deadline):
            try:
                answer = self._transport.get(target, headers, deadline, most_bytes=MOST_BYTES)
            except TransportFault as error:
                return Fault(str(error))
        return judged(path, answer, self._clock)

    def _note(self, path: str, fault: Fault) -> None:
        logger.info("TMDB did not give %s: %s.", path, fault.reason)
        if fault.wait:
            self._pace.hold(fault.wait)
        if isinstance(fault, OverLimit):
            self._breaker.succeeded()
        else:
            self._breaker.failed()
