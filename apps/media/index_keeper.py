"""The catalogue's index of this process: loaded at first use, looked for anew beside the requests."""

from __future__ import annotations

import logging
from functools import cache
from threading import Lock, Thread
from time import time
from typing import Final

from django.conf import settings

from apps.media.errors import IndexMissing
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index.errors import REMEDY, IndexDamaged
from movierec.objects import Objects, Stored, StoreUnreachable, objects_at

INDEX_NAME: Final = "catalogue.index"
# Without an index every request would look for one; these are told to come back after as many seconds.
RETRY_SECONDS: Final = 5

logger = logging.getLogger(__name__)


def index() -> CatalogueIndex:
    """The index to answer from; costs nothing once it is there. Raises IndexMissing where none could ever be loaded.

    Every `MODEL_CHECK_SECONDS` a call starts a look at the store, in a thread of its own that nobody waits for. Calls
    that hold an index keep it; later ones get the new one.
    """
    return _configured().index()


def publish_index(content: bytes) -> None:
    """Makes `content` the index of every process; this one has it at once.

    Raises IndexDamaged for what cannot be read, and StoreUnreachable; then the index before goes on serving.
    """
    CatalogueIndex.read(content)
    objects_at(settings.CATALOGUE_STORE).write(INDEX_NAME, content)
    _configured().notice()


def is_published() -> bool:
    """Whether there is an index to answer from."""
    try:
        index()
    except IndexMissing:
        return False
    return True


class Keeper:
    """Holds the index of one store for this process."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._lock = Lock()
        self._index: CatalogueIndex | None = None
        # The newest object that was looked into, and why it could not be taken up, if so.
        self._seen: Stored | None = None
        self._refusal: str | None = None
        self._problem: str | None = None
        self._looked_at = 0.0

    def index(self) -> CatalogueIndex:
        """As the function of this name."""
        current = self._index
        if current is None:
            return self._first()
        if self._due(settings.MODEL_CHECK_SECONDS):
            self._looked_at = time()
            Thread(target=self._look_beside, name="catalogue", daemon=True).start()
        return current

    def notice(self) -> None:
        """Takes up what was published just now; where nothing was ever asked for, the first call will."""
        with self._lock:
            self._looked_at = 0.0
            if self._index is not None:
                self._look()

    def _first(self) -> CatalogueIndex:
        with self._lock:
            if self._index is None and self._due(RETRY_SECONDS):
                self._look()
            if self._index is None:
                raise IndexMissing
            return self._index

    def _due(self, seconds: float) -> bool:
        # By the clock on the wall: others may stand still while Lambda keeps a process frozen.
        return not 0 <= time() - self._looked_at < seconds

    def _look_beside(self) -> None:
        # One look at a time: what a slow one finds is new enough.
        if self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()

    def _look(self) -> None:
        """Takes up another index where there is one that can be read; else keeps what is held and says why, once."""
        try:
            problem = self._take_up()
        except StoreUnreachable as error:
            problem = str(error)
        self._looked_at = time()
        if problem is not None and problem != self._problem:
            logger.warning("%s %s", problem, self._meanwhile())
        self._problem = problem

    def _take_up(self) -> str | None:
        """Reads what is stored unless it is what was read last; answers what is wrong with it, if anything."""
        stored = next((each for each in self._objects.listed() if each.name == INDEX_NAME), None)
        if stored is not None and stored == self._seen:
            return self._refusal
        content = self._objects.read(INDEX_NAME) if stored else None
        if content is None:
            return f"{self._objects} has no index of the catalogue. {REMEDY}"
        try:
            self._index = CatalogueIndex.read(content)
        except IndexDamaged as error:
            self._refusal = f"{self._objects}/{INDEX_NAME}: {error}"
        else:
            self._refusal = None
        self._seen = stored
        return self._refusal

    def _meanwhile(self) -> str:
        if self._index is None:
            return "Until then search and filters answer 503."
        return f"The index of {self._index.built_at} serves meanwhile."


@cache
def _keeper(address: str) -> Keeper:
    """One for each store that settings name while the process lives."""
    return Keeper(objects_at(address))


def _configured() -> Keeper:
    return _keeper(settings.CATALOGUE_STORE)
