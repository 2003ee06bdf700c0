from __future__ import annotations

from datetime import UTC, datetime

import time_machine
from django.test import Client

from apps.media.services import rebuild_catalogue, store_order
from apps.media.titles import FullTitle
from tests.apps.ops.catalogue.conftest import film
from tests.apps.ops.conftest import staff_client
from tests.stand_ins.titles import keep_titles


def test_every_list_with_its_age_by_two_requests(tables: None, operations: list[str]) -> None:
    keep_titles([FullTitle(film(1, source="tmdb", genres=(18,), refreshed_at="2026-11-01T00:00:00.000Z"))])
    store_order("trending", "movie", [("movie", 1)], "2026-11-10T00:00:00.000Z")
    with time_machine.travel("2026-11-20T09:00:00Z", tick=False):
        rebuild_catalogue(now=datetime.now(UTC))
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
        browser = staff_client("support")
        operations.clear()
        page = browser.get("/ops/catalogue/lists").content.decode()
    assert operations == ["UpdateItem", "BatchGetItem"]
    assert page.count('<th scope="row">') == 18 + 2 * (19 + 16)
    row = page.partition("Trending, films<")[2].partition("</tr>")[0]
    for told in ("2026-11-20 09:00", "2026-11-10 00:00", "11 days", "stale", "2026-11-22 08:00"):
        assert told in row
    row = page.partition("Top rated, films<")[2].partition("</tr>")[0]
    for told in ("1 day", "fresh", "2026-11-22 09:00"):
        assert told in row
    assert "There is no key of TMDB" in page
    assert '<th scope="col">Order as of</th>' in page
    assert '<th scope="col">Next order</th>' in page


def test_lists_that_were_never_built_say_so(ops: Client) -> None:
    assert ops.get("/ops/catalogue/lists").content.decode().count("not built") == 88
