from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.services import create_confirmed_account
from apps.ops.trail import exporting, selectors
from apps.ops.trail.asking import FILTERS
from apps.ops.trail.exporting import COLUMNS, inert, lines
from apps.ops.trail.words import SENTENCES, page_of, readable, sentence
from movierec import jobs
from movierec.api.pagination import encode_cursor
from movierec.audit import Actor, Event, Tag, Thing, nobody, of_actor, of_sources, of_thing, record
from movierec.dynamo.data_table import DataRow
from movierec.jobs.recorder import log_of
from tests.apps.ops.conftest import staff_client

OTHER = Actor("staff-9", "other@example.com", "192.0.2.9")
PERSON = Thing("person", "user-1")
NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script>'


def recorded(moment: datetime = NOON, tag: Tag = Tag.PERSON_DISABLED, **changes: Any) -> None:
    with time_machine.travel(moment, tick=False):
        record(Event(**{"tag": tag, "actor": OTHER, "thing": PERSON, **changes}))


@pytest.fixture
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def browser(noon: None, tables: None) -> Client:
    """Of a member of `ops` whose session began at the tests' noon."""
    return staff_client("ops")


def page(browser: Client, query: str = "") -> str:
    response = browser.get(f"/ops/audit{query}")
    assert response.status_code == 200
    return response.content.decode()


def following(text: str) -> str:
    """The address of "Look further back", empty on the last page."""
    before, link, _ = text.partition('" rel="next">')
    return unescape(before.rpartition('href="')[2]) if link else ""


def number_of_events(text: str) -> int:
    return text.count('<th scope="row">')


def exported(browser: Client, query: str = "", **days: str) -> tuple[Any, list[list[str]]]:
    response: Any = browser.post(f"/ops/audit/export{query}", {"from": "2026-05-10", "to": "2026-05-10", **days})
    if response.status_code != 200:
        return response, []
    text = b"".join(response.streaming_content).decode()
    return response, list(csv.reader(StringIO(text, newline="")))


def test_every_tag_has_a_sentence_and_is_a_choice() -> None:
    assert set(SENTENCES) == set(Tag)
    assert len(set(SENTENCES.values())) == len(SENTENCES)
    assert {choice.value for choice in FILTERS[1].choices} == {tag.value for tag in Tag}
    assert sentence("ops:title:paint") == "ops:title:paint"


@pytest.mark.parametrize(
    ("kind", "thing", "address"),
    [
        ("person", "user-1", "/ops/people/user-1"),
        ("staff", "a/b?c", "/ops/people/a%2Fb%3Fc"),
        ("title", "movie/603", "/ops/catalogue/movie/603"),
        ("job", "sync_media/2026-05-10T01:00#x", "/ops/jobs/sync_media/2026-05-10T01%3A00%23x"),
        ("job", "sync_media", "/ops/jobs"),
        ("settings", "SIGN_UPS", "/ops/switches"),
        ("model", "20260501", "/ops/recommender"),
        ("address", "a@example.com", ""),
    ],
)
def test_things_have_pages(kind: str, thing: str, address: str) -> None:
    assert page_of(kind, thing) == address


def test_values_are_readable() -> None:
    assert readable('{"a":1}') == '{\n  "a": 1\n}'
    assert readable('"text"') == "text"
    assert readable('{"a":… (cut)') == '{"a":… (cut)'
    assert readable("") == ""


class TestThePage:
    def test_an_event_is_told_with_everything(self, browser: Client) -> None:
        recorded(before={"enabled": True}, after={"enabled": False}, reason="Asked by mail", outcome="refused")
        text = unescape(page(browser))
        for part in (
            '<time datetime="2026-05-10T12:00:00.000Z">2026-05-10 12:00</time>',
            '<a href="/ops/audit?actor=staff-9">other@example.com</a> <span class="soft">staff-9</span>',
            "Every deed of staff is recorded as it begins; one that was refused or failed has a second entry.",
            "Disabled an account",
            '<a href="/ops/people/user-1">person user-1</a>',
            'href="/ops/audit?thing=person/user-1"',
            "192.0.2.9",
            '"enabled": true',
            '"enabled": false',
            "Asked by mail",
            '<span class="mark refused">Refused</span>',
            "for 400 days",
            "for 90.",
        ):
            assert part in text, part
        assert number_of_events(text) == 1

    def test_hostile_values_are_inert(self, browser: Client) -> None:
        hostile = Thing("address", HOSTILE)
        recorded(thing=hostile, actor=Actor(HOSTILE, HOSTILE, HOSTILE), after=HOSTILE, reason=HOSTILE)
        for query in ("", f"?thing=address/{HOSTILE}", f"?actor={HOSTILE}"):
            text = page(browser, query)
            assert number_of_events(text) == 1
            assert "<script>alert" not in text
            assert "&lt;script&gt;" in text

    @pytest.mark.parametrize("query", ["?thing=person/user-1", "?actor=staff-9", "?to=2026-05-10"])
    def test_it_is_found_by_thing_by_actor_and_by_day_in_few_requests(
        self, browser: Client, operations: list[str], query: str
    ) -> None:
        recorded()
        recorded(thing=Thing("person", "user-10"), actor=Actor("staff-90"))
        operations.clear()
        text = page(browser, query)
        assert operations in (["UpdateItem", "Query"], ["UpdateItem", "Query", "Query"])
        assert number_of_events(text) == (2 if "to=" in query else 1)

    @pytest.mark.parametrize("query", ["", "?source=ops", "?source=ops&outcome=done", "?action=ops:person:disable"])
    def test_days_without_events_take_no_request(self, browser: Client, operations: list[str], query: str) -> None:
        recorded(NOON - timedelta(days=399))
        operations.clear()
        text = page(browser, query)
        assert operations == ["UpdateItem", "Query"] + ["Query"] * (not query)
        assert number_of_events(text) == 1
        assert following(text) == ""

    @pytest.mark.parametrize(
        ("query", "looked"),
        [("source=ops&outcome=failed", 8), ("outcome=failed", 4), ("thing=person/user-1&source=account", 8)],
    )
    def test_a_filter_looks_further_back_by_many_events(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch, operations: list[str], query: str, looked: int
    ) -> None:
        monkeypatch.setattr(selectors, "PAGE_ROWS", 1)
        monkeypatch.setattr(selectors, "FILTER_ROWS", 4)
        for number in range(9):
            recorded(NOON - timedelta(days=number))
        recorded(NOON - timedelta(days=9), tag=Tag.SIGNED_IN, outcome="failed")
        recorded(NOON - timedelta(days=9), outcome="failed")
        operations.clear()
        text = page(browser, f"?{query}")
        assert operations == ["UpdateItem", "Query", "Query"]
        reached = (NOON - timedelta(days=looked - 1)).date().isoformat()
        assert f"Nothing was found yet back to {reached}" in text
        assert f"Looked at {looked} events, back to {reached}." in text
        assert "“From” and “To” above" in text
        while not number_of_events(text):
            operations.clear()
            text = page(browser, following(text))
            assert len(operations) <= 3

    def test_it_ends_at_the_first_day(self, browser: Client) -> None:
        text = page(browser, "?from=2026-05-09")
        assert "There is nothing to show." in text
        assert following(text) == ""

    @pytest.mark.parametrize("query", ["?thing=person/user-1", "?actor=staff-9", "?from=2026-05-09&to=2026-05-10"])
    @pytest.mark.parametrize("narrow", ["", "&outcome=done&source=ops"])
    def test_no_event_is_lost_or_doubled_between_pages(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch, query: str, narrow: str
    ) -> None:
        monkeypatch.setattr(selectors, "PAGE_ROWS", 5)
        monkeypatch.setattr(selectors, "FILTER_ROWS", 4)
        for number in range(23):
            recorded(NOON - timedelta(hours=number), after=f"number {number}")
        seen: list[str] = []
        query += narrow
        while query:
            text = page(browser, query)
            seen += [part.partition("<")[0] for part in text.split("<pre>")[1:]]
            query = following(text)
            assert not query or not narrow or "outcome=done" in query
        assert seen == [f"number {number}" for number in range(23)]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("source=ops", {"Disabled an account", "Hid a title"}),
            ("source=account", {"Signed in"}),
            ("action=ops:title:hide", {"Hid a title"}),
            ("outcome=failed", {"Hid a title"}),
            ("outcome=failed&source=account", set()),
            ("thing=person/user-1&source=account", {"Signed in"}),
            ("actor=staff-9&thing=person/user-1", {"Disabled an account"}),
        ],
    )
    def test_filters(self, browser: Client, query: str, expected: set[str]) -> None:
        recorded()
        recorded(tag=Tag.SIGNED_IN, actor=Actor("user-1"))
        recorded(tag=Tag.TITLE_HIDDEN, thing=Thing("title", "movie/603"), outcome="failed")
        rows = page(browser, f"?from=2026-05-10&{query}").split('<th scope="row">')[1:]
        assert {row.partition("<")[0] for row in rows} == expected

    @pytest.mark.parametrize("of", ["", "&thing=person/user-1", "&actor=staff-9"])
    def test_days(self, browser: Client, of: str) -> None:
        for number in range(5):
            recorded(NOON - timedelta(days=number), after=f"number {number}")
        text = page(browser, f"?from=2026-05-07&to=2026-05-08{of}")
        assert [part.partition("<")[0] for part in text.split("<pre>")[1:]] == ["number 2", "number 3"]
        assert following(text) == ""

    @pytest.mark.parametrize(
        ("query", "problem"),
        [
            ("from=yesterday", "from: 'yesterday' is no day"),
            ("from=20260501", "from: '20260501' is no day"),
            ("to=2026-02-30", "to: '2026-02-30' is no day"),
            ("from=2026-05-09&to=2026-05-08", "from: the first day is after the last one"),
            ("thing=person", "thing: write its kind and id"),
            ("thing=planet/mars", "thing: write its kind and id"),
            ("thing=person/" + "x" * 300, "thing: write its kind and id"),
            ("actor=" + "x" * 300, "actor: write the id of somebody"),
            ("source=moon", "source: there is no choice 'moon'"),
            ("cursor=x", "cursor:"),
            (f"cursor={encode_cursor('2026-05-11T')}", "cursor: this is no place of this list"),
            (f"cursor={encode_cursor('soon')}", "cursor: 'soon' is no day"),
            (f"from=2026-05-09&cursor={encode_cursor('2026-05-08T')}", "cursor: this is no place of this list"),
            (f"actor=a&cursor={encode_cursor('')}", "cursor: this is no place of this list"),
            (f"actor=a&cursor={encode_cursor('2027-01-01T')}", "cursor: this is no place of this list"),
            ("actor=nobody", "actor: callers who are not known have no list"),
            ("person=user-1&as=under", "as: there is no choice 'under'"),
            ("person=user-1&as=about&thing=movie/603", "thing: ask about a person or about something else"),
        ],
    )
    def test_what_cannot_be_asked_is_said(self, browser: Client, query: str, problem: str) -> None:
        response = browser.get(f"/ops/audit?{query}")
        assert response.status_code == 400
        assert problem in unescape(response.content.decode())

    def test_support_reads_it_and_exports_nothing(self, noon: None, tables: None) -> None:
        support = staff_client("support", user_id="staff-2")
        recorded()
        text = page(support)
        assert number_of_events(text) == 1
        assert "/ops/audit/export" not in text
        response, _ = exported(support)
        assert response.status_code == 403
        assert [event.tag for event in of_actor("staff-2").events] == ["ops:page:refuse"]

    def test_somebody_unknown_has_no_list(self, browser: Client) -> None:
        recorded(tag=Tag.SIGN_IN_FAILED, actor=nobody("192.0.2.3"), thing=Thing("address", "a@example.com"))
        text = page(browser)
        assert "<td>somebody unknown</td>" in text
        assert "actor=nobody" not in text

    @pytest.mark.parametrize(
        ("thing", "words"),
        [
            ("RECOMMENDATION_ROWS", "Flag: Recommendations in rows"),
            ("limits/auth", "Limit: sign-ins, sign-ups and passwords"),
            ("banner", "Line on every page"),
            ("OF_TOMORROW", "settings OF_TOMORROW"),
        ],
    )
    def test_switches_are_told_by_their_labels(self, browser: Client, thing: str, words: str) -> None:
        recorded(tag=Tag.FLAG_CHANGED, thing=Thing("settings", thing))
        text = page(browser, f"?thing=settings/{thing}")
        assert f'<a href="/ops/switches">{words}</a>' in text
        assert f"<h1>Audit of {words}</h1>" in text

    def test_a_title_is_found_by_its_type_and_number(self, browser: Client) -> None:
        recorded(tag=Tag.TITLE_HIDDEN, thing=Thing("title", "movie/603"))
        recorded(tag=Tag.TITLE_HIDDEN, thing=Thing("title", "tv/603"))
        assert number_of_events(page(browser, "?thing=movie/603")) == 1


class TestFindingAPerson:
    @pytest.fixture(autouse=True)
    def ann(self, browser: Client, cheap_scrypt: None) -> None:
        create_confirmed_account("Ann@example.com", "correct horse battery", "ann-id")

    @pytest.mark.parametrize(
        ("query", "address"),
        [
            ("?actor=ann@example.com", "?actor=ann-id"),
            ("?actor=ANN@example.com&outcome=done&from=", "?actor=ann-id&outcome=done"),
            ("?thing=person/ann@example.com", "?thing=person%2Fann-id"),
            ("?thing=staff/ann@example.com", "?thing=staff%2Fann-id"),
            ("?person=ann@example.com&as=by&source=", "?actor=ann-id"),
            ("?person=+ann@example.com&as=about&thing=", "?thing=person%2Fann-id"),
            ("?person=ann-id&as=by&thing=movie/603", "?thing=movie%2F603&actor=ann-id"),
            ("?person=ann-id&as=about", "?thing=person%2Fann-id"),
            ("?person=&as=about&outcome=done", "?outcome=done"),
        ],
    )
    def test_the_address_with_the_id_is_led_to(
        self, browser: Client, operations: list[str], query: str, address: str
    ) -> None:
        operations.clear()
        response = browser.get(f"/ops/audit{query}")
        assert (response.status_code, response["Location"]) == (302, f"/ops/audit{address}")
        assert len(operations) <= 1 + 3
        assert operations[0] == "UpdateItem"
        assert "Query" not in operations
        assert browser.get(response["Location"]).status_code == 200

    def test_what_was_typed_by_somebody_unknown_stays_an_address(self, browser: Client) -> None:
        recorded(tag=Tag.SIGN_IN_FAILED, actor=nobody(""), thing=Thing("address", "ann@example.com"))
        assert number_of_events(page(browser, "?thing=address/ann@example.com")) == 1

    @pytest.mark.parametrize("query", ["?person=no@example.com&as=by", "?thing=person/no@example.com"])
    def test_an_address_without_an_account_is_said(self, browser: Client, query: str) -> None:
        response = browser.get(f"/ops/audit{query}")
        assert response.status_code == 404
        assert "found as address/no@example.com" in unescape(response.content.decode())

    @pytest.mark.parametrize(
        ("query", "person", "role", "thing"),
        [
            ("?actor=ann-id", "ann-id", "by", ""),
            ("?thing=person/ann-id", "ann-id", "about", ""),
            ("?thing=job/sync", "", "about", "job/sync"),
            ("?thing=person/ben-id&actor=ann-id", "ann-id", "by", "person/ben-id"),
        ],
    )
    def test_the_form_shows_what_was_asked(
        self, browser: Client, query: str, person: str, role: str, thing: str
    ) -> None:
        text = page(browser, query)
        assert f'name="person" value="{person}"' in text
        assert f'<option value="{role}" selected>' in text
        assert f'name="thing" value="{thing}"' in text


class TestTheExport:
    def test_it_has_what_the_page_has(self, browser: Client) -> None:
        recorded(before={"a": "b,c"}, after="line\r\nline", reason='He said "no"')
        recorded(NOON - timedelta(days=1), reason="of the day before")
        response, rows = exported(browser, "?thing=person/user-1")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"] == 'attachment; filename="audit-2026-05-10-2026-05-10.csv"'
        assert response["Cache-Control"] == "no-store, private"
        assert rows == [
            list(COLUMNS),
            [
                "2026-05-10T12:00:00.000Z",
                "ops:person:disable",
                "Disabled an account",
                "done",
                "staff-9",
                "other@example.com",
                "192.0.2.9",
                "person",
                "user-1",
                '{"a":"b,c"}',
                '"line\\r\\nline"',
                'He said "no"',
            ],
        ]

    def test_it_is_in_the_audit_and_in_itself(self, browser: Client) -> None:
        _, rows = exported(browser, "?source=ops", **{"from": "2026-05-09"})
        (event,) = of_thing(Thing("audit", "2026-05-09/2026-05-10")).events
        assert (event.tag, event.actor, event.after) == ("ops:audit:export", "staff-1", '{"source":"ops"}')
        assert [row[1] for row in rows[1:]] == ["ops:audit:export"]

    def test_it_is_a_run_that_says_of_what_and_who_asked(self, browser: Client) -> None:
        response: Any = browser.post("/ops/audit/export", {"from": "2026-05-09", "to": "2026-05-10"})
        sent = b"".join(response.streaming_content)
        (run,) = jobs.newest("export")
        assert (run.state, run.schedule, run.figures()) == ("done", "audit", {"bytes": len(sent)})
        (line,) = log_of(run)
        assert line.endswith(" The audit from 2026-05-09 to 2026-05-10, asked for by person/staff-1")

    def test_all_days_are_read_page_by_page(self, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(exporting, "QUERY_ROWS", 7)
        for number in range(30):
            recorded(NOON - timedelta(hours=12 * number), reason=str(number))
        _, rows = exported(browser, "?actor=staff-9", **{"from": "2026-04-10"})
        assert [row[-1] for row in rows[1:]] == [str(number) for number in range(30)]
        _, rows = exported(browser, "?source=ops", **{"from": "2026-04-10"})
        # Both exports are events themselves.
        assert [row[1] for row in rows[1:3]] == ["ops:audit:export"] * 2
        assert [row[-1] for row in rows[3:]] == [str(number) for number in range(30)]

    @pytest.mark.parametrize("most", [4, 5, 6])
    def test_too_many_are_said_in_a_last_line(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch, most: int
    ) -> None:
        monkeypatch.setattr(exporting, "QUERY_ROWS", 2)
        monkeypatch.setattr(exporting, "MOST_EVENTS", most)
        for _ in range(8):
            recorded()
        _, rows = exported(browser, "?actor=staff-9")
        assert len(rows) == 1 + most + 1
        assert rows[-1] == [f"Stopped after {most} events; choose fewer days."]

    def test_all_that_fits_is_not_called_cut(self, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(exporting, "MOST_EVENTS", 5)
        for _ in range(5):
            recorded()
        _, rows = exported(browser, "?actor=staff-9")
        assert len(rows) == 6

    def test_a_function_answers_no_more_than_its_gateway_takes(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "movierec")
        monkeypatch.setattr(exporting, "QUERY_ROWS", 1)
        monkeypatch.setattr(exporting, "MOST_ON_LAMBDA", 700)
        for _ in range(9):
            recorded(reason="ü" * 20)
        _, rows = exported(browser, "?actor=staff-9")
        assert rows[-1] == ["Stopped: this is as much as one answer holds; choose fewer days."]
        assert 2 <= len(rows) < 6

    @pytest.mark.parametrize(("first", "status"), [("2026-04-10", 200), ("2026-04-09", 400)])
    def test_it_has_a_month_at_most(self, browser: Client, first: str, status: int) -> None:
        response, _ = exported(browser, **{"from": first})
        assert response.status_code == status
        assert len(of_actor("staff-1").events) == (1 if status == 200 else 0)

    def test_a_fault_at_the_beginning_is_a_page(self, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        failing(monkeypatch, after=0)
        response, _ = exported(browser)
        assert response.status_code == 503

    def test_a_fault_later_is_a_last_line(self, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(exporting, "QUERY_ROWS", 2)
        for _ in range(4):
            recorded()
        failing(monkeypatch, after=1)
        _, rows = exported(browser, "?actor=staff-9")
        assert len(rows) == 1 + 2 + 1
        assert rows[-1] == ["Broke off: The service cannot reach its data; try again shortly."]

    def test_a_semicolon_within_a_cell_begins_no_other(self) -> None:
        assert lines([["a;=HYPERLINK(1)", " =1"]]) == '"a;=HYPERLINK(1)","\' =1"\r\n'

    def test_what_the_filters_leave_out_does_not_use_up_the_export(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exporting, "MOST_EVENTS", 3)
        recorded()
        for _ in range(5):
            recorded(tag=Tag.PERSON_ENABLED)
        _, rows = exported(browser, f"?actor=staff-9&action={Tag.PERSON_DISABLED.value}")
        assert [row[1] for row in rows[1:]] == [Tag.PERSON_DISABLED.value]

    @given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=5), max_size=5))
    def test_a_reader_gets_every_cell_and_no_formula(self, rows: list[list[str]]) -> None:
        read = list(csv.reader(StringIO(lines(rows), newline="")))
        assert read == [inert(row) for row in rows]
        for row, cells in zip(rows, read, strict=True):
            assert all(not cell.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
            assert all(cell.removeprefix("'") == text.removeprefix("'") for cell, text in zip(cells, row, strict=True))


def failing(monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """Has Query fail from the one after so many on."""
    query, made = DataRow.query_page.__func__, []  # type: ignore[attr-defined]

    def counted(cls: Any, *args: Any, **options: Any) -> Any:
        made.append(cls)
        if len(made) > after:
            raise TimeoutError
        return query(cls, *args, **options)

    monkeypatch.setattr(DataRow, "query_page", classmethod(counted))


def test_nothing_of_these_pages_changes_the_audit(browser: Client) -> None:
    recorded()
    before = of_sources().events
    page(browser)
    page(browser, "?thing=person/user-1")
    for method in ("post", "put", "delete"):
        assert getattr(browser, method)("/ops/audit").status_code == 405
    assert of_sources().events == before
