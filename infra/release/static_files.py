"""Puts the static files where CloudFront finds them, under names with a hash of what is in them."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Set
from pathlib import Path
from typing import Final

from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble
from infra.release.contents import MANIFEST

_PREFIX: Final = "static/"
# A name stands for its content for ever. Old files stay, since old pages and old versions link them.
_CACHE: Final = "public, max-age=31536000, immutable"
_TEXTS: Final = ("text/", "application/javascript", "application/json", "image/svg+xml")
# Not what this machine's tables say, which differ.
_TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".map": "application/json",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ico": "image/x-icon",
    ".png": "image/png",
}


def linked(unpacked: Path) -> frozenset[str]:
    """The files that the pages of an unpacked package link, by their manifest. Raises Trouble where that is not whole.

    Without the manifest pages answer 200, and have no style.
    """
    try:
        paths = json.loads((unpacked / MANIFEST).read_text(encoding="utf-8"))["paths"]
        return frozenset(str(name) for name in paths.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Trouble(
            f"The package has no {MANIFEST} by which pages link their files ({error}): make it again by `make package`."
        ) from error


def upload(aws: Aws, bucket: str, folder: Path, wanted: Set[str]) -> int:
    """Uploads those of the wanted files that are not there yet from a folder; answers how many.

    Raises Trouble where one is neither there nor in the folder, before anything is uploaded.
    """
    s3 = aws.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=_PREFIX)
    there = {one["Key"] for page in pages for one in page.get("Contents", [])}
    missing = sorted(name for name in wanted if _PREFIX + name not in there)
    if lost := [name for name in missing if not (folder / name).is_file()]:
        raise Trouble(
            f"Pages of the package link {lost[0]}{f' and {len(lost) - 1} more' if lost[1:] else ''}, and that is "
            f"neither at the site nor in {folder.name} of this working copy, which has files of another time. Run "
            "`make package` in the working copy that the package is of, and release from there. What served serves."
        )
    for name in missing:
        s3.put_object(
            Bucket=bucket,
            Key=_PREFIX + name,
            Body=(folder / name).read_bytes(),
            ContentType=content_type(name),
            CacheControl=_CACHE,
        )
    return len(missing)


def content_type(name: str) -> str:
    """The Content-Type of a file by its name."""
    found = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found.startswith(_TEXTS) else found
