from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any

import pytest

from apps.media.errors import NotAtSource, SourceError, SourceKeyRefused, SourceRefused, SourceUnavailable
from apps.media.providers.tmdb import client as client_module
from apps.media.providers.tmdb.client import TmdbClient
from movierec.clock import Clock
from tests.stand_ins import tmdb_server as faults
from tests.stand_ins.clock import StillClock
from tests.stand_ins.tmdb_server import Fault, TmdbServer, closed_port

HEAT = {"id": 603, "title": "Heat", "überschrift": "日本"}

PASSING = {
    "500": faults.status(500),
    "500 of TMDB": faults.status(500, {"status_code": 11, "status_message": "Internal error.", "success": False}),
    "502 as HTML": faults.status(502, b"<html>Bad gateway</html>"),
    "503, down": faults.status(503, {"status_code": 9, "status_message": "Service offline.", "success": False}),
    "400, in maintenance": faults.status(400, {"status_code": 46, "status_message": "Maintenance.", "success": False}),
    "504": faults.status(504, {"status_code": 24, "status_message": "Timed out.", "success": False}),
    "429": faults.too_many(),
    "200 with code 25": faults.answered(faults.OVER_LIMIT),
    "garbage": faults.garbage(),
    "nothing": faults.answered(b""),
    "null": faults.answered(None),
    "HTML": faults.html(),
    "404 as HTML": faults.status(404, b"<html>No such host</html>"),
    "403 as HTML": faults.status(403, b"<html>Blocked</html>"),
    "huge": faults.huge(client_module.MOST_BYTES + 1),
    "bomb": faults.bomb(client_module.MOST_BYTES + 1),
    "no gzip": faults.bad_gzip(),
    "torn gzip": faults.torn_gzip(),
    "brotli": faults.answered(b"x", 200, {"Content-Encoding": "br"}),
    "half": faults.half_body(),
    "closes": faults.closes(),
    "no HTTP": faults.not_http(),
    "bad chunks": faults.answered(b"zz\r\n{}", 200, {"Transfer-Encoding": "chunked"}),
    "too many headers": faults.answered({}, 200, {f"X-{number}": "a" for number in range(200)}),
    "deep": faults.answered(b"[" * 100_000),
    "a number without an end": faults.answered(b'{"id": NaN, "page": ' + b"9" * 5000 + b"}"),
    "redirect": faults.redirect("http://127.0.0.1:9/elsewhere"),
}


def passing() -> Any:
    return pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())


def test_the_json_of_a_path_comes_back(asks: TmdbClient, tmdb: TmdbServer, clock: StillClock) -> None:
    tmdb.answers("movie/603", HEAT, language="en")
    assert asks.get("movie/603", {"language": "en", "query": "ä & b"}, parse=dict, budget=3) == HEAT
    (asked,) = tmdb.requests
    assert asked.query == {"language": "en", "query": "ä & b", "api_key": tmdb.key}
    assert "authorization" not in asked.headers
    assert asked.headers["accept-encoding"] == "gzip"
    assert clock.waits == []


def test_a_token_goes_into_the_header_and_not_into_the_address(
    made: Callable[..., TmdbClient], tmdb: TmdbServer
) -> None:
    tmdb.answers("movie/603", HEAT)
    assert made(tmdb.bearer).get("movie/603", {}, parse=dict, budget=3) == HEAT
    (asked,) = tmdb.requests
    assert asked.query == {}
    assert asked.headers["authorization"] == f"Bearer {tmdb.bearer}"


def test_connections_are_used_again(asks: TmdbClient, tmdb: TmdbServer) -> None:
    tmdb.answers("movie/603", HEAT)
    for _ in range(5):
        asks.get("movie/603", {}, parse=dict, budget=3)
    assert tmdb.connections == 1


def test_a_connection_that_was_cut_or_lay_idle_is_not_used_again(
    asks: TmdbClient, tmdb: TmdbServer, clock: StillClock
) -> None:
    tmdb.answers("movie/603", HEAT)
    asks.get("movie/603", {}, parse=dict, budget=3)
    clock.goes_on(30)
    asks.get("movie/603", {}, parse=dict, budget=3)
    assert tmdb.connections == 2
    tmdb.goes_down()
    asks.get("movie/603", {}, parse=dict, budget=3)
    assert (tmdb.connections, len(tmdb.requests), clock.waits) == (3, 3, [])


@passing()
def test_what_may_pass_is_tried_again(asks: TmdbClient, tmdb: TmdbServer, clock: StillClock, fault: Fault) -> None:
    tmdb.answers("movie/603", HEAT)
    tmdb.fails(fault, times=3)
    assert asks.get("movie/603", {}, parse=dict, budget=20) == HEAT
    assert len(tmdb.requests) == 4
    assert len(clock.waits) == 3
    assert all(wait <= longest for wait, longest in zip(clock.waits, (0.25, 0.5, 1.0), strict=True))


@passing()
def test_after_four_tries_it_is_unavailable(
    asks: TmdbClient, tmdb: TmdbServer, clock: StillClock, fault: Fault
) -> None:
    tmdb.answers("movie/603", HEAT)
    tmdb.fails(fault)
    with pytest.raises(SourceUnavailable, match=r"^TMDB cannot be used now \(.+\)\.$") as raised:
        asks.get("movie/603", {}, parse=dict, budget=20)
    assert raised.value.retry_after == 5
    assert len(tmdb.requests) == 4
    assert len(clock.waits) == 3


@pytest.mark.parametrize(
    ("fault", "error", "sentence"),
    [
        (faults.status(404, faults.NOT_FOUND), NotAtSource, "TMDB has no movie/603."),
        (faults.status(404, {}), NotAtSource, "TMDB has no movie/603."),
        (faults.answered(faults.NOT_FOUND), NotAtSource, "TMDB has no movie/603."),
        (faults.status(400, faults.NOT_FOUND), NotAtSource, "TMDB has no movie/603."),
        (faults.answered({"status_code": 34}), NotAtSource, "TMDB has no movie/603."),
        (faults.answered({"status_code": "34", "success": False}), NotAtSource, "TMDB has no movie/603."),
        (faults.status(404, {"success": False}), NotAtSource, "TMDB has no movie/603."),
        (
            faults.answered({"success": False}),
            SourceRefused,
            "TMDB refuses the request for movie/603 (HTTP status 200).",
        ),
        (
            faults.answered({"status_code": 5, "status_message": "Invalid parameters.", "success": False}),
            SourceRefused,
            "TMDB refuses the request for movie/603 (HTTP status 200, TMDB's code 5).",
        ),
        (
            faults.status(422, {"status_code": 5, "status_message": "Invalid parameters.", "success": False}),
            SourceRefused,
            "TMDB refuses the request for movie/603 (HTTP status 422, TMDB's code 5).",
        ),
        (
            faults.status(400, faults.PAGE_OUTSIDE),
            SourceRefused,
            "TMDB refuses the request for movie/603 (HTTP status 400, TMDB's code 22).",
        ),
        (
            faults.status(422, {"errors": ["query must be provided"]}),
            SourceRefused,
            "TMDB refuses the request for movie/603 (HTTP status 422).",
        ),
        (
            faults.refused_key(),
            SourceKeyRefused,
            "TMDB refuses the key (HTTP status 401, TMDB's code 7). "
            "Put the key that TMDB's settings page shows into TMDB_API_KEY.",
        ),
        (
            faults.status(403, {"status_code": 10, "status_message": "Suspended.", "success": False}),
            SourceKeyRefused,
            "TMDB refuses the key (HTTP status 403, TMDB's code 10). "
            "Put the key that TMDB's settings page shows into TMDB_API_KEY.",
        ),
        (
            faults.status(401),
            SourceKeyRefused,
            "TMDB refuses the key (HTTP status 401). Put the key that TMDB's settings page shows into TMDB_API_KEY.",
        ),
    ],
)
def test_what_will_not_pass_is_asked_once(
    asks: TmdbClient, tmdb: TmdbServer, clock: StillClock, fault: Fault, error: type[SourceError], sentence: str
) -> None:
    tmdb.answers("movie/603", HEAT)
    tmdb.fails(fault, times=1)
    with pytest.raises(error) as raised:
        asks.get("movie/603", {}, parse=dict, budget=3)
    assert (raised.type, str(raised.value)) == (error, sentence)
    assert (len(tmdb.requests), clock.waits) == (1, [])


@pytest.mark.parametrize("body", [[], "text", 7, True, {"results": 7}, {"status_code": [], "status_message": ""}])
def test_the_parser_has_json_of_any_shape(asks: TmdbClient, tmdb: TmdbServer, body: Any) -> None:
    tmdb.answers("movie/popular", body)
    assert asks.get("movie/popular", {}, parse=lambda found: [found], budget=3) == [body]


def page_of(body: Any) -> list[Any]:
    """What a parser does with a page."""
    if not isinstance(body.get("results"), list):
        raise SourceUnavailable("TMDB answered without a page.")
    return list(body["results"])


def test_json_of_a_wrong_shape_is_asked_for_again(
    asks: TmdbClient, tmdb: TmdbServer, caplog: pytest.LogCaptureFixture
) -> None:
    tmdb.answers("movie/popular", {"results": [1]})
    tmdb.fails(faults.wrong_types(), times=3)
    with caplog.at_level(logging.INFO):
        assert asks.get("movie/popular", {}, parse=page_of, budget=20) == [1]
    assert len(tmdb.requests) == 4
    assert caplog.messages == ["TMDB did not give movie/popular: TMDB answered without a page."] * 3


def test_json_of_a_wrong_shape_is_unavailable_and_does_not_count_as_a_service_that_is_down(
    asks: TmdbClient, tmdb: TmdbServer
) -> None:
    tmdb.fails(faults.wrong_types())
    for _ in range(3):
        with pytest.raises(SourceUnavailable) as raised:
            asks.get("movie/popular", {}, parse=page_of, budget=20)
        assert str(raised.value) == "TMDB cannot be used now (TMDB answered without a page)."
    assert len(tmdb.requests) == 12


def test_what_else_a_parser_says_is_said_at_once(asks: TmdbClient, tmdb: TmdbServer) -> None:
    def refuse(_: Any) -> Any:
        raise NotAtSource("For adults.")

    tmdb.answers("movie/603", HEAT)
    with pytest.raises(NotAtSource, match=r"^For adults\.$"):
        asks.get("movie/603", {}, parse=refuse, budget=20)
    assert len(tmdb.requests) == 1


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b'{"id": 603, "title": "He\\ud800at"}', {"id": 603, "title": "He\ud800at"}),
        (b'\xef\xbb\xbf{"id": 603}', {"id": 603}),
        (b'{"id": 603, "title": "Caf\xe9"}', {"id": 603, "title": "Caf\ufffd"}),
        (b'{"id": 603, "popularity": 1e999}', {"id": 603, "popularity": float("inf")}),
        (b'{"id": 603, "popularity": -Infinity}', {"id": 603, "popularity": float("-inf")}),
    ],
)
def test_one_bad_value_does_not_lose_the_answer(asks: TmdbClient, tmdb: TmdbServer, sent: bytes, read: Any) -> None:
    tmdb.answers("movie/603", sent)
    # More of them than failures open the breaker.
    assert [asks.get("movie/603", {}, parse=dict, budget=3) for _ in range(9)] == [read] * 9
    assert len(tmdb.requests) == 9


def test_a_redirect_is_not_followed(asks: TmdbClient, tmdb: TmdbServer) -> None:
    tmdb.answers("elsewhere", HEAT)
    tmdb.fails(faults.redirect(f"{tmdb.base_url}/elsewhere"), path="movie/603")
    with pytest.raises(SourceUnavailable):
        asks.get("movie/603", {}, parse=dict, budget=20)
    assert tmdb.asked("elsewhere") == []


def test_a_closed_port_is_unavailable(made: Callable[..., TmdbClient]) -> None:
    with closed_port() as address:
        asks = made(address=address)
        with pytest.raises(SourceUnavailable, match="ConnectionRefusedError"):
            asks.get("movie/603", {}, parse=dict, budget=20)


def test_the_seconds_of_retry_after_are_waited(asks: TmdbClient, tmdb: TmdbServer, clock: StillClock) -> None:
    tmdb.answers("movie/603", HEAT)
    tmdb.fails(faults.too_many("2"), times=1)
    assert asks.get("movie/603", {}, parse=dict, budget=3) == HEAT
    assert 2 <= sum(clock.waits) <= 2.25


def test_the_date_of_retry_after_is_waited_for(asks: TmdbClient, tmdb: TmdbServer, clock: StillClock) -> None:
    tmdb.answers("movie/603", HEAT)
    tmdb.fails(faults.status(503, b"", {"Retry-After": formatdate(clock.since_1970() + 7, usegmt=True)}), times=1)
    assert asks.get("movie/603", {}, parse=dict, budget=10) == HEAT
    assert 7 <= sum(clock.waits) <= 7.25


def test_a_longer_wait_than_there_is_time_for_is_told_at_once(
    asks: TmdbClient, tmdb: TmdbServer, clock: StillClock
) -> None:
    tmdb.answers("movie/603", HEAT)
    tmdb.fails(faults.too_many("40"), times=1)
    with pytest.raises(SourceUnavailable) as raised:
        asks.get("movie/603", {}, parse=dict, budget=10)
    assert (raised.value.retry_after, len(tmdb.requests), clock.waits) == (40, 1, [])


def test_nobody_asks_while_tmdb_wants_to_be_left_alone(asks: TmdbClient, tmdb: TmdbServer, clock: StillClock) -> None:
    tmdb.answers("movie/603", HEAT)
    tmdb.answers("movie/604", HEAT)
    tmdb.fails(faults.too_many("40"), times=1)
    with pytest.raises(SourceUnavailable):
        asks.get("movie/603", {}, parse=dict, budget=10)
    clock.goes_on(10.5)
    with pytest.raises(SourceUnavailable) as raised:
        asks.get("movie/604", {}, parse=dict, budget=10)
    assert (raised.value.retry_after, tmdb.asked("movie/604"), clock.waits) == (30, [], [])
    assert asks.get("movie/604", {}, parse=dict, budget=60) == HEAT
    assert clock.waits == [29.5]


@pytest.mark.parametrize(
    "fault", [faults.hangs(), faults.drips(), faults.drips(head=True)], ids=["hang", "drip", "head"]
)
def test_no_answer_outlasts_its_budget(made: Callable[..., TmdbClient], tmdb: TmdbServer, fault: Fault) -> None:
    # Whole, this answer drips for many seconds.
    tmdb.answers("movie/603", {"text": "".join(chr(300 + number) for number in range(600))})
    tmdb.fails(fault)
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match=r"^TMDB cannot be used now \(no answer in time\)\.$"):
        made(clock=Clock()).get("movie/603", {}, parse=dict, budget=0.3)
    assert time.monotonic() - began < 5
    assert len(tmdb.requests) == 1


def test_every_pause_counts_for_the_budget(asks: TmdbClient, tmdb: TmdbServer, clock: StillClock) -> None:
    tmdb.fails(faults.too_many("2"))
    with pytest.raises(SourceUnavailable) as raised:
        asks.get("movie/603", {}, parse=dict, budget=5)
    assert (len(tmdb.requests), raised.value.retry_after) == (3, 2)
    assert clock.now() <= 5


def test_without_any_time_nothing_is_asked(asks: TmdbClient, tmdb: TmdbServer) -> None:
    with pytest.raises(SourceUnavailable):
        asks.get("movie/603", {}, parse=dict, budget=0)
    assert tmdb.requests == []


def test_a_hanging_server_is_tried_again_while_there_is_time(
    asks: TmdbClient, tmdb: TmdbServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.media.providers.tmdb.transport.READ_SECONDS", 0.05)
    tmdb.answers("movie/603", HEAT)
    tmdb.fails(faults.hangs(), times=2)
    assert asks.get("movie/603", {}, parse=dict, budget=20) == HEAT
    assert len(tmdb.requests) == 3


def test_never_more_than_twenty_at_once(made: Callable[..., TmdbClient], tmdb: TmdbServer) -> None:
    released = threading.Event()
    tmdb.answers("movie/603", HEAT)
    tmdb.fails(faults.hangs(released))
    asks = made(clock=Clock())

    def ask(_: int) -> Any:
        return asks.get("movie/603", {}, parse=dict, budget=20)

    with ThreadPoolExecutor(30) as pool:
        answers = [pool.submit(ask, number) for number in range(30)]
        for _ in range(2000):
            if len(tmdb.requests) == 20 or released.wait(0.005):
                break
        # The other ten could have come by now.
        released.wait(0.05)
        arrived = len(tmdb.requests)
        released.set()
        assert [each.result() for each in answers] == [HEAT] * 30
    assert (arrived, tmdb.most_at_once, len(tmdb.requests)) == (20, 20, 30)


def test_a_service_that_fails_again_and_again_is_left_alone(
    asks: TmdbClient, tmdb: TmdbServer, clock: StillClock
) -> None:
    tmdb.answers("movie/603", HEAT)
    tmdb.fails(faults.status(500))
    for _ in range(2):
        with pytest.raises(SourceUnavailable):
            asks.get("movie/603", {}, parse=dict, budget=20)
    with pytest.raises(SourceUnavailable) as raised:
        asks.get("movie/603", {}, parse=dict, budget=20)
    assert (raised.value.retry_after, len(tmdb.requests)) == (15, 8)
    tmdb.recovers()
    clock.goes_on(15.5)
    assert [asks.get("movie/603", {}, parse=dict, budget=3) for _ in range(2)] == [HEAT, HEAT]
    assert len(tmdb.requests) == 10


def test_a_service_that_was_asked_too_often_is_not_down(asks: TmdbClient, tmdb: TmdbServer) -> None:
    tmdb.fails(faults.too_many())
    for _ in range(5):
        with pytest.raises(SourceUnavailable):
            asks.get("movie/603", {}, parse=dict, budget=20)
    assert len(tmdb.requests) == 20


@pytest.mark.parametrize("fault", [faults.status(404, faults.NOT_FOUND), faults.status(400, faults.PAGE_OUTSIDE)])
def test_answers_that_say_no_open_nothing(asks: TmdbClient, tmdb: TmdbServer, fault: Fault) -> None:
    tmdb.fails(fault)
    for _ in range(20):
        with pytest.raises((NotAtSource, SourceRefused)):
            asks.get("movie/603", {}, parse=dict, budget=3)
    assert len(tmdb.requests) == 20


def chain(error: BaseException | None) -> list[BaseException]:
    return [] if error is None else [error, *chain(error.__cause__), *chain(error.__context__)]


LEAKS = {
    **PASSING,
    "key": faults.refused_key(),
    "no": faults.status(404, faults.NOT_FOUND),
    "bad request": faults.status(400, faults.PAGE_OUTSIDE),
    "bad headers": faults.answered({"id": 1}, 500, {"no colon \x01": "a"}),
    "hang": faults.hangs(),
}


@pytest.mark.parametrize("token", [False, True], ids=["v3", "v4"])
@pytest.mark.parametrize("fault", LEAKS.values(), ids=LEAKS.keys())
def test_the_key_is_in_no_log_and_no_error(
    made: Callable[..., TmdbClient], tmdb: TmdbServer, caplog: pytest.LogCaptureFixture, fault: Fault, token: bool
) -> None:
    key = tmdb.bearer if token else tmdb.key
    tmdb.fails(fault)
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceError) as raised:
        made(key).get("movie/603", {"page": "1"}, parse=dict, budget=0.2)
    assert tmdb.requests
    said = [caplog.text, *(f"{each} {each!r} {vars(each)}" for each in chain(raised.value))]
    assert not [text for text in said if key in text]


@pytest.mark.parametrize("echo", ["status line", "body"])
def test_a_key_that_the_server_repeats_is_not_repeated_by_us(
    asks: TmdbClient, tmdb: TmdbServer, caplog: pytest.LogCaptureFixture, echo: str
) -> None:
    def play(connection: Any, right: Any, stopping: threading.Event) -> None:
        connection.sendall(f"BAD {tmdb.key}\r\n\r\n".encode())
        connection.shutdown(2)

    words = {"status_code": 5, "status_message": f"Bad {tmdb.key}", "success": False}
    tmdb.fails(play if echo == "status line" else faults.status(400, words))
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceError) as raised:
        asks.get("movie/603", {}, parse=dict, budget=20)
    said = [caplog.text, *(f"{each} {each!r} {vars(each)}" for each in chain(raised.value))]
    assert not [text for text in said if tmdb.key in text]


def test_it_is_logged_what_failed(asks: TmdbClient, tmdb: TmdbServer, caplog: pytest.LogCaptureFixture) -> None:
    tmdb.answers("movie/603", HEAT)
    tmdb.fails(faults.status(502), times=1)
    with caplog.at_level(logging.INFO):
        asks.get("movie/603", {}, parse=dict, budget=3)
    assert caplog.messages == ["TMDB did not give movie/603: HTTP status 502."]
