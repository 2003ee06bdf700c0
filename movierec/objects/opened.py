"""The objects at an address that settings name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from movierec.objects.folder import FolderObjects
from movierec.objects.interface import Objects

S3 = "s3://"


@cache
def objects_at(address: str) -> Objects:
    """The objects in a folder, or below s3://bucket/prefix; nothing is asked of either yet."""
    if not address.startswith(S3):
        return FolderObjects(Path(address))
    # A folder needs none of the AWS client's start-up time.
    from movierec.objects.s3 import S3Objects  # noqa: PLC0415

    bucket, _, prefix = address.removeprefix(S3).partition("/")
    prefix = prefix.strip("/")
    return S3Objects(bucket, f"{prefix}/" if prefix else "")
