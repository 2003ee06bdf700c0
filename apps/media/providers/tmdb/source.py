"""TMDB as a source of titles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final, Literal

from apps.media.errors import SourceUnavailable
from apps.media.people import PERSON_MEDIA_TYPE, Person
from apps.media.providers.interface import Listed, SearchKind
from apps.media.providers.tmdb import parsing
from apps.media.providers.tmdb.client import TmdbClient
from apps.media.titles import MEDIA_TYPES, FullTitle, MediaType
from movierec.timestamps import now_text

# What one call brings beside the facts.
_APPENDED_TO_BOTH: Final = "keywords,videos,alternative_titles,translations,watch/providers,external_ids"
_APPENDED: Final[dict[MediaType, str]] = {
    "movie": f"credits,release_dates,{_APPENDED_TO_BOTH}",
    "tv": f"aggregate_credits,content_ratings,{_APPENDED_TO_BOTH}",
}
_APPENDED_TO_PERSONS: Final = "combined_credits,external_ids"

_Kind = Literal["movie", "tv", "person"]
_KINDS: Final[tuple[_Kind, ...]] = (*MEDIA_TYPES, PERSON_MEDIA_TYPE)


class Tmdb:
    """The TitleSource over TMDB's API; texts are in the first of `languages`, trailers in all of them."""

    def __init__(self, client: TmdbClient, languages: Sequence[str]) -> None:
        self._client = client
        self._languages = languages
        self._language = languages[0]
        # Videos that name no language are in none.
        self._video_languages = ",".join((*languages, "null"))

    def title(self, media_type: MediaType, media_id: int, *, budget: float) -> FullTitle:
        parameters = {
            "append_to_response": _APPENDED[media_type],
            "include_video_language": self._video_languages,
            "language": self._language,
        }
        parse = partial(self._title, media_type, media_id)
        return self._client.get(f"{media_type}/{media_id}", parameters, parse=parse, budget=budget)

    def person(self, person_id: int, *, budget: float) -> Person:
        parameters = {"append_to_response": _APPENDED_TO_PERSONS, "language": self._language}
        return self._client.get(f"person/{person_id}", parameters, parse=partial(_person, person_id), budget=budget)

    def listed(self, path: str, *, budget: float, page: int = 1, **parameters: str) -> Listed:
        asked = {"language": self._language, "page": str(page), **parameters}
        return self._client.get(path, asked, parse=partial(_listed, path), budget=budget)

    def search(self, query: str, kind: SearchKind, *, budget: float, page: int = 1) -> Listed:
        return self.listed(f"search/{kind}", budget=budget, page=page, query=query, include_adult="false")

    def _title(self, media_type: MediaType, media_id: int, body: Any) -> FullTitle:
        full = parsing.full_title(media_type, body, refreshed_at=now_text(), languages=self._languages)
        _check_number(f"{media_type}/{media_id}", media_id, full.facts.media_id)
        return full


def _person(person_id: int, body: Any) -> Person:
    person = parsing.person(body, refreshed_at=now_text())
    _check_number(f"person/{person_id}", person_id, person.person_id)
    return person


def _listed(path: str, body: Any) -> Listed:
    return parsing.listed(body, media_type=_kind(path), refreshed_at=now_text())


def _check_number(path: str, asked: int, answered: int) -> None:
    """An answer about something else would be kept under the wrong number."""
    if asked != answered:
        raise SourceUnavailable(f"TMDB answered {path} with what has the number {answered}.")


def _kind(path: str) -> _Kind | None:
    """What the items of a list are where they do not say it themselves, such as those of `movie/popular`."""
    parts = path.split("/")
    return next((each for each in _KINDS if each in parts), None)
