from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from apps.accounts import staff_sessions
from apps.ops.console.guard import COOKIE
from movierec.audit import Thing, of_actor, of_thing
from tests.apps.ops.conftest import staff_client


def name_of(user_id: str) -> str:
    (session,) = [each for each in staff_sessions.listed() if each.user_id == user_id]
    return session.name


def test_the_page_shows_who_is_signed_in_by_two_requests(ops: Client, support: Client, operations: list[str]) -> None:
    operations.clear()
    response = ops.get("/ops/staff")
    page = response.content.decode()
    assert response.status_code == 200
    assert operations == ["UpdateItem", "Query"]
    assert page.count("this session") == 1
    assert page.count('name="ticked"') == 1
    assert f'value="{name_of("staff-2")}"' in page
    assert page.count("Firefox on Linux") == 2
    assert page.count("192.0.2.1") == 2


def test_support_sees_it_and_ends_nothing(ops: Client, support: Client) -> None:
    page = support.get("/ops/staff").content.decode()
    assert "staff@example.com" in page
    assert 'name="ticked"' not in page
    assert 'name="deed"' not in page
    form = {"deed": "end", "ticked": name_of("staff-1"), "sure": "yes"}
    assert support.post("/ops/staff/deeds", form).status_code == 403
    assert len(staff_sessions.listed()) == 2


def test_a_session_is_ended_after_a_question_and_with_a_line(ops: Client, support: Client) -> None:
    form: dict[str, Any] = {"deed": "end", "ticked": name_of("staff-2")}
    asked = ops.post("/ops/staff/deeds", form)
    assert "support@example.com, Firefox on Linux" in asked.content.decode()
    assert len(staff_sessions.listed()) == 2
    done = html.unescape(ops.post("/ops/staff/deeds", {**form, "sure": "yes", "reason": "left"}).content.decode())
    assert "support@example.com, Firefox on Linux" in done
    assert "support@example.com is signed out there; what they had typed and not sent is lost." in done
    assert support.get("/ops/staff").status_code == 302
    (event,) = of_thing(Thing("staff", "staff-2")).events
    assert (event.tag, event.actor, event.reason) == ("ops:session:end-other", "staff-1", "left")
    assert '"email":"support@example.com"' in event.before


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        ("own", "This is your own session; sign out to end it."),
        ("staff-9#made-up", "This session is over already."),
        ('"><script>', "This session is over already."),
    ],
)
def test_what_is_no_session_of_another_is_left_alone(ops: Client, which: str, sentence: str) -> None:
    ticked = name_of("staff-1") if which == "own" else which
    page = ops.post("/ops/staff/deeds", {"deed": "end", "ticked": ticked, "sure": "yes"}).content.decode()
    assert sentence in page
    assert "<script>" not in page.replace("<script src", "")
    assert len(staff_sessions.listed()) == 1
    assert of_actor("staff-1").events == []


def test_a_device_with_a_hostile_name_is_inert(tables: None) -> None:
    staff_sessions.begin(user_id="x", email="<b>x</b>@example.com", groups=("ops",), address="<i>", device="<script>")
    page = staff_client("ops").get("/ops/staff").content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;@example.com" in page
    assert "<script>" not in page
    assert "<i>" not in page


class TestSignOut:
    def test_the_session_ends_and_a_copy_of_the_cookie_dies(self, ops: Client, operations: list[str]) -> None:
        copied = ops.cookies[COOKIE].value
        operations.clear()
        response = ops.post("/ops/signout")
        assert (response.status_code, response["Location"]) == (303, "/ops/signin")
        # Who it is, the audit's event, and the end.
        assert operations == ["UpdateItem", "TransactWriteItems", "BatchWriteItem"]
        assert response.cookies[COOKIE]["max-age"] == 0
        assert staff_sessions.look(copied) is None
        (event,) = of_actor("staff-1").events
        assert (event.tag, event.kind, event.thing) == ("ops:session:end", "staff", "staff-1")

    def test_a_session_that_is_over_is_left_as_well(self, ops: Client) -> None:
        staff_sessions.end(name_of("staff-1"))
        response = ops.post("/ops/signout")
        assert (response.status_code, response.cookies[COOKIE]["max-age"]) == (303, 0)
        assert of_actor("staff-1").events == []

    def test_a_link_signs_nobody_out(self, ops: Client) -> None:
        assert ops.get("/ops/signout").status_code == 405
        assert len(staff_sessions.listed()) == 1
