"""The source of titles that the settings name."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock

from django.conf import settings

from apps.media.providers.interface import TitleSource
from apps.media.providers.tmdb.client import TmdbClient
from apps.media.providers.tmdb.key import KeyHolder
from apps.media.providers.tmdb.source import Tmdb
from movierec.clock import Clock

_lock = Lock()


def configured_source() -> TitleSource | None:
    """TMDB, the same for the whole process, so that all that ask keep one pace; None where no key is set yet."""
    if not _is_set():
        return None
    source, keys = _configured()
    return None if keys.is_awaited() else source


def key_remedy() -> str | None:
    """A sentence on where to put the key; None where the settings name no place for it."""
    return _configured()[1].remedy if _is_set() else None


def _is_set() -> bool:
    return bool(settings.TMDB_API_KEY or settings.TMDB_API_KEY_SECRET)


def _configured() -> tuple[Tmdb, KeyHolder]:
    with _lock:
        return _source(
            settings.TMDB_API_KEY,
            settings.TMDB_API_KEY_SECRET,
            settings.TMDB_BASE_URL,
            tuple(settings.CATALOGUE_LANGUAGES),
        )


# Settings change in tests alone; what was made for others is then closed.
@lru_cache(maxsize=1)
def _source(key: str, secret: str, address: str, languages: tuple[str, ...]) -> tuple[Tmdb, KeyHolder]:
    clock = Clock()
    keys = KeyHolder(key, secret, clock)
    return Tmdb(TmdbClient(address, keys, clock), languages), keys
