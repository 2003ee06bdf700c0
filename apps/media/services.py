"""Writes of the catalogue: titles, their figures, the ready-made lists, and the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from pynamodb.expressions.operand import Path

from apps.media import selectors
from apps.media.composing import ItemOf, listing_rows
from apps.media.index.build import build_index
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index_keeper import publish_index
from apps.media.keeping import is_expired, kept_until
from apps.media.languages import served_language
from apps.media.listings import LIST_MEDIA_TYPE, ListedType, ListType, order_key
from apps.media.marks import Curation, stored_curation
from apps.media.models import CachedMedia
from apps.media.ranking import SOURCES_WITHOUT_FIGURES, Contender, Statistics, contender
from apps.media.titles import (
    CatalogueTitle,
    Figures,
    FullTitle,
    TitleKey,
    full_from_row,
    is_title,
    to_row,
)
from movierec.dynamo.table import Row
from movierec.dynamo.turns import LEASE_SECONDS, Turn, TurnLost, TurnTaken, turn
from movierec.timestamps import now_text, timestamp

__all__ = [
    "Rebuilt",
    "rebuild_catalogue",
    "store_order",
    "store_titles",
]

# A process that died holds the work for less; what waits in a Lambda has no time for more.
REBUILD_WAIT_SECONDS: Final = LEASE_SECONDS + 5.0

# What is being done, and how much of the whole is behind, from 0 to 1.
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: the titles it found, those whose figures it wrote, and the lists it made."""

    titles: int
    figures: int
    lists: int


def store_titles(titles: Iterable[CatalogueTitle]) -> Iterator[int]:
    """Writes titles, replacing rows of the same ones; yields the count of each written batch.

    What staff corrected is no part of these rows, and lies over the new ones as well; hidden titles are not brought
    back.
    """
    now, hidden = now_text(), stored_curation().hidden
    return CachedMedia.put_rows(to_row(title, now) for title in titles if title.key not in hidden)


def _expiry(refreshed_at: str | None) -> Row:
    expires_at = kept_until(refreshed_at)
    return {} if expires_at is None else {"expiresAt": expires_at}


def store_order(list_type: ListType, media_type: ListedType, keys: Sequence[TitleKey], fetched_at: str) -> None:
    """Keeps a source's own order of a list as it was at `fetched_at` (ISO 8601), for the next rebuild."""
    row = {
        **order_key(list_type, media_type),
        "keys": [f"{media_type}/{media_id}" for media_type, media_id in keys],
        "fetchedAt": fetched_at,
        **_expiry(fetched_at),
    }
    _finish(CachedMedia.put_rows([row]))


def rebuild_catalogue(
    *,
    now: datetime,
    statistics: Statistics | None = None,
    progress: Progress = lambda *_: None,
    wait: float = REBUILD_WAIT_SECONDS,
) -> Rebuilt:
    """Builds every ready-made list and the catalogue's index anew. A job: it scans, once.

    With `statistics` every title whose source has no figures gets its figures of them; a title that they do not name
    has none, and its votes and popularity go back to 0. Without them it keeps those of the last rebuild that had some,
    and is ranked by them. Titles whose time is over and hidden ones are left out, and corrections hold. A rebuild that
    is stopped leaves each list as it was or as it is to be, and the next one ends in the same rows.

    Of two rebuilds the one that read the catalogue first would put its older index over the other's. So the second
    waits for `wait` seconds, and raises TurnTaken where that is not enough; also where another process took over this
    one's work. Raises StoreUnreachable where the index cannot be published; the lists are new then.
    """
    try:
        with turn("rebuild_catalogue", wait=wait) as held:
            return _rebuilt(_Survey(now, statistics, stored_curation()), progress, held)
    except TurnLost as error:
        raise TurnTaken(str(error)) from error


def _rebuilt(survey: _Survey, progress: Progress, held: Turn) -> Rebuilt:
    progress("Reading the catalogue", 0.0)
    content = build_index(survey.titles(), built_at=timestamp(survey.now))
    progress("Making the lists", 0.8)
    rows = listing_rows(survey.found, item_of=_items_of(content), orders=selectors.orders(), now=survey.now)
    held.check()
    made = _replace_lists(rows, survey.lists)
    progress("Publishing the catalogue's index", 0.95)
    held.check()
    publish_index(content)
    return Rebuilt(len(survey.found), survey.figures, made)


def _items_of(content: bytes) -> ItemOf:
    """Items of lists from the new index: it has all of them in a fraction of the room that titles need."""
    index, language = CatalogueIndex.read(content), served_language("")

    def item_of(key: TitleKey) -> Row:
        place = index.place(key)
        assert place is not None, f"{key} was surveyed, but is not in the index."
        return index.item(place, language)

    return item_of


def _replace_lists(rows: Iterable[Row], earlier: Iterable[str]) -> int:
    """Writes the lists and removes those of earlier rebuilds that are not made any more; answers how many there are."""
    made: set[str] = set()

    def noted() -> Iterator[Row]:
        for row in rows:
            made.add(row["mediaId"])
            yield row

    _finish(CachedMedia.put_rows(noted()))
    gone = [list_id for list_id in earlier if list_id not in made]
    CachedMedia.delete_rows({"mediaId": list_id, "mediaType": LIST_MEDIA_TYPE} for list_id in gone)
    return len(made)


@dataclass(slots=True)
class _Survey:
    """One look at every row: figures are written on the way, and what lists need is kept."""

    now: datetime
    statistics: Statistics | None
    decided: Curation
    found: list[Contender] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    figures: int = 0
    _genres: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict)

    def titles(self) -> Iterator[FullTitle]:
        """Every title with its details, one at a time: all of them together are too large for a small machine."""
        for row in CachedMedia.scan_rows():
            if row["mediaType"] == LIST_MEDIA_TYPE:
                self._note_list(row["mediaId"])
            elif is_title(row) and not is_expired(row, at=self.now.timestamp()):
                figures = self._figures(row)
                title = self.decided.full(full_from_row({**row, **(_attributes(figures) if figures else {})}))
                if title.key not in self.decided.hidden:
                    self._note_title(title.facts, figures)
                    yield title

    def _note_list(self, list_id: str) -> None:
        if list_id.startswith("list:"):
            self.lists.append(list_id)

    def _note_title(self, title: CatalogueTitle, figures: Figures | None) -> None:
        """Keeps what ranks the title; titles of the same genres share them."""
        genres = self._genres.setdefault(title.genres, title.genres)
        self.found.append(replace(contender(title, figures), genres=genres))

    def _figures(self, row: Row) -> Figures | None:
        """What our viewers made of the title, stored where it is new; None where its source says that."""
        if row.get("source") not in SOURCES_WITHOUT_FIGURES:
            return None
        if self.statistics is None:
            return _stored_figures(row)
        figures = self.statistics.get((row["mediaType"], int(row["mediaId"])), Figures())
        attributes = _attributes(figures)
        # A title that nobody rated or liked yet is not written again to say so.
        if {name: row.get(name, 0) for name in attributes} != attributes:
            self.figures += _put_unless_changed({**row, **attributes, "updatedAt": timestamp(self.now)}, row)
        return figures


def _put_unless_changed(row: Row, seen: Row) -> bool:
    """One PutItem; False, and nothing written, where a better source has described the title since it was `seen`."""
    unchanged = (Path("source") == seen["source"]) & (Path("updatedAt") == seen.get("updatedAt", ""))
    return CachedMedia.put_row_if(row, unchanged, patient=True)


def _attributes(figures: Figures) -> dict[str, Any]:
    """A title's figures as its row keeps them."""
    return {
        "voteAverage": figures.vote_average,
        "voteCount": figures.vote_count,
        # Likes of late count twice, so that popularity tells old favourites from current ones.
        "popularity": figures.likes + figures.recent_likes,
        "likes": figures.likes,
        "recentLikes": figures.recent_likes,
    }


def _stored_figures(row: Row) -> Figures | None:
    """The figures that a rebuild stored; None for a row that has none, or not all of them."""
    stored: list[Any] = [row.get(name) for name in ("voteAverage", "voteCount", "likes", "recentLikes")]
    return Figures(*stored) if all(isinstance(figure, int | float) for figure in stored) else None


def _finish(batches: Iterator[int]) -> None:
    for _ in batches:
        pass
