"""What can be wrong with an index."""

from __future__ import annotations

from typing import Final

REMEDY: Final = "Build it anew: manage.py sync_media, or load the catalogue again."


class IndexDamaged(ValueError):
    """Bytes that are no index of this program; the message says why, and what to do."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"{fault} {REMEDY}")
