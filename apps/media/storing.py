"""Titles as their source tells them, stored: never over what was fetched later, and with what it does not tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from pynamodb.expressions.operand import Path

from apps.media.keeping import kept_until
from apps.media.models import CachedMedia
from apps.media.titles import CatalogueTitle, FullTitle, TitleKey, full_to_row
from movierec.timestamps import timestamp

# What another source told of a title and TMDB does not; recommendations ask for it.
FACTS_KEPT: Final = ("acclaim", "renown", "services")
# When the source last said that it has no such title, in a row of another source.
NOT_AT_SOURCE: Final = "notAtSourceAt"


def store_title(title: FullTitle, earlier: CatalogueTitle | None, *, patient: bool = False) -> bool:
    """Writes a title by one conditional PutItem; False, and nothing written, where a fresher one is stored.

    `earlier` are the facts that were there before; `patient` as in `BaseTable.put_row_if`.
    """
    facts = title.facts
    assert facts.refreshed_at is not None
    kept = {name: getattr(earlier, name) for name in FACTS_KEPT if not getattr(facts, name)} if earlier else {}
    now = datetime.now(UTC)
    row = full_to_row(replace(title, facts=replace(facts, **kept)), timestamp(now))
    refreshed_at = Path("refreshedAt")
    # What was refreshed a day from now, or later, was stored by a clock that went wrong.
    impossible = refreshed_at > timestamp(now + timedelta(days=1))
    older = refreshed_at.does_not_exist() | (refreshed_at <= facts.refreshed_at) | impossible
    return CachedMedia.put_row_if({**row, "expiresAt": kept_until(facts.refreshed_at)}, older, patient=patient)


def note_absence(key: TitleKey, now: datetime) -> bool:
    """Notes in the row of another source that ours has no such title; False, and no row touched, for all others."""
    media_type, media_id = key
    foreign = Path("source").exists() & Path("refreshedAt").does_not_exist()
    noted = [Path(NOT_AT_SOURCE).set(timestamp(now))]
    return CachedMedia.update_row_if(str(media_id), media_type, noted, foreign) is not None
