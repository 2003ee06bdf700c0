"""The media cache's titles as the engine's: the one place where the two shapes meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apps.media.titles import CatalogueTitle
from apps.recommendations.engine.titles import Title


def engine_titles(titles: Iterable[CatalogueTitle]) -> Iterator[Title]:
    """Each title of the catalogue with the facts the engine uses."""
    return map(engine_title, titles)


def engine_title(title: CatalogueTitle) -> Title:
    """One title of the catalogue with the facts the engine uses."""
    return Title(
        media_type=title.media_type,
        media_id=title.media_id,
        title=title.title,
        original_title=title.original_title,
        overview=title.overview,
        poster_path=title.poster_path,
        backdrop_path=title.backdrop_path,
        release_date=title.release_date,
        genres=title.genres,
        runtime=title.runtime,
        language=title.language,
        countries=title.countries,
        makers=title.makers,
        cast=title.cast,
        keywords=title.keywords,
        certification=title.certification,
        acclaim=title.acclaim,
        services=title.services,
        vote_average=title.vote_average,
        vote_count=title.vote_count,
        popularity=title.popularity,
    )


def title_of_listing(item: Mapping[str, Any]) -> Title:
    """A title as a ready-made list shows it; the facts that lists leave out are unknown."""
    return Title(
        media_type=item["media_type"],
        media_id=int(item["id"]),
        title=item["title"],
        original_title=item["original_title"],
        overview=item["overview"],
        poster_path=item["poster_path"],
        backdrop_path=item["backdrop_path"],
        release_date=item["release_date"],
        genres=tuple(item["genre_ids"]),
        runtime=None,
        language=item["original_language"],
        countries=(),
        makers=(),
        cast=(),
        keywords=(),
        certification=None,
        acclaim=(),
        services=(),
        vote_average=item["vote_average"],
        vote_count=item["vote_count"],
        popularity=item["popularity"],
    )
