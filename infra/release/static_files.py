"""Puts the static files where CloudFront finds them, under names with a hash of what is in them."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path
from typing import Final

from infra.deployment.aws import Aws
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


def upload(aws: Aws, bucket: str, folder: Path) -> int:
    """Uploads what is not there yet of the files in a folder that its manifest names; answers how many."""
    manifest = json.loads((folder / Path(MANIFEST).name).read_text(encoding="utf-8"))
    s3 = aws.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=_PREFIX)
    there = {one["Key"] for page in pages for one in page.get("Contents", [])}
    missing = sorted({name for name in manifest["paths"].values() if _PREFIX + name not in there})
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
