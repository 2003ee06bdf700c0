"""Members that the answers about titles and people share."""

from __future__ import annotations

from time import time
from typing import Any, Final

from django.http import HttpResponseBase
from rest_framework.request import Request

from apps.media.images import Kind, picture, pictures
from movierec.api.conditional import public_answer
from movierec.timestamps import epoch_seconds

FACTS_MAX_AGE: Final = 3600
# What could not be made complete may be so soon.
STALE_MAX_AGE: Final = 60


def shown(path: str | None, kind: Kind) -> dict[str, Any] | None:
    """A picture of TMDB's in the usual size of its kind, None where there is none."""
    return picture(kind, path).as_json() if path else None


def sizes(path: str | None, kind: Kind) -> list[dict[str, Any]]:
    """A picture of TMDB's in every size, none where there is none."""
    return [each.as_json() for each in pictures(kind, path)] if path else []


def age_of(refreshed_at: str | None) -> dict[str, Any]:
    """When a source outside told something, and for how many seconds it is known; null for what none told."""
    age = None if refreshed_at is None else max(0, int(time() - epoch_seconds(refreshed_at)))
    return {"refreshedAt": refreshed_at, "ageSeconds": age}


def facts_answer(request: Request, body: dict[str, Any]) -> HttpResponseBase:
    """An answer with `stale` and an age; the tag does not change as the age does."""
    tagged = {name: value for name, value in body.items() if name != "ageSeconds"}
    max_age = STALE_MAX_AGE if body["stale"] else FACTS_MAX_AGE
    return public_answer(request, body, max_age=max_age, tagged=tagged)
