from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management.base import OutputWrapper

from apps.accounts import deletions
from apps.accounts.selectors import account_id
from apps.accounts.services import create_confirmed_account
from apps.media import index_keeper
from apps.media.selectors import listing, title_row
from apps.media.services import store_titles
from apps.media.sync.reach import PROBES
from apps.media.titles import CatalogueTitle
from apps.ops import preparation
from apps.recommendations.artifacts import serving
from apps.recommendations.publishing import versions
from movierec import jobs
from movierec.dynamo.leases import take
from movierec.objects import StoreUnreachable
from movierec.telemetry.access import mark_of
from tests.stand_ins import tmdb_server as faults
from tests.stand_ins.tmdb_bodies import list_body, movie_body, movie_entry
from tests.stand_ins.tmdb_server import TmdbServer

pytestmark = pytest.mark.usefixtures("cheap_scrypt", "tables")


def erase() -> str:
    output = io.StringIO()
    preparation._erase_due_accounts(output)
    return output.getvalue()


def test_a_local_start_erases_the_accounts_that_are_due_and_is_quiet_otherwise() -> None:
    with time_machine.travel(datetime(2027, 1, 15, tzinfo=UTC), tick=False) as clock:
        create_confirmed_account("ann@example.com", "correct horse battery", "ann-id")
        deletions.request("ann-id")
        assert erase() == ""
        assert account_id("ann@example.com") == "ann-id"
        clock.shift(7 * 24 * 3600)
        assert erase().splitlines() == [f"Erased the account of the user {mark_of('ann-id')}.", "Accounts erased: 1."]
        assert account_id("ann@example.com") is None
        assert erase() == ""
    (run,) = jobs.newest("erase_accounts")
    assert (run.state, run.schedule, run.figures()) == ("done", "due", {"erased": 1})


def test_deletions_that_another_process_does_hold_up_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("movierec.jobs.recorder.WAIT_SECONDS", 0.0)
    with time_machine.travel(datetime(2027, 1, 15, tzinfo=UTC), tick=False) as clock:
        create_confirmed_account("ann@example.com", "correct horse battery", "ann-id")
        deletions.request("ann-id")
        clock.shift(7 * 24 * 3600)
        take("erase_accounts#due", 20)
        assert erase() == "Another process erases accounts already; look at it at /ops/jobs."
    assert account_id("ann@example.com") == "ann-id"
    assert jobs.newest("erase_accounts") == []


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Path:
    """The folder of an empty store, which is the configured one."""
    settings.MODEL_STORE = str(tmp_path / "store")
    return tmp_path / "store"


def prepare_model() -> list[str]:
    output = io.StringIO()
    preparation._ensure_model(OutputWrapper(output))
    return output.getvalue().splitlines()


def test_a_local_start_trains_and_publishes_a_model_and_is_quiet_when_there_is_one(store: Path) -> None:
    lines = prepare_model()
    version = serving().model.version
    assert lines[0] == "Training the recommender on the demo viewers:"
    assert lines[-1] == f"Published {version} in {store}."
    assert [published.version for published in versions()] == [version]
    assert not serving().fallback
    assert prepare_model() == []
    (run,) = jobs.newest("train_recommender")
    assert (run.state, run.schedule, run.percent) == ("done", "tables", 100)
    assert run.message == "\n".join(lines[-2:-1])
    assert run.figures().keys() == {"likes", "people", "titles"}


def test_a_model_that_another_process_trains_is_not_waited_for(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("movierec.jobs.recorder.WAIT_SECONDS", 0.0)
    take("train_recommender#tables", 20)
    assert prepare_model()[-1].startswith("Another process trains it already;")
    assert versions() == []


def test_a_model_that_cannot_be_published_stops_the_start_with_a_sentence(store: Path) -> None:
    store.write_text("a file where the folder should be")
    with pytest.raises(StoreUnreachable, match="cannot be read or written"):
        prepare_model()


class TestCatalogue:
    @pytest.fixture
    def one_film(self, tmdb: TmdbServer) -> TmdbServer:
        """A TMDB whose lists name one film."""
        for path in ("movie/popular", "trending/all/week", "trending/movie/week", "tv/popular", "trending/tv/week"):
            films = [] if "tv" in path else [movie_entry(603, media_type="movie")]
            tmdb.answers(path, list_body(films))
        tmdb.answers("movie/603", movie_body(603))
        return tmdb

    @staticmethod
    def prepared() -> list[str]:
        output = io.StringIO()
        stored = preparation._sync_first(OutputWrapper(output))
        preparation._ensure_index(OutputWrapper(output), anew=stored)
        return output.getvalue().splitlines()

    def test_the_first_start_with_a_key_asks_tmdb_and_later_ones_do_not(
        self, one_film: TmdbServer, atomic_requests: None
    ) -> None:
        lines = self.prepared()
        assert lines[0] == "Asking TMDB for films and series, for at most 60 seconds:"
        assert "Done: 1 of 1 details, 1 fetched." in lines
        assert [run.state for run in jobs.newest("sync_media")] == ["done"]
        assert title_row("movie", 603) is not None
        one_film.requests.clear()
        assert self.prepared() == []
        assert one_film.requests == []

    def test_a_refused_key_is_a_sentence_and_the_start_goes_on(
        self, one_film: TmdbServer, atomic_requests: None
    ) -> None:
        one_film.keys.clear()
        lines = self.prepared()
        (sentence,) = [line for line in lines if line.startswith("Stopped, not all lists collected: ")]
        assert sentence.endswith(" manage.py sync_media --schedule daily goes on.")
        assert index_keeper.is_published()

    def test_what_a_first_sync_stored_without_an_end_is_shown(
        self, one_film: TmdbServer, atomic_requests: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        list(store_titles([CatalogueTitle("movie", 1, "Some Film", "demo")]))
        assert "Building the catalogue's lists and its index:" in self.rebuilt_without_a_sync(monkeypatch)
        # Details do not come, and the source is away for a probe as well.
        for path in ("movie/603", *PROBES):
            one_film.fails(faults.status(503), path=path)
        lines = self.prepared()
        (sentence,) = [line for line in lines if line.startswith("Stopped, 0 of ")]
        assert sentence.endswith(" manage.py sync_media --schedule daily goes on.")
        assert "Building the catalogue's lists and its index:" in lines
        page = listing("trending", "movie", page=1, limit=5)
        assert page is not None
        assert [item["id"] for item in page.items] == [603, 1]

    def rebuilt_without_a_sync(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """An index that was made before there was a key."""
        with monkeypatch.context() as keyless:
            keyless.setattr(preparation, "configured_source", lambda: None)
            return self.prepared()

    def test_a_sync_that_runs_already_is_not_waited_for_longer_than_its_lease(
        self, one_film: TmdbServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.media.sync.turns.WAIT_SECONDS", 0.05)
        with time_machine.travel(datetime(2027, 1, 15, tzinfo=UTC), tick=False):
            assert take("sync_media#daily", 20)
            assert "The daily sync is running already; look at it with --status." in self.prepared()
        assert one_film.requests == []

    def test_without_a_key_nothing_is_asked_and_a_missing_index_is_built_once(self, settings: Any) -> None:
        settings.TMDB_API_KEY = settings.TMDB_API_KEY_SECRET = ""
        list(store_titles([CatalogueTitle("movie", 1, "Some Film", "demo")]))
        assert self.prepared()[0] == "Building the catalogue's lists and its index:"
        assert index_keeper.is_published()
        assert self.prepared() == []
