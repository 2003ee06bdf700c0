"""Imports a MovieLens folder: its films into the catalogue, its viewers' ratings into their rows.

Every write replaces a row by its key, and the line reached is saved as the work goes on, so an import that was stopped
goes on where it was and ends in the same rows as one that was not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from apps.lists import services as lists
from apps.media import services as media
from apps.media.selectors import all_titles
from apps.media.titles import FIRST_MADE_UP_ID, CatalogueTitle, TitleKey
from apps.ops.imports.movielens_files import COLUMNS, Film, Folder, Rating
from apps.ops.statistics import refresh_statistics
from movierec.dynamo.data_table import DataRow
from movierec.progress import Steps, counted

SOURCE = "movielens"
VIEWER_PREFIX = "movielens-"
RATINGS_BETWEEN_SAVES = 2_500

# MovieLens's genre names as TMDB's film genres. IMAX is a format, and film noir a keyword.
GENRES = {
    "Action": 28,
    "Adventure": 12,
    "Animation": 16,
    "Children": 10751,
    "Comedy": 35,
    "Crime": 80,
    "Documentary": 99,
    "Drama": 18,
    "Fantasy": 14,
    "Horror": 27,
    "Musical": 10402,
    "Mystery": 9648,
    "Romance": 10749,
    "Sci-Fi": 878,
    "Thriller": 53,
    "War": 10752,
    "Western": 37,
}
KEYWORDS = {"Film-Noir": "film noir"}


class ImportJob(DataRow):
    """How far the import of one set of files has come; `sk` is the files' digest."""

    ratings_line = NumberAttribute(attr_name="ratingsLine", default=0)
    state = UnicodeAttribute(default="running")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did."""

    films: int
    merged_films: int
    ratings: int
    resumed_at_line: int
    already_done: bool


def import_folder(folder: Folder, steps: Steps, *, now: datetime) -> Outcome:
    """Imports the folder's films and ratings and refreshes the catalogue's figures and lists.

    Raises FolderError when the folder is not one of MovieLens. Rows that cannot be used are in `folder.rejected`.
    """
    folder.check()
    steps.show("Reading the files", 0.0)
    job = _job(folder.path)
    line = int(job.ratings_line)
    keys, titles = _catalogue(folder)
    if job.state == "done":
        return Outcome(len(titles), len(keys) - len(titles), 0, line, already_done=True)
    _store_titles(titles, steps)
    ratings = _store_ratings(folder, keys, job, steps)
    steps.show("Working out popular and trending titles", 0.9)
    refresh_statistics(now)
    job.update([ImportJob.state.set("done")])
    return Outcome(len(titles), len(keys) - len(titles), ratings, line, already_done=False)


def _job(path: Path) -> ImportJob:
    digest = hashlib.sha256()
    for name in COLUMNS:
        with (path / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    try:
        return ImportJob.get("JOB#import_movielens", digest.hexdigest(), consistent_read=True)
    except ImportJob.DoesNotExist:
        return ImportJob("JOB#import_movielens", digest.hexdigest())


def _catalogue(folder: Folder) -> tuple[dict[int, TitleKey], dict[TitleKey, CatalogueTitle]]:
    """The title of each movieId, and the titles; two movieIds with one TMDB number are one title."""
    tmdb_ids = dict(folder.tmdb_ids())
    keys: dict[int, TitleKey] = {}
    titles: dict[TitleKey, CatalogueTitle] = {}
    for film in folder.films():
        key: TitleKey = ("movie", tmdb_ids.get(film.movie_id, FIRST_MADE_UP_ID + film.movie_id))
        keys[film.movie_id] = key
        titles.setdefault(key, _title(film, key))
    return keys, titles


def _title(film: Film, key: TitleKey) -> CatalogueTitle:
    return CatalogueTitle(
        media_type=key[0],
        media_id=key[1],
        title=film.title,
        source=SOURCE,
        original_title=film.original_title,
        release_date=str(film.year) if film.year else None,
        genres=tuple(GENRES[genre] for genre in film.genres if genre in GENRES),
        keywords=tuple(KEYWORDS[genre] for genre in film.genres if genre in KEYWORDS),
    )


def _store_titles(titles: dict[TitleKey, CatalogueTitle], steps: Steps) -> None:
    """Writes the films that no better source has described."""
    steps.show("Looking at the catalogue", 0.02)
    described = {title.key for title in all_titles() if title.source != SOURCE}
    new = [title for key, title in titles.items() if key not in described]
    done = 0
    for count in media.store_titles(new):
        done += count
        steps.show("Writing films", 0.03 + 0.12 * done / max(1, len(new)))


def _store_ratings(folder: Folder, keys: dict[int, TitleKey], job: ImportJob, steps: Steps) -> int:
    """Writes the ratings behind the line that was reached; answers how many."""
    total = folder.lines("ratings.csv") - int(job.ratings_line)
    known = _known(folder, keys, folder.ratings(after_line=int(job.ratings_line)))
    moving = counted(known, step="Writing ratings", total=total, steps=steps, start=0.15, end=0.9)
    stored = 0
    for chunk in _chunks(moving):
        stored += sum(lists.put_ratings(_rows(chunk, keys)))
        job.ratings_line = chunk[-1].line
        job.save()
    return stored


def _chunks(ratings: Iterable[Rating]) -> Iterator[list[Rating]]:
    """Some 2,500 ratings at once, a viewer's neighbouring lines together, so that the latest of each title counts."""
    chunk: list[Rating] = []
    for rating in ratings:
        if len(chunk) >= RATINGS_BETWEEN_SAVES and rating.user_id != chunk[-1].user_id:
            yield chunk
            chunk = []
        chunk.append(rating)
    if chunk:
        yield chunk


def _known(folder: Folder, keys: dict[int, TitleKey], ratings: Iterable[Rating]) -> Iterator[Rating]:
    for rating in ratings:
        if rating.movie_id in keys:
            yield rating
        else:
            folder.reject("ratings.csv", rating.line, f"movieId {rating.movie_id} is not in movies.csv")


def _rows(ratings: Iterable[Rating], keys: dict[int, TitleKey]) -> Iterator[lists.RatingRow]:
    """One row a viewer and title: the latest where a viewer rated it twice."""
    latest: dict[tuple[int, TitleKey], Rating] = {}
    for rating in ratings:
        place = (rating.user_id, keys[rating.movie_id])
        if place not in latest or rating.timestamp >= latest[place].timestamp:
            latest[place] = rating
    for (user_id, key), rating in latest.items():
        yield lists.RatingRow(
            user_id=f"{VIEWER_PREFIX}{user_id}",
            key=key,
            rating=rating.stars,
            watched_at=datetime.fromtimestamp(rating.timestamp, UTC),
        )
