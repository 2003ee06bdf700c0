"""Objects of an S3 bucket, below a prefix."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from movierec.aws import client
from movierec.localaws import LocalAwsError
from movierec.objects.errors import StoreUnreachable
from movierec.objects.interface import Changed, Objects, Stored

# The answers to a conditional write that came second; the last is that of a condition on an object that is gone.
_CONFLICTS: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})


class S3Objects(Objects):
    """Objects of `bucket` whose keys start with `prefix` (empty, or ending in /)."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket = bucket
        self.prefix = prefix

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def read(self, name: str) -> bytes | None:
        found = self._read(name)
        return found[0] if found else None

    def _read(self, name: str) -> tuple[bytes, str] | None:
        """The content and its entity tag."""
        with self._reached("s3:GetObject"):
            try:
                found = client("s3").get_object(**self._place(name))
            except ClientError as error:
                if error.response["Error"]["Code"] != "NoSuchKey":
                    raise
                return None
            with found["Body"] as body:
                return body.read(), found["ETag"]

    def write(self, name: str, content: bytes) -> None:
        with self._reached("s3:PutObject"):
            client("s3").put_object(**self._place(name), Body=content)

    def replace(self, name: str, content: bytes, seen: bytes | None) -> None:
        now = self._read(name)
        if (now[0] if now else None) != seen:
            raise Changed
        condition = {"IfMatch": now[1]} if now else {"IfNoneMatch": "*"}
        with self._reached("s3:PutObject"):
            try:
                client("s3").put_object(**self._place(name), Body=content, **condition)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _CONFLICTS:
                    raise
                raise Changed from error

    def listed(self, folder: str = "") -> list[Stored]:
        below = f"{self.prefix}{folder}/" if folder else self.prefix
        with self._reached("s3:ListBucket"):
            pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=below)
            return [self._stored(entry) for page in pages for entry in page.get("Contents", ())]

    def _stored(self, entry: dict[str, Any]) -> Stored:
        name = entry["Key"].removeprefix(self.prefix)
        return Stored(name, entry["Size"], entry["ETag"], entry["LastModified"].timestamp())

    def remove(self, name: str) -> None:
        with self._reached("s3:DeleteObject"):
            client("s3").delete_object(**self._place(name))

    def holds(self, stored: Stored, content: bytes) -> bool:
        # The entity tag is the MD5 of the content, save under keys of KMS: there nothing is known to be the same.
        return stored.mark.strip('"') == hashlib.md5(content, usedforsecurity=False).hexdigest()

    def local(self, folder: str) -> Path | None:
        return None

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": f"{self.prefix}{name}"}

    @contextmanager
    def _reached(self, right: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._unreachable(error.response["Error"]["Code"], right) from error
        except (BotoCoreError, LocalAwsError) as error:
            raise self._unreachable(str(error), right) from error

    def _unreachable(self, fault: str, right: str) -> StoreUnreachable:
        return StoreUnreachable(
            f"{self} cannot be used ({fault}). "
            f"Check its address in the settings, the bucket, and the right {right} on it."
        )
