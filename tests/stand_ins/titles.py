"""Titles in the media cache, as earlier jobs left them."""

from __future__ import annotations

from collections.abc import Iterable

from apps.media.keeping import kept_until
from apps.media.models import CachedMedia
from apps.media.titles import FullTitle, full_to_row
from movierec.timestamps import now_text


def keep_titles(titles: Iterable[FullTitle]) -> None:
    """Stores titles with their details, whatever was there."""
    for title in titles:
        expires_at = kept_until(title.facts.refreshed_at)
        row = {**full_to_row(title, now_text()), **({"expiresAt": expires_at} if expires_at else {})}
        assert list(CachedMedia.put_rows([row])) == [1]
