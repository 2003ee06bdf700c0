"""Titles as their source tells them: what is stored never gives way to what is older, nor to a busy moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import PutError

from apps.media.details import Details
from apps.media.selectors import all_titles, title_row
from apps.media.storing import store_title
from apps.media.titles import CatalogueTitle, FullTitle
from movierec.dynamo.connection import shared_connection
from movierec.timestamps import timestamp
from tests.stand_ins.titles import keep_titles

NOW = datetime.now(UTC)


@pytest.fixture
def told(film: Callable[..., CatalogueTitle]) -> Callable[..., FullTitle]:
    """A film that TMDB told so long ago, before now or after it."""

    def make(title: str, *, ago: timedelta) -> FullTitle:
        return FullTitle(film(603, title=title, source="tmdb", refreshed_at=timestamp(NOW - ago)), Details(tagline="x"))

    return make


@pytest.mark.parametrize(
    ("standing", "kept"),
    [
        (timedelta(hours=2), "told now"),
        (timedelta(hours=-2), "standing"),
        (timedelta(days=-2), "told now"),
    ],
)
def test_only_what_is_older_gives_way_and_what_no_clock_can_have_told(
    tables: None, told: Callable[..., FullTitle], standing: timedelta, kept: str
) -> None:
    keep_titles([told("standing", ago=standing)])
    assert store_title(told("told now", ago=timedelta(0)), None) == (kept == "told now")
    row = title_row("movie", 603)
    assert row is not None
    assert row["title"] == kept


@pytest.fixture
def throttled(tables: None) -> Iterator[list[str]]:
    """DynamoDB too busy for every write; the writes it got."""
    tried: list[str] = []

    def refuse(model: Any, **_: Any) -> None:
        tried.append(model.name)
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "busy"}}, model.name)

    events = shared_connection().client.meta.events
    events.register("before-call.dynamodb.PutItem", refuse)
    yield tried
    events.unregister("before-call.dynamodb.PutItem", refuse)


def test_who_waits_for_a_page_does_not_wait_for_a_busy_dynamodb(
    throttled: list[str], told: Callable[..., FullTitle]
) -> None:
    with pytest.raises(PutError):
        store_title(told("told now", ago=timedelta(0)), None)
    assert throttled == ["PutItem"]


def test_a_look_at_all_titles_leaves_their_details_where_they_are(tables: None, told: Callable[..., FullTitle]) -> None:
    full = told("A film", ago=timedelta(hours=1))
    keep_titles([full])
    asked: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        asked.append(params)

    events = shared_connection().client.meta.events
    events.register("provide-client-params.dynamodb.Scan", note)
    try:
        assert list(all_titles()) == [full.facts]
    finally:
        events.unregister("provide-client-params.dynamodb.Scan", note)
    wanted = set(asked[0]["ExpressionAttributeNames"].values())
    assert wanted >= {"mediaId", "mediaType", "title", "expiresAt"}
    assert not wanted & {"details", "translations"}
