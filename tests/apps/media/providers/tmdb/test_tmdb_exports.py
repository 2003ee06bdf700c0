from __future__ import annotations

import gzip
from datetime import date

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.media.errors import NotAtSource, SourceUnavailable
from apps.media.providers.tmdb import exports
from apps.media.providers.tmdb.exports import ExportedId, export_lines
from tests.stand_ins import tmdb_server as faults
from tests.stand_ins.clock import StillClock
from tests.stand_ins.tmdb_server import TmdbServer

DAY = date(2024, 5, 7)
MOVIES = "movie_ids_05_07_2024.json.gz"
SERIES = "tv_series_ids_05_07_2024.json.gz"


def line(**entry: object) -> bytes:
    return orjson.dumps(entry) + b"\n"


def test_the_titles_of_a_day_come_in_order(tmdb: TmdbServer, clock: StillClock) -> None:
    film = {"adult": False, "original_title": "Blade", "video": False}
    tmdb.exports(MOVIES, line(id=36647, popularity=41.25, **film) + line(id=3924, popularity=2, **film))
    tmdb.exports(SERIES, line(id=1, original_name="Pride", popularity=6.5))
    assert list(export_lines("movie", DAY, clock=clock)) == [ExportedId(36647, 41.25), ExportedId(3924, 2.0)]
    assert list(export_lines("tv", DAY, clock=clock)) == [ExportedId(1, 6.5)]
    assert [asked.query for asked in tmdb.requests] == [{}, {}]
    assert not [asked for asked in tmdb.requests if "authorization" in asked.headers]


def test_what_is_not_wanted_or_not_understood_is_left_out(
    tmdb: TmdbServer, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    bad = [b"\n", b"{\n", b"[]\n", b"7\n", b"\xff\n", line(), line(id="7"), line(id=True), line(id=0), line(id=2**60)]
    unwanted = [line(id=2, adult=True, popularity=9), line(id=3, video=True, popularity=9)]
    good = [line(id=4), line(id=5, popularity="9"), line(id=6, popularity=-1), line(id=7, popularity=1e308)]
    tmdb.exports(MOVIES, b"".join([*bad, *unwanted, *good]) + b'{"id": 8, "popularity": 1}')
    found = list(export_lines("movie", DAY, clock=clock))
    assert found == [ExportedId(4, 0), ExportedId(5, 0), ExportedId(6, 0), ExportedId(7, 1e308), ExportedId(8, 1)]
    assert caplog.messages == [f"TMDB's export {MOVIES} has 10 lines that cannot be understood."]


def test_a_line_without_an_end_is_read_in_pieces(
    tmdb: TmdbServer, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    tmdb.exports(MOVIES, b"a" * 640 * 1024 + b"\n" + line(id=4, popularity=1))
    assert list(export_lines("movie", DAY, clock=clock)) == [ExportedId(4, 1)]
    assert caplog.messages == [f"TMDB's export {MOVIES} has 11 lines that cannot be understood."]


@pytest.mark.parametrize("code", [403, 404])
def test_a_day_that_is_not_there_yet_is_told(tmdb: TmdbServer, clock: StillClock, code: int) -> None:
    tmdb.fails(faults.status(code, b"<Error><Code>AccessDenied</Code></Error>"))
    with pytest.raises(NotAtSource, match=f"TMDB has no export {MOVIES}"):
        export_lines("movie", DAY, clock=clock)
    assert len(tmdb.requests) == 1


@pytest.mark.parametrize("fault", [faults.status(503), faults.half_body(), faults.closes(), faults.too_many("1")])
def test_a_torn_transfer_is_tried_again(tmdb: TmdbServer, clock: StillClock, fault: faults.Fault) -> None:
    tmdb.exports(MOVIES, line(id=4, popularity=1))
    tmdb.fails(fault, times=3)
    assert list(export_lines("movie", DAY, clock=clock)) == [ExportedId(4, 1)]
    assert len(tmdb.requests) == 4


def test_an_export_that_cannot_be_fetched_is_unavailable(tmdb: TmdbServer, clock: StillClock) -> None:
    tmdb.fails(faults.closes())
    with pytest.raises(SourceUnavailable):
        export_lines("movie", DAY, clock=clock)
    assert len(tmdb.requests) == 4


def test_an_export_of_absurd_size_is_not_taken(
    tmdb: TmdbServer, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_BYTES", 1000)
    tmdb.fails(faults.huge(1001))
    with pytest.raises(SourceUnavailable, match="more than 1000 bytes"):
        export_lines("movie", DAY, clock=clock)


def test_no_more_lines_than_titles_can_be_are_read(
    tmdb: TmdbServer, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_LINES", 2)
    tmdb.exports(MOVIES, b"".join(line(id=number, popularity=1) for number in range(1, 9)))
    assert [each.media_id for each in export_lines("movie", DAY, clock=clock)] == [1, 2]


@pytest.mark.parametrize("cut", [slice(0, -20), slice(5, None), slice(0, 0)])
def test_a_damaged_export_is_told(tmdb: TmdbServer, clock: StillClock, cut: slice) -> None:
    whole = gzip.compress(b"".join(line(id=number, popularity=number) for number in range(1, 2000)))
    tmdb.answers(f"p/exports/{MOVIES}", whole[cut])
    if whole[cut]:
        with pytest.raises(SourceUnavailable, match=f"{MOVIES} is damaged"):
            list(export_lines("movie", DAY, clock=clock))
    else:
        assert list(export_lines("movie", DAY, clock=clock)) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(2**63), 2**63) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "popularity", "adult"]), inner),
)


@given(JSON)
@example({"id": 1, "popularity": 2**63})
def test_no_json_is_an_error_or_an_absurd_title(value: object) -> None:
    for content in (orjson.dumps(value), b'{"id": 1, "popularity": 1e400}', b'{"id": 1%b}' % (b"0" * 400)):
        for found in exports._lines("a", gzip.compress(content)):
            assert 0 < found.media_id < 2_000_000_000
            assert 0 <= found.popularity < float("inf")
