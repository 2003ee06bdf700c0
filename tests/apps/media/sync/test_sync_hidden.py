"""Hidden titles are not asked for, and no list brings them back."""

from __future__ import annotations

from apps.media import marking, selectors
from tests.apps.media.sync.conftest import Run, asked_details, listed
from tests.stand_ins.tmdb_server import TmdbServer


def test_a_run_passes_over_hidden_titles(run: Run, small_tmdb: TmdbServer) -> None:
    marking.hide(("movie", 101), title="x", by="staff@example.com")
    assert run().message == "Done: 10 of 10 details, 10 fetched."
    assert "movie/101" not in asked_details(small_tmdb)
    assert selectors.title_row("movie", 101) is None
    assert 101 not in listed("popular", "movie")
