"""The model that serves: loaded once a process, with a fallback that says so."""

from __future__ import annotations

import gc
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

from django.conf import settings

from apps.media.listings import CHUNK_ITEMS
from apps.media.selectors import listing
from apps.media.titles import MEDIA_TYPES
from apps.recommendations.catalogue import title_of_listing
from apps.recommendations.engine.artifact import ArtifactError, Model, content_only, load
from apps.recommendations.engine.titles import Title

logger = logging.getLogger(__name__)
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Serving:
    """The model in use, and why it is not the trained one if it is not."""

    model: Model
    problem: str | None

    @property
    def fallback(self) -> bool:
        """Whether popularity and content stand in for the trained model."""
        return self.problem is not None


def serving() -> Serving:
    """The process's model: the trained one in `MODEL_DIR`, or the most popular titles by content alone.

    A new model is taken up by a restart.
    """
    with _lock:
        return _load(settings.MODEL_DIR)


def is_trained() -> bool:
    """Whether `MODEL_DIR` holds a model that can be served; what was read for the answer is kept for `serving`."""
    try:
        _trained(settings.MODEL_DIR)
    except ArtifactError:
        return False
    return True


# Failures are not kept: the folder may be there a moment later.
_trained = cache(load)


@cache
def _load(directory: Path) -> Serving:
    try:
        serving = Serving(_trained(directory), None)
    except ArtifactError as error:
        logger.warning("%s Recommendations fall back on popularity.", error)
        serving = Serving(content_only(_popular_titles()), str(error))
    # The model lives as long as the process. Out of the collector's sight it no longer makes some requests wait
    # while hundreds of thousands of objects are looked at in vain.
    gc.collect()
    gc.freeze()
    return serving


def _popular_titles() -> list[Title]:
    """The hundred most popular films and series each, by one read for each."""
    listings = [listing("popular", media_type, page=1, limit=CHUNK_ITEMS) for media_type in MEDIA_TYPES]
    return [title_of_listing(item) for found in listings if found for item in found.items]
