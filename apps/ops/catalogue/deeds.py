"""What can be done to titles, one or many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from apps.media.marks import key_of
from apps.media.models import CachedMedia
from apps.ops.catalogue import services
from apps.ops.catalogue.selectors import Subject
from apps.ops.console.deeds import Deed, Kind, offered
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import Staff


def _named(ids: Sequence[str]) -> dict[str, str]:
    """What titles are called in their rows, by one BatchGetItem; ids that name no title stand for themselves."""
    keys = {title: key for title in ids if (key := key_of(title))}
    wanted = [{"mediaId": str(media_id), "mediaType": media_type} for media_type, media_id in keys.values()]
    rows = CachedMedia.get_rows(wanted, attributes=["mediaId", "mediaType", "title"]) if wanted else []
    names = {f"{row['mediaType']}/{row['mediaId']}": row.get("title") for row in rows}
    return {title: f"{names[title]} ({title})" if names.get(title) else title for title in ids}


KIND: Final = Kind("title", "titles", "/ops/catalogue", _named)

DEEDS: Final = (
    Deed(
        name="refresh",
        label="Refresh from the source",
        permission=Permission.EDIT_CATALOGUE,
        question="The source is asked now for each; what it tells replaces what is stored. Corrections stay.",
        act=services.refresh,
    ),
    Deed(
        name="hide",
        label="Hide",
        permission=Permission.EDIT_CATALOGUE,
        question=(
            "Within a minute nobody is shown them any more: their pages answer 404, and search, filters, lists, "
            "similar titles and recommendations leave them out. People's own lists keep them."
        ),
        act=services.hide,
    ),
    Deed(
        name="show",
        label="Show again",
        permission=Permission.EDIT_CATALOGUE,
        question="Their pages are back within a minute; lists and search have them again after the next rebuild.",
        act=services.show,
    ),
    Deed(
        name="purge",
        label="Purge",
        permission=Permission.EDIT_CATALOGUE,
        question=(
            "Their rows are deleted. Lists and search show what they know until the next rebuild. A sync, an import or "
            "a visit may bring them back unless they are hidden: hide first what must not come back."
        ),
        act=services.purge,
        needs_reason=True,
        danger=True,
    ),
)


def fitting(found: Subject, staff: Staff) -> list[Deed]:
    """The deeds that a title's state allows and a member of staff may do."""
    is_hidden = bool(found.mark.hidden_at)
    fits = {"refresh": found.has_source, "hide": not is_hidden, "show": is_hidden, "purge": bool(found.row)}
    return [deed for deed in offered(DEEDS, staff) if fits[deed.name]]
