"""TMDB's details of a film or series, with everything that is asked for in the same call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from apps.media.details import Details, Translation
from apps.media.errors import NotAtSource, SourceUnavailable
from apps.media.providers.tmdb.parsing.credits import makers_of, names_of
from apps.media.providers.tmdb.parsing.details import details_of
from apps.media.providers.tmdb.parsing.facts import facts_of
from apps.media.providers.tmdb.parsing.figures import acclaim
from apps.media.providers.tmdb.parsing.offers import services_of
from apps.media.providers.tmdb.parsing.readers import (
    LONGEST_OVERVIEW,
    LONGEST_TITLE,
    Body,
    country,
    flag,
    language,
    mapping,
    mappings,
    text,
    whole,
)
from apps.media.providers.tmdb.parsing.vocabulary import recommender_words
from apps.media.titles import CatalogueTitle, FullTitle, MediaType

_LONGEST_RUNTIME: Final = 60_000  # minutes; the longest film known has 51,420
_MOST_REVENUE: Final = 10**12
# The certification that the recommender knows the meaning of.
_HOME_REGION: Final = "US"


def full_title(media_type: MediaType, body: Any, *, refreshed_at: str, languages: Sequence[str]) -> FullTitle:
    """The title of a body of details; of its translations those into `languages`, codes of two letters.

    `refreshed_at` is when TMDB was asked, as rows write points in time. Raises SourceUnavailable for a body that is no
    object or lacks a number or any name, and NotAtSource for a title that is only for adults.
    """
    stored = _object(body)
    facts = facts_of(media_type, stored, refreshed_at)
    if facts is None:
        raise SourceUnavailable(f"TMDB answered details ({media_type}) without a usable id and name.")
    if flag(stored.get("adult")):
        raise NotAtSource(f"TMDB marks {media_type} {facts.media_id} as for adults only, so it is left out.")
    details = details_of(stored, facts)
    return FullTitle(_enriched(facts, stored, details), details, _translations(media_type, stored, languages))


def _object(body: Any) -> Body:
    if not isinstance(body, dict):
        raise SourceUnavailable(f"TMDB answered details as {type(body).__name__}, where an object belongs.")
    return body


def _enriched(facts: CatalogueTitle, body: Body, details: Details) -> CatalogueTitle:
    """The facts with what only details tell."""
    keywords = recommender_words(keyword.name for keyword in details.keywords)
    held = acclaim(
        facts.media_type,
        average=facts.vote_average,
        votes=facts.vote_count,
        revenue=whole(body.get("revenue"), most=_MOST_REVENUE) or 0,
        keywords=keywords,
    )
    return replace(
        facts,
        runtime=_runtime(body),
        makers=makers_of(facts.media_type, details.crew),
        cast=names_of(details.cast),
        keywords=keywords,
        certification=details.certifications.get(_HOME_REGION),
        acclaim=held,
        services=services_of(details.offers),
    )


def _runtime(body: Body) -> int | None:
    """Minutes; an episode's for series, where TMDB's newer answers tell only that of the last one."""
    usual = body.get("episode_run_time")
    told = (
        body.get("runtime"),
        *(usual if isinstance(usual, list) else ()),
        mapping(body.get("last_episode_to_air")).get("runtime"),
    )
    return next((minutes for minutes in map(_minutes, told) if minutes), None)


def _minutes(value: Any) -> int | None:
    return whole(value, least=1, most=_LONGEST_RUNTIME)


def _translations(media_type: MediaType, body: Body, languages: Sequence[str]) -> dict[str, Translation]:
    """The translations by language, without those that translate nothing."""
    entries = mappings(mapping(body.get("translations")).get("translations"))
    found = {code: _translation(media_type, code, entries) for code in languages}
    return {code: translation for code, translation in found.items() if translation != Translation()}


def _translation(media_type: MediaType, code: str, entries: Sequence[Body]) -> Translation:
    """A language's texts: those of its home country, such as es-ES, and what that lacks from the others."""
    own = [entry for entry in entries if language(entry.get("iso_639_1")) == code]
    own.sort(key=lambda entry: country(entry.get("iso_3166_1")) != code.upper())
    told = [mapping(entry.get("data")) for entry in own]
    title = "title" if media_type == "movie" else "name"
    return Translation(
        title=_first_text(told, title, LONGEST_TITLE),
        overview=_first_text(told, "overview", LONGEST_OVERVIEW),
        tagline=_first_text(told, "tagline", LONGEST_TITLE),
    )


def _first_text(told: Sequence[Body], name: str, longest: int) -> str:
    return next(filter(None, (text(data.get(name), longest) for data in told)), "")
