from __future__ import annotations

import hmac
import html
import json
import logging
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.test import Client

from apps.accounts import staff_sessions
from apps.accounts.directory import directory
from apps.accounts.providers import provider
from apps.ops.console.guard import COOKIE
from apps.ops.entering import by_pool, pool
from apps.ops.entering.services import CHANGED
from movierec.audit import Thing, of_thing
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow
from tests.apps.accounts.interruptions import meanwhile
from tests.apps.ops.conftest import staff_client
from tests.apps.ops.entering.pool_stand_in import CALLBACK, CLIENT, KEY, OPS_URL, STRANGERS, PoolPages, pool_pages

BEGIN_AGAIN = "This sign-in was not begun in this browser, is over, or took more than ten minutes. Sign in again."
NOT_FOR_THIS = "What the user pool answered was not for this sign-in. Sign in again."


@pytest.fixture
def pages(tables: None, settings: Any) -> Iterator[PoolPages]:
    """A user pool that staff of a deployed service sign in at."""
    # Made first, so that DynamoDB stays where it is.
    shared_connection()
    with pool_pages() as running:
        settings.LOCAL = False
        settings.IDENTITY_PROVIDER = "cognito"
        settings.AWS_ENDPOINT_URL = running.address
        settings.COGNITO_USER_POOL_ID = running.id
        settings.COGNITO_CLIENT_IDS = ("another",)
        settings.COGNITO_PAGES_URL = running.address
        settings.COGNITO_WEB_CLIENT_ID = CLIENT
        settings.OPS_URL = OPS_URL
        provider.cache_clear()
        directory.cache_clear()
        yield running
        provider.cache_clear()
        directory.cache_clear()


@pytest.fixture
def browser(pages: PoolPages) -> Client:
    """A browser in which nobody is signed in; forms need no token of CSRF here."""
    return Client(headers={"accept": "text/html"}, raise_request_exception=False)


def begun(browser: Client, page: str = "") -> str:
    """Presses the button, and answers where it leads."""
    response = browser.post("/ops/signin", {"next": page})
    assert response.status_code == 303
    return str(response["Location"])


def signed_in(browser: Client, pages: PoolPages, **changes: str) -> Any:
    return browser.get(pages.led_back(begun(browser), **changes))


def problem(response: Any) -> str:
    found = re.search(r'role="alert">(.*?)</p>', response.content.decode())
    assert found
    return html.unescape(found[1])


def refused(response: Any, status: int, sentence: str) -> bool:
    """Whether a page says so, and nobody is in."""
    assert (response.status_code, problem(response)) == (status, sentence)
    assert COOKIE not in response.cookies
    assert staff_sessions.listed() == []
    return True


def segment(content: Any) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


class TestThere:
    def test_one_button_leads_to_the_pools_pages_which_the_page_may_be_led_to(
        self, browser: Client, pages: PoolPages, operations: list[str]
    ) -> None:
        operations.clear()
        page = browser.get("/ops/signin?next=/ops/jobs")
        assert 'name="password"' not in page.content.decode()
        assert page.content.decode().count("<button") == 1
        assert f"form-action 'self' {pages.address};" in f"{page['Content-Security-Policy']};"
        assert operations == []

    def test_the_way_is_begun_with_secrets_that_lie_sealed_in_a_cookie(self, browser: Client, pages: PoolPages) -> None:
        query = dict(parse_qsl(urlsplit(begun(browser)).query))
        assert (query["redirect_uri"], query["code_challenge_method"]) == (CALLBACK, "S256")
        assert all(len(query[name]) >= 43 for name in ("state", "nonce", "code_challenge"))
        cookie = browser.cookies[by_pool.COOKIE]
        assert (cookie["path"], cookie["max-age"], cookie["samesite"]) == ("/ops/signin", 600, "Lax")
        assert (cookie["httponly"], cookie["secure"], cookie["domain"]) == (True, True, "")
        assert query["state"] not in cookie.value
        again = dict(parse_qsl(urlsplit(begun(browser)).query))
        assert not {again[name] for name in ("state", "nonce", "code_challenge")} & set(query.values())

    def test_below_the_stage_of_an_api_the_cookie_goes_there(self, browser: Client) -> None:
        browser.post("/ops/signin", {}, SCRIPT_NAME="/prod")
        assert browser.cookies[by_pool.COOKIE]["path"] == "/prod/ops/signin"

    def test_without_its_settings_the_page_says_what_to_set(self, browser: Client, settings: Any) -> None:
        settings.COGNITO_PAGES_URL = ""
        page = browser.get("/ops/signin").content.decode()
        assert "<button" not in page
        assert all(name in page for name in ("COGNITO_DOMAIN", "COGNITO_WEB_CLIENT_ID", "OPS_URL"))
        assert browser.post("/ops/signin", {}).status_code == 400

    def test_the_local_providers_form_is_not_there(self, browser: Client) -> None:
        assert browser.post("/ops/signin/challenge", {"session": "x", "code": "123456"}).status_code == 404


class TestBack:
    def test_staff_enter_and_go_where_they_wanted_to(self, browser: Client, pages: PoolPages) -> None:
        response = browser.get(pages.led_back(begun(browser, "/ops/people?q=bob")))
        assert (response.status_code, response["Location"]) == (303, "/ops/people?q=bob")
        assert response.cookies[COOKIE]["secure"] is True
        assert response.cookies[by_pool.COOKIE]["max-age"] == 0
        (session,) = staff_sessions.listed()
        assert (session.user_id, session.email, session.groups) == ("ann-id", "ann@example.com", ("ops",))
        (event,) = of_thing(Thing("staff", "ann-id")).events
        assert (event.tag, event.actor_name, event.outcome) == ("ops:session:begin", "ann@example.com", "done")

    def test_it_costs_four_requests_of_dynamodb_and_six_of_the_pool(
        self, browser: Client, pages: PoolPages, operations: list[str]
    ) -> None:
        back = pages.led_back(begun(browser))
        operations.clear()
        assert browser.get(back).status_code == 303
        assert operations == ["UpdateItem", "TransactWriteItems", "PutItem", "GetItem"]
        assert pages.endpoints == ["token", "revoke", *["AdminGetUser", "AdminListGroupsForUser"] * 2]
        assert pages.asked[1] == ("revoke", {"client_id": CLIENT, "token": "refresh-1"})

    def test_a_refresh_token_that_is_not_revoked_keeps_nobody_out(
        self, browser: Client, pages: PoolPages, caplog: pytest.LogCaptureFixture
    ) -> None:
        pages.faults["revoke"] = (400, b'{"error":"unsupported_token_type"}')
        assert signed_in(browser, pages).status_code == 303
        assert "revokes no refresh token: 400 'unsupported_token_type'" in caplog.text
        assert "refresh-1" not in caplog.text

    @pytest.mark.parametrize(("name", "value"), [("groups", ()), ("groups", ("support",)), ("enabled", False)])
    def test_a_change_on_the_way_in_leaves_no_session(
        self, browser: Client, pages: PoolPages, name: str, value: Any
    ) -> None:
        back = pages.led_back(begun(browser))
        with meanwhile(0, lambda: setattr(pages, name, value), "PutItem"):
            response = browser.get(back)
        assert refused(response, 403, CHANGED)
        newest = of_thing(Thing("address", "ann@example.com")).events[0]
        assert (newest.tag, newest.after) == ("ops:session:refuse", '{"why":"the account was changed meanwhile"}')

    def test_head_uses_no_code_up(self, browser: Client, pages: PoolPages) -> None:
        back = pages.led_back(begun(browser))
        assert browser.head(back).status_code == 405
        assert browser.get(back).status_code == 303

    @pytest.mark.parametrize(
        ("change", "why", "sentence"),
        [
            ({"groups": ()}, "no group of staff", "You are not a member of the staff"),
            ({"groups": ("reviewers",)}, "no group of staff", "You are not a member of the staff"),
            ({"enabled": False}, "no group of staff", "You are not a member of the staff"),
            ({"has_totp": False}, "no second factor", "Staff need a second factor"),
        ],
    )
    def test_who_may_not_enter_is_told_why_and_the_audit_has_it(
        self, browser: Client, pages: PoolPages, change: dict[str, Any], why: str, sentence: str
    ) -> None:
        for name, value in change.items():
            setattr(pages, name, value)
        response = signed_in(browser, pages)
        assert problem(response).startswith(sentence)
        assert refused(response, 403, problem(response))
        of_staff = why == "no second factor"
        thing = Thing("address", "ann@example.com") if of_staff else Thing("person", "ann-id")
        (event,) = of_thing(thing).events
        assert (event.tag, event.actor, event.outcome) == ("ops:session:refuse", "ann-id", "refused")
        assert json.loads(event.after) == {"why": why}
        assert "revoke" in pages.endpoints


class TestNotThisBrowsers:
    def test_another_state(self, browser: Client, pages: PoolPages) -> None:
        assert refused(signed_in(browser, pages, state="x" * 43), 400, BEGIN_AGAIN)
        assert pages.asked == []

    @pytest.mark.parametrize("state", ["", "ä", "x\0"])
    def test_no_state_that_could_be(self, browser: Client, pages: PoolPages, state: str) -> None:
        assert refused(signed_in(browser, pages, state=state), 400, BEGIN_AGAIN)

    def test_an_answer_to_another_browser(self, browser: Client, pages: PoolPages) -> None:
        back = pages.led_back(begun(browser))
        other = Client(headers={"accept": "text/html"}, raise_request_exception=False)
        assert refused(other.get(back), 400, BEGIN_AGAIN)
        begun(other)
        assert refused(other.get(back), 400, BEGIN_AGAIN)
        assert pages.asked == []

    def test_an_answer_that_comes_twice(self, browser: Client, pages: PoolPages) -> None:
        back = pages.led_back(begun(browser))
        assert browser.get(back).status_code == 303
        pages.asked.clear()
        response = browser.get(back)
        assert (response.status_code, problem(response)) == (400, BEGIN_AGAIN)
        assert pages.asked == []
        assert len(staff_sessions.listed()) == 1

    def test_a_kept_cookie_gets_nothing_for_a_used_code(self, browser: Client, pages: PoolPages) -> None:
        back = pages.led_back(begun(browser))
        kept = browser.cookies[by_pool.COOKIE].value
        browser.get(back)
        browser.cookies[by_pool.COOKIE] = kept
        response = browser.get(back)
        assert (response.status_code, COOKIE in response.cookies) == (400, False)
        assert problem(response) == "The user pool does not take this sign-in any more. Sign in again."
        assert len(staff_sessions.listed()) == 1

    def test_after_ten_minutes(self, browser: Client, pages: PoolPages) -> None:
        back = pages.led_back(begun(browser))
        with time_machine.travel(time.time() + 601):
            assert refused(browser.get(back), 400, BEGIN_AGAIN)

    @pytest.mark.parametrize("cookie", ["", "made-up", "ÿ"])
    def test_a_made_up_cookie(self, browser: Client, pages: PoolPages, cookie: str) -> None:
        back = pages.led_back(begun(browser))
        browser.cookies[by_pool.COOKIE] = cookie
        assert refused(browser.get(back), 400, BEGIN_AGAIN)

    def test_a_verifier_that_is_not_the_challenges(
        self, browser: Client, pages: PoolPages, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        back = pages.led_back(begun(browser))
        for began in pages.codes.values():
            began["code_challenge"] = "x" * 43
        sentence = "The user pool does not take this sign-in any more. Sign in again."
        assert refused(browser.get(back), 400, sentence)


class TestRefusedByThePool:
    @pytest.mark.parametrize(
        ("error", "sentence"),
        [
            ("access_denied", "You were not signed in, or the user pool does not let you in. Sign in again."),
            ("server_error", "The user pool could not sign you in. Sign in again."),
            ("<script>alert(1)</script>", "The user pool could not sign you in. Sign in again."),
        ],
    )
    def test_its_pages_say_no(self, browser: Client, pages: PoolPages, error: str, sentence: str) -> None:
        response = signed_in(browser, pages, error=error, error_description="<b>x</b>")
        assert refused(response, 400, sentence)
        assert response.cookies[by_pool.COOKIE]["max-age"] == 0
        assert pages.asked == []

    def test_somebody_elses_no_is_not_believed(self, browser: Client, pages: PoolPages) -> None:
        assert refused(signed_in(browser, pages, error="access_denied", state="x"), 400, BEGIN_AGAIN)

    @pytest.mark.parametrize("code", ["", "x" * 2_001])
    def test_no_code(self, browser: Client, pages: PoolPages, code: str) -> None:
        sentence = "code: the user pool's answer has none. Sign in again."
        assert refused(signed_in(browser, pages, code=code), 400, sentence)
        assert pages.asked == []


class TestFaults:
    @pytest.mark.parametrize(
        "fault",
        [
            (400, b'{"error":"invalid_client"}'),
            (400, b'{"error":"unauthorized_client"}'),
            (500, b'{"error":"server_error"}'),
            (503, b""),
            (500, b'{"id_token":"a.b.c"}'),
            (302, b""),
            (200, b"<html>sign in</html>"),
            (200, b"\x00\xff"),
            (200, b"[]"),
            (200, b"{}"),
            (200, b'{"id_token":7}'),
            (200, b'{"id_token":"a.b.c","refresh_token":7}'),
            (200, b'"' + b"a" * 100_000 + b'"'),
        ],
    )
    def test_a_token_endpoint_that_is_ill_is_a_503_and_loading_again_tries_again(
        self, browser: Client, pages: PoolPages, fault: tuple[int, bytes]
    ) -> None:
        pages.faults["token"] = fault
        back = pages.led_back(begun(browser))
        response = browser.get(back)
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert "The user pool does not answer as it should" in response.content.decode()
        assert COOKIE not in response.cookies
        assert [row for row in DataRow.scan_rows() if not row["pk"].startswith("RATE#")] == []
        pages.faults.clear()
        assert browser.get(back).status_code == 303

    def test_one_that_hangs_is_given_up(
        self, browser: Client, pages: PoolPages, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pool, "READ_TIMEOUT_SECONDS", 0.2)
        pages.held.add("token")
        began = time.monotonic()
        assert signed_in(browser, pages).status_code == 503
        assert time.monotonic() - began < 2
        assert staff_sessions.listed() == []

    def test_one_that_is_not_there(self, browser: Client, pages: PoolPages, settings: Any) -> None:
        back = pages.led_back(begun(browser))
        settings.COGNITO_PAGES_URL = "http://127.0.0.1:1"
        assert browser.get(back).status_code == 503

    def test_codes_and_tokens_are_in_no_log(
        self, browser: Client, pages: PoolPages, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, logger="apps")
        pages.faults["token"] = (200, b'{"error":"x","refresh_token":"refresh-1"}')
        back = pages.led_back(begun(browser))
        browser.get(back)
        code = dict(parse_qsl(urlsplit(back).query))["code"]
        assert "The token endpoint of the user pool answers 200 'x'" in caplog.text
        assert code not in caplog.text
        assert "refresh-1" not in caplog.text


NOW = 1_800_000_000


class TestIdTokens:
    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "another"},
            {"nonce": None},
            {"nonce": 7},
            {"aud": "another"},
            {"aud": [CLIENT, "another"]},
            {"aud": None},
            {"iss": "https://cognito-idp.eu-north-1.amazonaws.com/eu-north-1_another"},
            {"iss": None},
            {"exp": NOW - 61},
            {"exp": None},
            {"iat": NOW + 61},
            {"iat": None},
            {"exp": NOW + 25 * 3600},
            {"token_use": "access"},
            {"token_use": None},
            {"sub": None},
            {"sub": 7},
        ],
    )
    def test_one_for_somebody_or_something_else(
        self, browser: Client, pages: PoolPages, claims: dict[str, Any]
    ) -> None:
        pages.claims = claims
        with time_machine.travel(NOW, tick=False):
            assert refused(signed_in(browser, pages), 400, NOT_FOR_THIS)
        assert "AdminGetUser" not in pages.endpoints

    @pytest.mark.parametrize("claims", [{"exp": NOW - 59}, {"iat": NOW + 59}])
    def test_clocks_may_be_a_minute_apart(self, browser: Client, pages: PoolPages, claims: dict[str, Any]) -> None:
        pages.claims = claims
        with time_machine.travel(NOW, tick=False):
            assert signed_in(browser, pages).status_code == 303

    @pytest.mark.parametrize(
        "kind", ["none", "HS256", "RS512", "stranger", "own key", "unknown key", "text", "nothing"]
    )
    def test_one_that_the_pool_did_not_sign(
        self, browser: Client, pages: PoolPages, monkeypatch: pytest.MonkeyPatch, kind: str
    ) -> None:
        monkeypatch.setattr(pages, "signed", lambda nonce: forged(pages, nonce, kind))
        assert refused(signed_in(browser, pages), 400, NOT_FOR_THIS)

    @pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email": None}])
    def test_an_address_that_is_not_confirmed(self, browser: Client, pages: PoolPages, claims: dict[str, Any]) -> None:
        pages.claims = claims
        sentence = "The user pool has no confirmed e-mail address of you. Have it confirmed, and sign in again."
        assert refused(signed_in(browser, pages), 400, sentence)

    @pytest.mark.parametrize("groups", ["ops", {"ops": 1}, 7])
    def test_groups_in_another_form_are_none(self, browser: Client, pages: PoolPages, groups: Any) -> None:
        pages.claims = {"cognito:groups": groups}
        assert signed_in(browser, pages).status_code == 403


def forged(pages: PoolPages, nonce: str, kind: str) -> str:
    """An id token with the right content, and what is wrong with its signature."""
    content = pages.content(nonce)
    head = {"alg": kind, "kid": "id"}
    if kind == "none":
        return f"{segment(head)}.{segment(content)}."
    if kind == "HS256":
        signed = f"{segment(head)}.{segment(content)}"
        mac = hmac.new(KEY.as_pem(private=False), signed.encode(), sha256).digest()
        return f"{signed}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    if kind in ("text", "nothing"):
        return "a.b.c" if kind == "text" else "x"
    pages.header = {
        "RS512": {"alg": "RS512"},
        "stranger": {},
        "own key": {"jwk": STRANGERS.as_dict(private=False)},
        "unknown key": {"kid": "other"},
    }[kind]
    return PoolPages.signed(pages, nonce, KEY if kind == "RS512" else STRANGERS)


class TestSignOut:
    def test_it_ends_our_session_and_leads_to_the_pools_sign_out(self, pages: PoolPages) -> None:
        browser = staff_client("ops")
        response = browser.post("/ops/signout")
        assert response.status_code == 200
        assert staff_sessions.listed() == []
        assert response.cookies[COOKIE]["max-age"] == 0
        seconds, _, address = response["Refresh"].partition("; url=")
        assert (seconds, address.partition("?")[0]) == ("0", f"{pages.address}/logout")
        query = dict(parse_qsl(urlsplit(address).query))
        assert query == {"client_id": CLIENT, "logout_uri": f"{OPS_URL}/signin"}
        assert html.escape(address) in response.content.decode()

    def test_without_the_pools_pages_it_ends_our_session(self, pages: PoolPages, settings: Any) -> None:
        settings.COGNITO_PAGES_URL = ""
        response = staff_client("ops").post("/ops/signout")
        assert (response.status_code, response["Location"]) == (303, "/ops/signin")
        assert staff_sessions.listed() == []


def test_without_a_pool_nothing_leads_back(tables: None) -> None:
    response = Client(headers={"accept": "text/html"}).get("/ops/signin/callback?code=x&state=y")
    assert response.status_code == 404
