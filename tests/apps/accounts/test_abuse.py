"""What somebody with half of what it takes, or with a sense for the moment, gets out of an account: nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pyotp
import pytest
import time_machine
from django.test import Client

from apps.accounts import denials, services, sessions
from apps.accounts.caller import NOBODY
from apps.accounts.errors import InvalidRefreshToken, WrongCredentials, WrongPassword
from apps.accounts.providers import provider
from apps.accounts.providers.interface import Tokens
from tests.apps.accounts.conftest import EMAIL, PASSWORD
from tests.apps.accounts.interruptions import Killed, killed_after, meanwhile
from tests.apps.accounts.whole_person import everything, restore

NOW = 1_800_000_000
WINDOW = 15 * 60
RECENT = 15 * 60
NEW_PASSWORD = "another horse battery"
TOTP = "/auth/mfa/totp"
Rows = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock at NOW; it stands still unless it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass(frozen=True, slots=True)
class Api:
    """Calls of a program."""

    client: Client

    def send(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return self.client.generic(
            method, path, orjson.dumps(body or {}), content_type="application/json", headers=headers
        )

    def get(self, path: str, token: str) -> Any:
        return self.client.get(path, headers={"authorization": f"Bearer {token}"})

    def sign_in(self, login: str = EMAIL, password: str = PASSWORD) -> Any:
        return self.send("POST", "/auth/signin", {"email": login, "password": password})

    def sign_up(self, email: str, password: str) -> None:
        assert self.send("POST", "/auth/signup", {"email": email, "password": password}).status_code == 200

    def is_good(self, token: str) -> bool:
        answer = self.get("/auth/user", token)
        assert answer.status_code in (200, 401)
        return bool(answer.status_code == 200)


@pytest.fixture
def api(client: Client, ann: str) -> Api:
    """A program, and ann's account."""
    return Api(client)


@pytest.fixture
def token(api: Api) -> str:
    """The access token of ann's sign-in at NOW."""
    return str(api.sign_in().json()["accessToken"])


@pytest.fixture
def app(api: Api, token: str) -> pyotp.TOTP:
    """Ann's authenticator app; her second factor is on."""
    secret = api.send("POST", TOTP, {}, token).json()["secret"]
    made = pyotp.TOTP(secret)
    assert api.send("POST", f"{TOTP}/confirm", {"code": made.at(NOW)}, token).status_code == 200
    return made


def coded(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def tries(rows: Rows) -> dict[str, int]:
    """How many wrong guesses are counted, by partition."""
    return {row["pk"]: int(row["tries"]) for row in rows() if row["sk"] == "ATTEMPTS" and row["tries"]}


# Guesses at the second factor are given back by nothing but the password and the second factor.


def the_password_is_changed(api: Api, token: str) -> Any:
    return api.send("POST", "/auth/password", {"oldPassword": PASSWORD, "newPassword": PASSWORD}, token)


def a_second_factor_is_begun(api: Api, token: str) -> Any:
    return api.send("POST", TOTP, {"password": PASSWORD}, token)


def a_second_factor_is_confirmed(api: Api, token: str) -> Any:
    return api.send("POST", f"{TOTP}/confirm", {"code": "no code"}, token)


def the_password_alone_is_given(api: Api, token: str) -> Any:
    return api.send("POST", "/auth/mfa/recovery-codes", {"password": PASSWORD}, token)


def a_sign_in_is_begun(api: Api, token: str) -> Any:
    return api.sign_in()


STEPS = pytest.mark.parametrize(
    ("step", "status"),
    [
        (the_password_is_changed, 200),
        (a_second_factor_is_begun, 409),
        (a_second_factor_is_confirmed, 409),
        (the_password_alone_is_given, 403),
        (a_sign_in_is_begun, 200),
    ],
)
Step = Callable[[Api, str], Any]


@STEPS
def test_no_step_gives_guesses_of_a_signed_in_person_back(
    api: Api, app: pyotp.TOTP, token: str, rows: Rows, step: Step, status: int
) -> None:
    for guesses in (1, 2, 3):
        wrong = api.send("DELETE", TOTP, {"password": PASSWORD, "code": "no code"}, token)
        assert coded(wrong) == (400, "CodeMismatchException")
        assert step(api, token).status_code == status
        assert tries(rows) == {"USER#ann-id": guesses}


@STEPS
def test_no_step_gives_guesses_at_a_sign_in_back(
    api: Api, app: pyotp.TOTP, token: str, rows: Rows, step: Step, status: int
) -> None:
    for guesses in (1, 2, 3):
        session = api.sign_in().json()["session"]
        wrong = api.send("POST", "/auth/challenge", {"session": session, "code": "no code"})
        assert coded(wrong) == (400, "CodeMismatchException")
        assert step(api, token).status_code == status
        assert tries(rows) == {"EMAIL#ann@example.com": guesses}


def test_a_reset_gives_no_guesses_at_a_second_factor_back(
    api: Api, app: pyotp.TOTP, rows: Rows, mailed_code: Callable[[], str]
) -> None:
    session = api.sign_in().json()["session"]
    for _ in range(3):
        api.send("POST", "/auth/challenge", {"session": session, "code": "no code"})
    api.send("POST", "/auth/forgot", {"email": EMAIL})
    body = {"email": EMAIL, "code": mailed_code(), "password": NEW_PASSWORD}
    assert api.send("POST", "/auth/reset", body).status_code == 200
    assert tries(rows) == {"EMAIL#ann@example.com": 3}


def test_of_a_window_10_guesses_are_looked_at_whatever_comes_between(
    api: Api, app: pyotp.TOTP, token: str, clock: time_machine.Traveller
) -> None:
    now, looked_at = NOW, 0
    while now < NOW + WINDOW:
        answer = api.send("DELETE", TOTP, {"password": PASSWORD, "code": "no code"}, token)
        looked_at += answer.status_code == 400
        the_password_is_changed(api, token)
        now += int(answer.headers.get("Retry-After", 1))
        clock.move_to(now)
    assert looked_at == 10


def test_a_first_code_gives_no_guesses_at_the_password_back(api: Api, token: str, rows: Rows) -> None:
    secret = api.send("POST", TOTP, {}, token).json()["secret"]
    for _ in range(2):
        wrong = api.send("POST", "/auth/password", {"oldPassword": "wrong", "newPassword": NEW_PASSWORD}, token)
        assert coded(wrong) == (403, "NotAuthorizedException")
    assert api.send("POST", f"{TOTP}/confirm", {"code": pyotp.TOTP(secret).at(NOW)}, token).status_code == 200
    assert tries(rows) == {"USER#ann-id": 2}


def test_both_together_give_them_back(
    api: Api, app: pyotp.TOTP, token: str, rows: Rows, clock: time_machine.Traveller
) -> None:
    session = api.sign_in().json()["session"]
    api.send("POST", "/auth/challenge", {"session": session, "code": "no code"})
    api.send("DELETE", TOTP, {"password": PASSWORD, "code": "no code"}, token)
    assert tries(rows) == {"EMAIL#ann@example.com": 1, "USER#ann-id": 1}
    clock.move_to(NOW + 60)
    answer = api.send("POST", "/auth/challenge", {"session": session, "code": app.at(NOW + 60)})
    assert answer.status_code == 200
    assert tries(rows) == {"USER#ann-id": 1}
    clock.move_to(NOW + 120)
    body = {"password": PASSWORD, "code": app.at(NOW + 120)}
    assert api.send("POST", "/auth/mfa/recovery-codes", body, token).status_code == 200
    assert tries(rows) == {}


# Signing up and then in tells nothing; neither does a username.


def test_signing_up_and_in_tells_nothing(api: Api) -> None:
    told = {}
    for address in (EMAIL, "nobody@example.com"):
        api.sign_up(address, NEW_PASSWORD)
        told[address] = [coded(api.sign_in(address, password)) for password in (NEW_PASSWORD, "a third horse")]
    expected = [(403, "UserNotConfirmedException"), (401, "NotAuthorizedException")]
    assert told == {EMAIL: expected, "nobody@example.com": expected}
    assert api.sign_in().status_code == 200


def test_the_code_lets_the_newcomer_in(api: Api, mailed_code: Callable[[], str]) -> None:
    api.sign_up("nobody@example.com", NEW_PASSWORD)
    assert api.send("POST", "/auth/signup", {"email": "nobody@example.com", "code": mailed_code()}).status_code == 200
    assert api.sign_in("nobody@example.com", NEW_PASSWORD).status_code == 200


@pytest.fixture
def annie(api: Api, token: str) -> str:
    """Ann's username."""
    assert api.send("PUT", "/user/profile", {"username": "annie"}, token).status_code == 200
    return "annie"


def test_no_sign_up_tells_whose_a_username_is(api: Api, annie: str) -> None:
    api.sign_up(EMAIL, NEW_PASSWORD)
    assert [coded(api.sign_in(name, NEW_PASSWORD)) for name in (annie, "bobbie")] == [
        (401, "NotAuthorizedException")
    ] * 2
    assert api.sign_in(annie).status_code == 200


def test_no_count_of_guesses_tells_whose_a_username_is(api: Api, annie: str) -> None:
    for _ in range(4):
        assert api.sign_in(EMAIL, "wrong password").status_code == 401
    assert api.sign_in(EMAIL, "wrong password").status_code == 429
    for _ in range(4):
        assert [api.sign_in(name, "wrong password").status_code for name in (annie, "bobbie")] == [401, 401]
    assert [api.sign_in(name, "wrong password").status_code for name in (annie, "bobbie")] == [429, 429]


# A new password ends what the old one signed in, whenever the process dies.


@pytest.fixture
def in_another_process(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Goes on as a process that remembers nothing of any session."""

    def begin() -> None:
        monkeypatch.setattr(denials, "cache", denials.Cache())

    return begin


def is_password(password: str) -> bool:
    try:
        provider().sign_in(EMAIL, password)
    except WrongCredentials:
        return False
    return True


def opens(api: Api, tokens: dict[str, Any]) -> bool:
    """Whether a sign-in's tokens open the API, or get one that does."""
    try:
        renewed = [services.refresh(refresh_token=tokens["refreshToken"]).access]
    except InvalidRefreshToken:
        renewed = []
    return any(api.is_good(access) for access in (tokens["accessToken"], *renewed))


def killed_at_each_call(request: Callable[[], object], fresh_process: Callable[[], None]) -> Iterator[bool]:
    """The tables as they are when a request was killed before its first call, its second, and so on.

    Yields each time whether the request came to its end, which is the last time.
    """
    snapshot, calls, ended = everything(), 0, False
    while not ended:
        restore(snapshot)
        fresh_process()
        try:
            with killed_after(calls):
                request()
            ended = True
        except Killed:
            calls += 1
        yield ended


def test_a_reset_that_dies_once_the_password_is_stored_has_signed_everybody_out(
    api: Api, clock: time_machine.Traveller, mailed_code: Callable[[], str], in_another_process: Callable[[], None]
) -> None:
    thief = api.sign_in().json()
    clock.move_to(NOW + 10)
    api.send("POST", "/auth/forgot", {"email": EMAIL})
    code = mailed_code()

    def reset() -> None:
        services.reset(email=EMAIL, code=code, password=NEW_PASSWORD)

    found = []
    for _ in killed_at_each_call(reset, in_another_process):
        changed = is_password(NEW_PASSWORD)
        assert opens(api, thief) is not changed
        found.append(changed)
    assert {True, False} == set(found)
    assert found == sorted(found)


def test_a_change_that_dies_once_the_password_is_stored_has_signed_the_others_out(
    api: Api, clock: time_machine.Traveller, in_another_process: Callable[[], None]
) -> None:
    own, thief = api.sign_in().json(), api.sign_in().json()
    claims = provider().claims(own["accessToken"])
    clock.move_to(NOW + 10)
    person = services.Person(claims.user_id, claims.session_id, own["accessToken"], claims.signed_in_at)

    def change() -> None:
        services.change_password(person=person, old=PASSWORD, new=NEW_PASSWORD)

    found = []
    for _ in killed_at_each_call(change, in_another_process):
        changed = is_password(NEW_PASSWORD)
        assert opens(api, thief) is not changed
        assert opens(api, own)
        found.append(changed)
    assert {True, False} == set(found)
    assert found == sorted(found)


def test_a_change_that_comes_too_late_signs_nobody_out(api: Api, token: str, rows: Rows) -> None:
    claims = provider().claims(token)
    person = services.Person(claims.user_id, claims.session_id, token, claims.signed_in_at)

    def change(new: str) -> None:
        services.change_password(person=person, old=PASSWORD, new=new)

    with meanwhile(0, lambda: change(NEW_PASSWORD), "TransactWriteItems"), pytest.raises(WrongPassword):
        change("a third horse battery")
    assert is_password(NEW_PASSWORD)
    assert api.is_good(token)


# A sign-in that was on its way with the old password.


def a_sign_in_amid(act: Callable[[], object], calls: int) -> tuple[Tokens | None, bool]:
    """The tokens of a sign-in during which something happens before a call to DynamoDB; and whether it did."""
    tokens = None
    with meanwhile(calls, act) as seen:
        try:
            entered = services.sign_in(login=EMAIL, password=PASSWORD, caller=NOBODY)
            assert isinstance(entered, Tokens)
            tokens = entered
        except WrongCredentials:
            pass
    return tokens, len(seen) > calls


@pytest.mark.parametrize("how", ["reset", "change"])
def test_a_sign_in_with_the_old_password_does_not_survive_the_new_one(
    api: Api, token: str, mailed_code: Callable[[], str], in_another_process: Callable[[], None], how: str
) -> None:
    api.send("POST", "/auth/forgot", {"email": EMAIL})
    code = mailed_code()
    claims = provider().claims(token)
    person = services.Person(claims.user_id, claims.session_id, token, claims.signed_in_at)

    def replace_password() -> None:
        if how == "reset":
            services.reset(email=EMAIL, code=code, password=NEW_PASSWORD)
        else:
            services.change_password(person=person, old=PASSWORD, new=NEW_PASSWORD)

    snapshot, calls, happened, refused = everything(), 0, True, 0
    while happened:
        restore(snapshot)
        in_another_process()
        tokens, happened = a_sign_in_amid(replace_password, calls)
        calls += 1
        if happened:
            assert is_password(NEW_PASSWORD)
            assert tokens is None or not opens(api, {"accessToken": tokens.access, "refreshToken": tokens.refresh})
            left = [session.session_id for session in sessions.listed("ann-id")]
            assert left == ([claims.session_id] if how == "change" else [])
            refused += tokens is None
    assert 0 < refused < calls
    assert calls > 6


# Whoever holds a token only does not lock the owner out.


def test_just_signed_in_nobody_is_asked_for_the_password(api: Api, token: str, clock: time_machine.Traveller) -> None:
    clock.move_to(NOW + RECENT)
    answer = api.send("POST", TOTP, {}, token)
    assert answer.status_code == 200
    app = pyotp.TOTP(answer.json()["secret"])
    assert api.send("POST", f"{TOTP}/confirm", {"code": app.at(NOW + RECENT)}, token).status_code == 200


def test_later_a_token_alone_sets_up_nothing(api: Api, token: str, clock: time_machine.Traveller, rows: Rows) -> None:
    clock.move_to(NOW + RECENT + 1)
    before = rows()
    answer = api.send("POST", TOTP, {}, token)
    assert coded(answer) == (403, "PasswordRequired")
    assert answer.json()["error"] == "You signed in a while ago; send your password as well."
    assert [detail["path"] for detail in answer.json()["details"]] == ["password"]
    assert coded(api.send("POST", f"{TOTP}/confirm", {"code": "123456"}, token)) == (409, "SecondFactorNotBegun")
    assert [row for row in rows() if row["sk"] != "ATTEMPTS"] == [row for row in before if row["sk"] != "ATTEMPTS"]
    assert "challengeName" not in api.sign_in().json()


def test_a_refreshed_token_is_as_old_as_its_sign_in(api: Api, clock: time_machine.Traveller) -> None:
    first = api.sign_in().json()
    clock.move_to(NOW + RECENT + 1)
    renewed = api.send("POST", "/auth/refresh", {"refreshToken": first["refreshToken"]}).json()
    assert coded(api.send("POST", TOTP, {}, renewed["accessToken"])) == (403, "PasswordRequired")


@pytest.mark.parametrize("later", [0, RECENT + 1])
def test_a_wrong_password_sets_up_nothing_and_is_counted(
    api: Api, token: str, clock: time_machine.Traveller, rows: Rows, later: int
) -> None:
    clock.move_to(NOW + later)
    for guesses in (1, 2, 3, 4):
        answer = api.send("POST", TOTP, {"password": "wrong password"}, token)
        assert coded(answer) == (403, "NotAuthorizedException")
        assert tries(rows) == {"USER#ann-id": guesses}
    assert api.send("POST", TOTP, {"password": PASSWORD}, token).status_code == 429
    assert [row["pk"] for row in rows() if "totpPending" in row] == []


def test_later_the_password_sets_it_up(api: Api, token: str, clock: time_machine.Traveller, rows: Rows) -> None:
    clock.move_to(NOW + RECENT + 1)
    answer = api.send("POST", TOTP, {"password": PASSWORD}, token)
    assert answer.status_code == 200
    assert tries(rows) == {}
    app = pyotp.TOTP(answer.json()["secret"])
    assert api.send("POST", f"{TOTP}/confirm", {"code": app.at(NOW + RECENT + 1)}, token).status_code == 200
    assert api.sign_in().json()["challengeName"] == "SOFTWARE_TOKEN_MFA"


# Sessions that never were.


def test_ending_made_up_sessions_stores_nothing(api: Api, token: str, rows: Rows) -> None:
    before = rows()
    for number in range(20):
        answer = api.send("DELETE", f"/auth/sessions/{'z' * 100}{number}", {}, token)
        assert (answer.status_code, answer.json()) == (200, {"message": "The session is ended."})
    assert rows() == before
    assert api.is_good(token)


def test_ending_the_current_session_signs_out(api: Api) -> None:
    found = api.sign_in().json()
    session_id = provider().claims(found["accessToken"]).session_id
    assert api.send("DELETE", f"/auth/sessions/{session_id}", {}, found["accessToken"]).status_code == 200
    assert not opens(api, found)


def test_so_does_ending_one_that_is_on_no_list(api: Api, sign_in: Callable[[str], dict[str, str]]) -> None:
    token = sign_in("ann-id")["authorization"].removeprefix("Bearer ")
    assert api.is_good(token)
    assert sessions.listed("ann-id") == []
    assert api.send("DELETE", "/auth/sessions/test-session", {}, token).status_code == 200
    assert not api.is_good(token)
