"""What a run stores of titles that are there already."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from apps.media.providers.tmdb.source import Tmdb
from apps.media.services import store_titles
from apps.media.titles import CatalogueTitle, FullTitle, MediaType
from movierec.dynamo import backoff
from movierec.dynamo.connection import shared_connection
from movierec.timestamps import timestamp
from tests.apps.media.sync.conftest import (
    NOW,
    Run,
    RunClock,
    SlowSource,
    asked_details,
    stored_titles,
)
from tests.stand_ins.titles import keep_titles
from tests.stand_ins.tmdb_bodies import movie_body
from tests.stand_ins.tmdb_server import TmdbServer

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class TestStoring:
    def test_what_was_fetched_later_stays(
        self, run: Run, small_tmdb: TmdbServer, source: Tmdb, clock: RunClock
    ) -> None:
        run()
        fresher = replace(
            source.title("movie", 103, budget=5).facts, title="Fetched later", refreshed_at=timestamp(NOW + DAY + HOUR)
        )

        class Overtaken(SlowSource):
            def title(self, media_type: MediaType, media_id: int, *, budget: float) -> FullTitle:
                found = super().title(media_type, media_id, budget=budget)
                if media_id == 103:
                    keep_titles([replace(found, facts=fresher)])
                return found

        clock.goes_on(DAY.total_seconds())
        record = run(source=Overtaken(source, clock, 0.0))
        assert (record.figure("fetched"), record.figure("overtaken")) == (10, 1)
        assert stored_titles()["movie", 103].facts.title == "Fetched later"

    def test_a_busy_dynamodb_is_asked_again(
        self, run: Run, small_tmdb: TmdbServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(backoff, "LONGEST_PAUSE_SECONDS", 0.001)
        refused: list[bytes] = []

        def refuse(model: Any, params: Any, **_: Any) -> None:
            if b'"MovieRecCache"' in params["body"] and b"#0 <= :0" in params["body"] and len(refused) < 5:
                refused.append(params["body"])
                raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")

        events = shared_connection().client.meta.events
        events.register("before-call.dynamodb.PutItem", refuse)
        try:
            assert run().message == "Done: 11 of 11 details, 11 fetched."
        finally:
            events.unregister("before-call.dynamodb.PutItem", refuse)
        assert len(refused) == 5

    def test_titles_of_other_sources_get_their_details_and_keep_what_tmdb_does_not_tell(
        self, run: Run, small_tmdb: TmdbServer
    ) -> None:
        demo = CatalogueTitle("movie", 108, "Demo", "demo", acclaim=("cultClassic",), renown=2, services=("mubi",))
        made_up = CatalogueTitle("movie", 2_000_000_007, "Unlinked", "movielens")
        list(store_titles([demo, made_up]))
        small_tmdb.answers("movie/108", movie_body(108, vote_count=0, revenue=0, **{"watch/providers": {}}))
        assert run().figure("fetched") == 12
        titles = stored_titles()
        facts = titles["movie", 108].facts
        assert (facts.source, facts.title, facts.poster_path) == ("tmdb", "Film 108", "/poster108.jpg")
        assert (facts.renown, facts.services) == (2, ("mubi",))
        assert titles["movie", 108].details is not None
        assert titles["movie", 2_000_000_007].facts == made_up
        assert "movie/2000000007" not in asked_details(small_tmdb)

    def test_a_title_of_another_source_that_tmdb_lacks_stays_and_is_left_alone_for_a_month(
        self, run: Run, small_tmdb: TmdbServer, clock: RunClock
    ) -> None:
        demo = CatalogueTitle("movie", 999, "Demo", "demo")
        list(store_titles([demo]))
        record = run()
        assert (record.figure("unmatched"), record.figure("absent"), list(record.errors)) == (1, 0, [])
        assert stored_titles()["movie", 999].facts == demo
        for days, asked in ((1, 0), (31, 1)):
            clock.goes_on(days * DAY.total_seconds())
            small_tmdb.requests.clear()
            assert run().figure("unmatched") == asked
            assert asked_details(small_tmdb).count("movie/999") == asked
