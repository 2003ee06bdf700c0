"""The store that settings name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from apps.recommendations.stores.store import ModelStore
from movierec.objects import objects_at


def configured_store() -> ModelStore:
    """The store of `MODEL_STORE`, with its cache in `MODEL_CACHE`."""
    return _store(settings.MODEL_STORE, settings.MODEL_CACHE)


@cache
def _store(address: str, copies: Path) -> ModelStore:
    return ModelStore(objects_at(address), copies)
