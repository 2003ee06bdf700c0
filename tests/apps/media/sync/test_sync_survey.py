"""The look at the whole catalogue: what goes, and what is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.media.models import CachedMedia
from apps.media.services import store_titles
from apps.media.sync.survey import remove, survey
from apps.media.titles import CatalogueTitle, FullTitle
from movierec.timestamps import timestamp
from tests.apps.accounts.interruptions import meanwhile
from tests.apps.media.sync.conftest import NOW
from tests.stand_ins.titles import keep_titles

pytestmark = pytest.mark.usefixtures("tables")
DAY = timedelta(days=1)
SOON, PAST = int((NOW + DAY).timestamp()), int((NOW - DAY).timestamp())


def put(*rows: dict[str, Any]) -> None:
    list(CachedMedia.put_rows(rows))


def ours(media_id: int, age: timedelta) -> CatalogueTitle:
    return CatalogueTitle("movie", media_id, f"Film {media_id}", "tmdb", refreshed_at=timestamp(NOW - age))


def keys() -> list[tuple[str, str]]:
    return sorted((row["mediaId"], row["mediaType"]) for row in CachedMedia.scan_rows())


def sweep(now: datetime = NOW, spared: frozenset[tuple[str, str]] = frozenset()) -> int:
    return remove(survey(now, most=10).expired, spared=spared)


def test_what_is_over_goes_and_nothing_else() -> None:
    keep_titles([FullTitle(ours(1, 181 * DAY)), FullTitle(ours(2, 179 * DAY))])
    list(store_titles([ours(3, 181 * DAY), CatalogueTitle("tv", 4, "Demo", "demo")]))
    put(
        {"mediaId": "5", "mediaType": "movie", "missing": True, "expiresAt": PAST},
        {"mediaId": "6", "mediaType": "movie", "missing": True, "expiresAt": SOON},
        {"mediaId": "7", "mediaType": "person", "expiresAt": PAST},
        {"mediaId": "list:popular:movie", "mediaType": "list", "refreshedAt": "2020-01-01T00:00:00.000Z"},
    )
    # 1 and 3, the second without a time of its own, 5 and 7.
    assert sweep() == 4
    assert keys() == [("2", "movie"), ("4", "tv"), ("6", "movie"), ("list:popular:movie", "list")]
    assert sweep() == 0


def test_what_is_to_be_fetched_in_the_same_run_stays() -> None:
    keep_titles([FullTitle(ours(1, 181 * DAY))])
    assert sweep(spared=frozenset({("movie", "1")})) == 0
    assert keys() == [("1", "movie")]


def test_what_was_fetched_since_the_look_stays() -> None:
    keep_titles([FullTitle(ours(1, 181 * DAY))])
    found = survey(NOW, most=10)
    with meanwhile(0, lambda: keep_titles([FullTitle(ours(1, timedelta()))]), "DeleteItem"):
        assert remove(found.expired, spared=frozenset()) == 0
    assert keys() == [("1", "movie")]


def test_old_details_come_first_then_the_best_known_of_other_sources() -> None:
    keep_titles([FullTitle(ours(number, age * DAY)) for number, age in ((1, 119), (2, 130), (3, 170))])
    list(
        store_titles(
            [
                CatalogueTitle("movie", 11, "Little known", "demo", renown=1),
                CatalogueTitle("tv", 12, "Popular", "demo", popularity=9.5),
                CatalogueTitle("movie", 13, "Well known", "demo", renown=5),
                CatalogueTitle("movie", 2_000_000_000, "Made up", "movielens"),
            ]
        )
    )
    due = [("movie", 3), ("movie", 2), ("tv", 12), ("movie", 13), ("movie", 11)]
    assert survey(NOW, most=10).due == due
    assert survey(NOW, most=3).due == due[:3]
