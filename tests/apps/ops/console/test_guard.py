from __future__ import annotations

from time import time
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from apps.accounts import staff_sessions
from apps.ops.console.guard import COOKIE, staff_page
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import StaffRequest
from movierec.api.errors import NotFound
from movierec.audit import of_actor
from tests.apps.ops.conftest import staff_client


@staff_page(Permission.VIEW_PEOPLE)
def seen(request: StaffRequest) -> HttpResponse:
    return HttpResponse(request.staff.email)


@staff_page(Permission.MANAGE_PEOPLE, "POST")
def changed(request: StaffRequest) -> HttpResponse:
    return HttpResponse("changed")


@staff_page(Permission.VIEW_PEOPLE)
def missing(request: StaffRequest) -> HttpResponse:
    raise NotFound("There is no such person.")


@staff_page(Permission.VIEW_PEOPLE)
def broken(request: StaffRequest) -> HttpResponse:
    raise ZeroDivisionError


def asked(browser: Client | None, method: str = "get", path: str = "/ops/people?q=a") -> HttpRequest:
    request: HttpRequest = getattr(RequestFactory(), method)(path)
    if browser is not None:
        request.COOKIES[COOKIE] = browser.cookies[COOKIE].value
    return request


def test_staff_with_the_permission_are_served_and_nothing_is_cached(support: Client, operations: list[str]) -> None:
    operations.clear()
    response = seen(asked(support))
    assert (response.status_code, response.content) == (200, b"support@example.com")
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert operations == ["UpdateItem"]


def test_a_reader_without_a_session_is_led_to_the_sign_in_and_back(tables: None, operations: list[str]) -> None:
    response = seen(asked(None))
    assert (response.status_code, response["Location"]) == (302, "/ops/signin?next=%2Fops%2Fpeople%3Fq%3Da")
    assert operations == []


def test_a_form_without_a_session_does_nothing(tables: None) -> None:
    response = changed(asked(None, "post"))
    assert response.status_code == 401
    assert "nothing was done" in response.content.decode()


def test_support_changes_nothing_and_the_refusal_is_in_the_audit(support: Client) -> None:
    response = changed(asked(support, "post"))
    assert response.status_code == 403
    assert "Your groups do not let you change accounts. Nothing was done." in response.content.decode()
    (event,) = of_actor("staff-2").events
    assert (event.tag, event.outcome, event.thing) == ("ops:page:refuse", "refused", "staff-2")
    assert event.after == '{"method":"POST","path":"/ops/people","permission":"MANAGE_PEOPLE"}'


def test_a_method_that_a_page_does_not_have_is_refused(ops: Client) -> None:
    response = seen(asked(ops, "post"))
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_an_error_is_a_page_and_a_mistake_of_ours_is_not_hidden(ops: Client) -> None:
    response = missing(asked(ops))
    assert response.status_code == 404
    assert "There is no such person." in response.content.decode()
    with pytest.raises(ZeroDivisionError):
        broken(asked(ops))


def test_a_copied_cookie_is_worth_nothing_once_the_session_has_ended(ops: Client) -> None:
    (session,) = staff_sessions.listed()
    staff_sessions.end(session.name)
    assert seen(asked(ops)).status_code == 302
    assert staff_sessions.listed() == []


def test_every_session_of_a_person_ends_and_nobody_elses(ops: Client) -> None:
    other, similar = staff_client("ops"), staff_client("ops", user_id="staff-10")
    assert staff_sessions.end_of("staff-1") == 2
    assert [seen(asked(browser)).status_code for browser in (ops, other, similar)] == [302, 302, 200]


@pytest.mark.parametrize("cookie", ["", ".", "staff-1", "staff-1.", ".secret", "staff-1.wrong", "x" * 400, "staff-1.ÿ"])
def test_a_made_up_cookie_opens_nothing_and_costs_no_request(ops: Client, operations: list[str], cookie: str) -> None:
    operations.clear()
    assert staff_sessions.look(cookie) is None
    assert operations == []


def test_a_name_too_long_for_a_key_is_nowhere(ops: Client, operations: list[str]) -> None:
    operations.clear()
    response = ops.get("/ops/people/" + "ä" * 200)
    assert (response.status_code, operations) == (404, [])


def test_no_other_origin_may_read_the_admin(ops: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    for path in ("/ops", "/ops/people", "/ops/nowhere"):
        response = ops.get(path, headers={"origin": "https://app.example.com"})
        assert not [name for name in response.headers if name.startswith("Access-Control")]


def test_a_form_that_came_too_late_gives_back_what_was_typed(tables: None) -> None:
    request = RequestFactory().post(
        "/ops/people/deeds", {"reason": "<b>why</b>", "deed": "disable", "back": "/ops/people"}
    )
    page = changed(request).content.decode()
    assert "Your session has ended" in page
    assert "<pre>&lt;b&gt;why&lt;/b&gt;</pre>" in page
    assert 'href="/ops/signin"' in page
    assert "disable" not in page


def test_a_session_lasts_eight_hours_and_half_an_hour_unused(ops: Client) -> None:
    cookie, start = ops.cookies[COOKIE].value, time()
    for minutes in range(29, 8 * 60, 29):
        with time_machine.travel(start + minutes * 60, tick=False):
            assert staff_sessions.look(cookie) is not None
    with time_machine.travel(start + 8 * 3600 + 1, tick=False):
        assert staff_sessions.look(cookie) is None
        assert staff_sessions.listed() == []


def test_a_session_that_rested_for_half_an_hour_is_over(ops: Client) -> None:
    cookie, start = ops.cookies[COOKIE].value, time()
    with time_machine.travel(start + 30 * 60 + 1, tick=False):
        assert staff_sessions.look(cookie) is None
        assert staff_sessions.listed() == []


def test_secrets_of_sessions_are_not_stored(ops: Client) -> None:
    secret = ops.cookies[COOKIE].value.partition(":")[0].partition(".")[2]
    assert len(secret) == 43
    (row,) = staff_sessions.StaffSession.query_all("STAFF")
    assert secret not in str(row)
