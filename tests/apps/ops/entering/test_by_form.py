from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import orjson
import pyotp
import pytest
from django.http import HttpResponse
from django.test import Client

from apps.accounts import deletions, staff_sessions
from apps.accounts import services as accounts
from apps.accounts import sessions as accounts_sessions
from apps.accounts.caller import NOBODY
from apps.accounts.directory import directory
from apps.accounts.models import RefreshToken
from apps.accounts.providers.interface import Tokens
from apps.ops.console.guard import COOKIE
from apps.ops.entering.refused_forms import refused_form
from apps.ops.entering.services import CHANGED
from movierec import audit
from movierec.api.errors import Unavailable
from movierec.audit import Recorded, Thing, of_actor, of_thing
from movierec.dynamo.data_table import DataRow, user_pk
from tests.apps.accounts.api.asking import AskingProvider
from tests.apps.accounts.interruptions import meanwhile
from tests.apps.ops.entering.conftest import PASSWORD, Hire

Factor = tuple[pyotp.TOTP, list[str]]


def send(browser: Client, path: str = "/ops/signin", **fields: str) -> Any:
    return browser.post(path, {"email": "ann@example.com", "password": PASSWORD, **fields})


def problem(response: HttpResponse) -> str:
    found = re.search(r'role="alert">(.*?)</p>', response.content.decode())
    assert found
    return html.unescape(found[1])


def hidden(response: HttpResponse, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.content.decode())
    assert found
    return html.unescape(found[1])


def refusals(address: str = "ann@example.com") -> list[Recorded]:
    return [each for each in of_thing(Thing("address", address)).events if each.tag == "ops:session:refuse"]


def nobody_is_in(response: Any) -> bool:
    return COOKIE not in response.cookies and staff_sessions.listed() == []


def test_staff_enter_by_address_and_password_and_go_where_they_wanted_to(browser: Client, hire: Hire) -> None:
    hire("Ann@Example.com", "ops", "support")
    page = browser.get("/ops/signin?next=/ops/people%3Fq%3Dbob")
    assert page.status_code == 200
    assert hidden(page, "next") == "/ops/people?q=bob"
    response = send(browser, next="/ops/people?q=bob")
    assert (response.status_code, response["Location"]) == (303, "/ops/people?q=bob")
    cookie = response.cookies[COOKIE]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("/", "Lax", True, "")
    assert (cookie["domain"], cookie["max-age"]) == ("", 8 * 3600)
    (session,) = staff_sessions.listed()
    assert (session.user_id, session.email, session.groups) == ("ann-id", "Ann@Example.com", ("ops", "support"))
    assert session.address == "127.0.0.1"
    assert browser.get("/ops/staff").status_code == 200


def test_the_sign_in_is_in_the_audit_of_who_signed_in(browser: Client, hire: Hire) -> None:
    hire("ann@example.com", "support")
    send(browser)
    (event,) = [each for each in of_thing(Thing("staff", "ann-id")).events if each.tag == "ops:session:begin"]
    assert (event.actor, event.actor_name, event.address) == ("ann-id", "ann@example.com", "127.0.0.1")
    assert (event.outcome, orjson.loads(event.after)["groups"]) == ("done", ["support"])
    assert event in of_actor("ann-id").events


def test_no_session_and_no_token_for_the_api_stay_behind(browser: Client, hire: Hire) -> None:
    hire("ann@example.com", "ops")
    hire("bob@example.com", user_id="bob-id")
    send(browser)
    send(browser, email="bob@example.com")
    for user_id in ("ann-id", "bob-id"):
        assert accounts_sessions.listed(user_id) == []
        tokens = RefreshToken.query_all(user_pk(user_id), range_condition=RefreshToken.sk.startswith("REFRESH#"))
        ended = DataRow.query_all(user_pk(user_id), range_condition=DataRow.sk.startswith("ENDED#"))
        assert [each["sk"] for each in ended] == [f"ENDED#{token['sessionId']}" for token in tokens]


def test_the_audit_tells_of_the_admins_session_only(browser: Client, second_factor: Factor) -> None:
    asked = send(browser)
    browser.post("/ops/signin/challenge", {"session": hidden(asked, "session"), "code": second_factor[0].now()})
    assert [each.tag for each in of_actor("ann-id").events] == ["ops:session:begin"]
    assert of_thing(Thing("person", "ann-id")).events == []


@pytest.mark.parametrize(
    "change",
    [
        lambda user_id: directory().remove_from_group(user_id, "ops"),
        lambda user_id: directory().disable(user_id),
        lambda user_id: directory().force_reset(user_id),
        deletions.request,
    ],
    ids=["leaves ops", "disabled", "forced reset", "to be deleted"],
)
def test_a_change_on_the_way_in_leaves_no_session_with_the_powers_of_before(
    browser: Client, hire: Hire, settings: Any, change: Callable[[str], Any]
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": 1_000}
    hire("ann@example.com", "ops", "support")
    before, calls, refused, happened = list(DataRow.scan_rows()), 0, 0, True

    def taken_away() -> None:
        change("ann-id")
        staff_sessions.end_of("ann-id")

    while happened:
        DataRow.delete_rows(DataRow.scan_rows())
        list(DataRow.put_rows(before))
        with meanwhile(calls, taken_away) as seen:
            response = send(browser)
        happened = len(seen) > calls
        calls += 1
        powers = {session.groups for session in staff_sessions.listed()}
        if happened:
            assert powers <= {directory().groups_of("ann-id")} - {("ops", "support")}
            refused += CHANGED in response.content.decode()
    assert powers == {("ops", "support")}
    # At least before the audit's event, and before the session.
    assert refused > 1


def test_who_is_no_staff_is_told_so_and_the_audit_has_it(browser: Client, hire: Hire) -> None:
    hire()
    response = send(browser)
    assert response.status_code == 403
    assert problem(response) == "You are not a member of the staff, so there is nothing here for you."
    assert nobody_is_in(response)
    assert refusals() == []
    (event,) = [each for each in of_thing(Thing("person", "ann-id")).events if each.tag == "ops:session:refuse"]
    assert (event.actor, event.outcome, event.after) == ("ann-id", "refused", '{"why":"no group of staff"}')
    assert "ann@example.com" not in repr([row for row in DataRow.scan_rows() if row["pk"].startswith("AUDIT#")])


@pytest.mark.parametrize("email", ["ann@example.com", "Nobody@example.com"])
def test_wrong_credentials_are_one_answer_and_one_line_whoever_is_meant(
    browser: Client, hire: Hire, email: str
) -> None:
    hire("ann@example.com", "ops")
    response = send(browser, email=email, password="wrong horse battery")
    assert response.status_code == 401
    assert problem(response) == "The e-mail address or the password is not right."
    assert nobody_is_in(response)
    (event,) = of_thing(Thing("address", email.lower())).events
    assert (event.tag, event.actor, event.address) == ("ops:session:refuse", "nobody", "127.0.0.1")
    assert event.after == '{"why":"wrong address or password"}'
    assert "wrong horse battery" not in response.content.decode()


def test_a_password_in_the_wrong_field_is_not_in_the_audit(browser: Client, hire: Hire) -> None:
    assert send(browser, email="Correct-Horse 7", password="x").status_code == 401
    (event,) = refusals("not an address")
    assert event.after == '{"why":"wrong address or password"}'
    assert "orse" not in repr([row for row in DataRow.scan_rows() if row["pk"].startswith("AUDIT#")])


def test_a_refusal_is_one_also_where_it_cannot_be_recorded(
    browser: Client, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire()

    def busy(_: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(audit, "record", busy)
    assert send(browser, password="wrong horse battery").status_code == 401
    assert send(browser).status_code == 403


def test_signing_in_again_ends_the_session_before_and_its_forms(hire: Hire) -> None:
    hire("ann@example.com", "ops")
    strict = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    tokens, cookies = [], []
    for _ in range(2):
        strict.get("/ops/signin")
        tokens.append(strict.cookies["csrftoken"].value)
        assert send(strict, csrfmiddlewaretoken=tokens[-1]).status_code == 303
        cookies.append(strict.cookies[COOKIE].value)
        assert strict.cookies["csrftoken"].value != tokens[-1]
    assert staff_sessions.look(cookies[0]) is None
    assert staff_sessions.look(cookies[1]) is not None
    assert send(strict, csrfmiddlewaretoken=tokens[0]).status_code == 403


def test_known_and_unknown_addresses_cost_the_same_requests(browser: Client, hire: Hire, operations: list[str]) -> None:
    hire("ann@example.com", "ops")
    sent = []
    for email in ("ann@example.com", "nobody@example.com"):
        operations.clear()
        send(browser, email=email, password="wrong horse battery")
        sent.append(list(operations))
    assert sent[0] == sent[1]


def test_a_guesser_has_to_wait_and_fills_no_audit(browser: Client, hire: Hire) -> None:
    hire("ann@example.com", "ops")
    answers = [send(browser, password=f"wrong horse {number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 429, 429]
    assert problem(answers[-1]) == "Too many attempts for this account; try again later."
    assert int(answers[-1]["Retry-After"]) >= 1
    assert len(refusals()) == 4
    assert send(browser).status_code == 429


def test_tries_of_one_address_are_counted_with_those_of_the_api(browser: Client, hire: Hire, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": 2}
    hire("ann@example.com", "ops")
    browser.post("/auth/forgot", {"email": "x@example.com"}, content_type="application/json")
    assert send(browser, password="wrong horse battery").status_code == 401
    response = send(browser)
    assert response.status_code == 429
    assert "Retry-After" in response
    assert nobody_is_in(response)
    assert browser.get("/ops/signin").status_code == 200


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": ""}, "email: This field is required."),
        ({"password": ""}, "password: This field is required."),
        ({"email": "a" * 255}, "email: Ensure this field has no more than 254 characters."),
        ({"email": "a\0@example.com"}, "email: Null characters are not allowed."),
        ({"password": "a" * 1025}, "password: Ensure this field has no more than 1024 characters."),
    ],
)
def test_a_form_that_cannot_be_right_stores_nothing(
    browser: Client, hire: Hire, fields: dict[str, str], sentence: str
) -> None:
    response = send(browser, **fields)
    assert (response.status_code, problem(response)) == (400, sentence)
    assert [row for row in DataRow.scan_rows() if not row["pk"].startswith("RATE#")] == []


def test_hostile_values_come_back_inert(browser: Client, hire: Hire) -> None:
    response = send(browser, email='"><script>x</script>@example.com', next='/ops/"><script>')
    assert "<script>x" not in response.content.decode()
    assert hidden(response, "next") == '/ops/"><script>'


def test_a_new_browser_gets_the_form_uncached_and_a_request_costs_nothing(
    browser: Client, operations: list[str]
) -> None:
    response = browser.get("/ops/signin")
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "form-action 'self'" in response["Content-Security-Policy"]
    assert operations == []
    assert browser.put("/ops/signin")["Allow"] == "GET, HEAD, POST"


class TestSecondFactor:
    def test_the_code_of_the_app_completes_the_sign_in(self, browser: Client, second_factor: Factor) -> None:
        asked = send(browser, next="/ops/jobs")
        assert (asked.status_code, nobody_is_in(asked)) == (200, True)
        session, page = hidden(asked, "session"), hidden(asked, "next")
        answer = {"session": session, "next": page, "code": second_factor[0].now()}
        response = browser.post("/ops/signin/challenge", answer)
        assert (response.status_code, response["Location"]) == (303, "/ops/jobs")
        assert len(staff_sessions.listed()) == 1
        assert accounts_sessions.listed("ann-id") == []

    def test_a_recovery_code_does_once(self, browser: Client, second_factor: Factor) -> None:
        session, code = hidden(send(browser), "session"), second_factor[1][0]
        answer = {"session": session, "recoveryCode": code}
        assert browser.post("/ops/signin/challenge", answer).status_code == 303
        assert browser.post("/ops/signin/challenge", answer).status_code == 400

    def test_a_wrong_code_is_asked_for_again_and_in_the_audit(self, browser: Client, second_factor: Factor) -> None:
        session = hidden(send(browser), "session")
        wrong = f"{(int(second_factor[0].now()) + 1) % 1_000_000:06}"
        response = browser.post("/ops/signin/challenge", {"session": session, "code": wrong, "next": "/ops/jobs"})
        assert (response.status_code, nobody_is_in(response)) == (400, True)
        assert problem(response) == "The code does not match; enter the newest one."
        assert (hidden(response, "session"), hidden(response, "next")) == (session, "/ops/jobs")
        (event,) = of_thing(Thing("address", "ann@example.com")).events
        assert (event.tag, event.actor, event.after) == ("ops:session:refuse", "nobody", '{"why":"wrong code"}')

    def test_a_sign_in_that_took_too_long_begins_anew(self, browser: Client, second_factor: Factor) -> None:
        response = browser.post("/ops/signin/challenge", {"session": "made-up", "code": "123456"})
        assert (response.status_code, problem(response)) == (401, "This sign-in took too long; sign in again.")
        assert 'name="password"' in response.content.decode()

    def test_outside_local_an_account_without_one_is_told_where_to_set_it_up(
        self, browser: Client, hire: Hire, settings: Any
    ) -> None:
        hire("ann@example.com", "ops")
        settings.LOCAL = False
        response = send(browser)
        assert (response.status_code, nobody_is_in(response)) == (403, True)
        assert problem(response) == (
            "Staff need a second factor, and your account has none. "
            "Sign in at /auth/signin, set it up at /auth/mfa/totp, and come back."
        )
        (event,) = refusals()
        assert (event.actor, event.after) == ("ann-id", '{"why":"no second factor"}')
        assert accounts_sessions.listed("ann-id") == []

    def test_outside_local_the_cookie_goes_by_https_only(
        self, browser: Client, second_factor: Factor, settings: Any
    ) -> None:
        settings.LOCAL = False
        answer = {"session": hidden(send(browser), "session"), "code": second_factor[0].now()}
        response = browser.post("/ops/signin/challenge", answer)
        assert response.status_code == 303
        assert response.cookies[COOKIE]["secure"] is True

    def test_an_account_that_is_not_set_up_is_sent_to_the_ordinary_sign_in(
        self, browser: Client, hire: Hire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asking = AskingProvider()
        monkeypatch.setattr("apps.accounts.services.provider", lambda: asking)
        response = send(browser)
        assert (response.status_code, nobody_is_in(response)) == (403, True)
        assert problem(response) == "Your account is not set up yet: sign in at /auth/signin first, and then here."


@pytest.mark.parametrize(
    "wanted",
    [
        "https://example.com/",
        "//example.com/ops",
        "/\\example.com",
        "/ops/..//example.com",
        "/ops/../auth/signout",
        "/ops/%2e%2e/auth",
        "/ops//example.com",
        "/ops\\..\\",
        "/ops/%5Cexample.com",
        "/opsx",
        "/media",
        "/ops/people\r\nSet-Cookie: a=b",
        "/ops/signin?next=/ops",
        "/ops/people#fragment",
        "javascript:alert(1)",
        "/ops/" + "a" * 3_000,
        "",
    ],
)
def test_nobody_is_led_out_of_the_admin(browser: Client, hire: Hire, wanted: str) -> None:
    hire("ann@example.com", "ops")
    assert send(browser, next=wanted)["Location"] == "/ops"


def test_below_the_stage_of_an_api_the_page_is_named_without_it(browser: Client, hire: Hire) -> None:
    hire("ann@example.com", "ops")
    form = {"email": "ann@example.com", "password": PASSWORD, "next": "/prod/ops/jobs?state=failed"}
    response = browser.post("/ops/signin", form, SCRIPT_NAME="/prod")
    assert response["Location"] == "/ops/jobs?state=failed"


def test_a_form_without_its_token_is_a_page_in_words_and_does_nothing(hire: Hire) -> None:
    hire("ann@example.com", "ops")
    strict = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    response = send(strict)
    assert (response.status_code, staff_sessions.listed()) == (403, [])
    assert "Load the page again first." in response.content.decode()
    assert response["Cache-Control"] == "no-store, private"
    page = strict.get("/ops/signin").content.decode()
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
    assert send(strict, csrfmiddlewaretoken=token).status_code == 303


def test_forms_elsewhere_are_refused_as_before(rf: Any) -> None:
    response = refused_form(rf.post("/opsy"), reason="x")
    assert response.status_code == 403
    assert b"CSRF verification failed" in response.content


def test_a_sign_in_costs_five_requests_more_than_the_apis_and_its_end(
    browser: Client, hire: Hire, operations: list[str]
) -> None:
    hire("ann@example.com", "ops")
    # The second time, when the devices are known.
    send(browser)
    accounts.sign_in(login="ann@example.com", password=PASSWORD, caller=NOBODY)
    operations.clear()
    tokens = accounts.sign_in(login="ann@example.com", password=PASSWORD, caller=NOBODY, recorded=False)
    assert isinstance(tokens, Tokens)
    accounts.sign_out(refresh_token=tokens.refresh, recorded=False)
    of_the_api = list(operations)
    operations.clear()
    assert send(browser).status_code == 303
    # Before: the count of the rate limit. After: who it is, the audit's event, the session, and whether that stands.
    entered = ["GetItem", "TransactWriteItems", "PutItem", "GetItem", "GetItem"]
    # And the end of the session that this browser had.
    assert operations == ["UpdateItem", *of_the_api, *entered, "BatchWriteItem"]
