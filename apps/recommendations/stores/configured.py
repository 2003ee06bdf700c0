"""The store that settings name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from apps.recommendations.stores.folder import FolderObjects
from apps.recommendations.stores.objects import Objects
from apps.recommendations.stores.store import ModelStore

S3 = "s3://"


def configured_store() -> ModelStore:
    """The store of `MODEL_STORE`, with its cache in `MODEL_CACHE`."""
    return _store(settings.MODEL_STORE, settings.MODEL_CACHE)


@cache
def _store(address: str, copies: Path) -> ModelStore:
    return ModelStore(_objects(address), copies)


def _objects(address: str) -> Objects:
    if not address.startswith(S3):
        return FolderObjects(Path(address))
    # A folder needs none of the AWS client's start-up time.
    from apps.recommendations.stores.s3 import S3Objects  # noqa: PLC0415

    bucket, _, prefix = address.removeprefix(S3).partition("/")
    prefix = prefix.strip("/")
    return S3Objects(bucket, f"{prefix}/" if prefix else "")
