"""What the audit has of people's own accounts: each deed once, and no secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError
from django.test import Client
from pynamodb.exceptions import TransactWriteError

from apps.accounts import services
from apps.accounts.caller import Caller
from apps.accounts.deletions import erase_due
from apps.accounts.errors import InvalidRefreshToken, WrongPassword
from apps.accounts.providers.interface import Tokens
from movierec import audit
from movierec.api.errors import Unavailable
from movierec.audit import Recorded, Thing
from movierec.dynamo.data_table import DataRow
from tests.apps.accounts.conftest import EMAIL, PASSWORD
from tests.apps.accounts.whole_person import WholePerson

Post = Callable[..., Any]
NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
HERE = "203.0.113.7"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def of_person(user_id: str) -> list[Recorded]:
    return audit.of_thing(Thing("person", user_id), limit=100).events


def tags(user_id: str) -> list[str]:
    return [event.tag.removeprefix("account:") for event in of_person(user_id)]


def of_address(address: str) -> list[tuple[str, str, str, str]]:
    events = audit.of_thing(Thing("address", address)).events
    return [(event.tag, event.actor, event.address, event.outcome) for event in events]


def recorded_rows() -> list[dict[str, Any]]:
    return [row for row in DataRow.scan_rows() if row["pk"].startswith("AUDIT#")]


def enter(post: Post, password: str = PASSWORD, **more: Any) -> Any:
    return post("signin", {"email": EMAIL, "password": password, **more})


def person(tokens: Any) -> services.Person:
    return services.Person("ann-id", "session", tokens["accessToken"], int(NOW.timestamp()), HERE)


class TestSigningUp:
    def test_a_sign_up_and_its_confirmation(self, post: Post, mailed_code: Callable[[], str], tables: None) -> None:
        user_id = post("signup", {"email": "bob@example.com", "password": PASSWORD}).json()["userSub"]
        assert tags(user_id) == ["person:sign-up"]
        post("signup", {"email": "bob@example.com", "code": mailed_code()})
        confirmed, signed_up = of_person(user_id)
        assert (confirmed.tag, confirmed.actor, confirmed.address) == ("account:person:confirm", user_id, "127.0.0.1")
        assert signed_up.tag == "account:person:sign-up"

    def test_a_taken_address_costs_the_same_and_names_nobody(self, ann: str, post: Post, operations: list[str]) -> None:
        work = []
        for email in (EMAIL, "free@example.com"):
            operations.clear()
            made = post("signup", {"email": email, "password": PASSWORD}).json()["userSub"]
            work.append(operations.copy())
            assert tags(made) == ["person:sign-up"]
        assert work[0] == work[1]
        assert work[0][-1] == "TransactWriteItems"
        assert tags(ann) == []

    def test_a_wrong_code_is_no_confirmation(self, post: Post) -> None:
        user_id = post("signup", {"email": "bob@example.com", "password": PASSWORD}).json()["userSub"]
        post("signup", {"email": "bob@example.com", "code": "abcdef"})
        assert tags(user_id) == ["person:sign-up"]


class TestSigningIn:
    def test_a_session_and_its_end(self, ann: str, post: Post, clock: Any) -> None:
        tokens = enter(post).json()
        (began,) = of_person(ann)
        assert (began.tag, began.actor, began.actor_name) == ("account:session:begin", ann, "")
        assert (began.address, began.outcome) == ("127.0.0.1", "done")
        clock.shift(1)
        post("signout", {"refreshToken": tokens["refreshToken"]})
        ended = of_person(ann)[0]
        assert ended.tag == "account:session:end"
        session = began.after.partition('"session":')[2].strip('"}')
        assert len(session) == 36
        assert session in ended.after
        post("signout", {"refreshToken": "no token"})
        assert len(of_person(ann)) == 2

    @pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
    def test_a_refusal_is_recorded_under_what_was_typed(self, ann: str, post: Post, email: str) -> None:
        post("signin", {"email": email, "password": "wrong password"})
        assert of_address(email.lower()) == [("account:session:refuse", "nobody", "127.0.0.1", "refused")]
        assert of_person(ann) == []

    @pytest.mark.parametrize("typed", ["nobody", "x" * 254, "my secret password", "p@ssword"])
    def test_what_is_no_address_is_not_recorded_as_it_could_be_a_password(
        self, ann: str, post: Post, typed: str
    ) -> None:
        post("signin", {"email": typed, "password": "wrong password"})
        assert of_address("not an address") == [("account:session:refuse", "nobody", "127.0.0.1", "refused")]
        assert typed not in repr([(row["pk"], row["thing"], row.get("after")) for row in recorded_rows()])

    def test_what_a_limit_turned_away_is_not(self, ann: str, post: Post, clock: Any) -> None:
        statuses = [enter(post, "wrong password").status_code for _ in range(8)]
        assert statuses == [401] * 4 + [429] * 4
        assert len(of_address(EMAIL.lower())) == 4
        assert len(recorded_rows()) == 2 * 4

    def test_a_wrong_second_factor(self, client: Client, cheap_scrypt: None, clock: Any) -> None:
        zoe = WholePerson(client)
        before = len(of_address("zoe.quux@example.com"))
        asked = zoe.ok("post", "/auth/signin", {"email": "zoe.quux@example.com", "password": PASSWORD})
        assert zoe.send("post", "/auth/challenge", {"session": asked["session"], "code": "000000"}).status_code == 400
        assert len(of_address("zoe.quux@example.com")) == before + 1

    def test_it_is_one_transaction_more(self, ann: str, post: Post, operations: list[str]) -> None:
        operations.clear()
        enter(post)
        assert operations.count("TransactWriteItems") == 1
        operations.clear()
        post("forgot", {"email": EMAIL})
        assert operations == ["UpdateItem", "UpdateItem", "GetItem", "GetItem", "PutItem", "TransactWriteItems"]

    def test_a_refresh_token_that_comes_again(self, ann: str, tables: None, clock: Any) -> None:
        entered = services.sign_in(login=EMAIL, password=PASSWORD, caller=Caller("", "", HERE))
        assert isinstance(entered, Tokens)
        services.refresh(refresh_token=entered.refresh, address=HERE)
        clock.shift(60)
        with pytest.raises(InvalidRefreshToken) as caught:
            services.refresh(refresh_token=entered.refresh, address=HERE)
        assert (caught.value.status, caught.value.error_code) == (401, "NotAuthorizedException")
        repeated = of_person(ann)[0]
        assert (repeated.tag, repeated.address) == ("account:session:repeat", HERE)
        assert entered.session_id in repeated.after
        with pytest.raises(InvalidRefreshToken):
            services.refresh(refresh_token=entered.refresh, address=HERE)
        assert len(of_person(ann)) == 2


class TestPasswords:
    def test_asking_for_a_code_is_recorded_for_any_address(self, ann: str, post: Post) -> None:
        for email in (EMAIL, "nobody@example.com"):
            post("forgot", {"email": email})
            assert of_address(email.lower()) == [("account:password:ask", "nobody", "127.0.0.1", "done")]

    def test_a_reset_and_a_change(self, ann: str, post: Post, mailed_code: Callable[[], str], clock: Any) -> None:
        post("forgot", {"email": EMAIL})
        assert post("reset", {"email": EMAIL, "code": mailed_code(), "password": "another one 2"}).status_code == 200
        assert tags(ann) == ["password:reset"]
        clock.shift(1)
        tokens = enter(post, "another one 2").json()
        clock.shift(1)
        services.change_password(person=person(tokens), old="another one 2", new="a third password")
        assert tags(ann) == ["password:change", "session:begin", "password:reset"]
        assert of_person(ann)[0].address == HERE

    @pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
    def test_a_wrong_reset_code(self, ann: str, post: Post, email: str) -> None:
        assert post("reset", {"email": email, "code": "abcdef", "password": "another one 2"}).status_code == 400
        assert of_address(email.lower()) == [("account:password:reset", "nobody", "127.0.0.1", "refused")]


@pytest.mark.parametrize(
    ("deed", "tag"),
    [
        (lambda who: services.change_password(person=who, old="wrong", new="another one 2"), "password:change"),
        (lambda who: services.disable_totp(person=who, proof=services.Proof("wrong")), "second-factor:disable"),
        (lambda who: services.request_deletion(person=who, proof=services.Proof("wrong")), "deletion:ask"),
    ],
    ids=["password", "second factor", "deletion"],
)
def test_a_guess_with_a_stolen_token(
    ann: str, post: Post, clock: Any, deed: Callable[[services.Person], Any], tag: str
) -> None:
    who = person(enter(post).json())
    clock.shift(1)
    with pytest.raises(WrongPassword):
        deed(who)
    event = of_person(ann)[0]
    assert (event.tag, event.outcome, event.actor) == (f"account:{tag}", "refused", ann)
    assert (event.address, event.after) == (HERE, "")


def test_everything_that_a_person_does(client: Client, cheap_scrypt: None, clock: Any) -> None:
    zoe = WholePerson(client)
    before = tags(zoe.user_id)
    clock.shift(1)

    def newest() -> list[str]:
        clock.shift(1)
        found = tags(zoe.user_id)
        new = found[: len(found) - len(before)]
        before[:] = found
        return new

    def proof() -> dict[str, str]:
        return {"password": PASSWORD, "recoveryCode": zoe.recovery_codes.pop()}

    b"".join(zoe.send("get", "/user/export").streaming_content)
    assert newest() == ["data:export"]
    spent = proof()
    zoe.recovery_codes = zoe.ok("post", "/auth/mfa/recovery-codes", spent)["recoveryCodes"]
    assert sorted(newest()) == ["recovery-codes:renew", "recovery-codes:use"]
    zoe.ok("delete", "/auth/sessions")
    assert newest() == ["session:end-all"]
    zoe.delete_account()
    assert sorted(newest()) == ["deletion:ask", "recovery-codes:use"]
    zoe.headers = {}
    entered = zoe.sign_in(restore=True).json()
    assert sorted(newest()) == ["deletion:take-back", "recovery-codes:use", "session:begin"]
    zoe.headers = {"authorization": f"Bearer {entered['accessToken']}"}
    zoe.ok("delete", "/auth/mfa/totp", proof())
    assert sorted(newest()) == ["recovery-codes:use", "second-factor:disable"]
    zoe.ok("delete", "/user", {"password": PASSWORD})
    assert newest() == ["deletion:ask"]
    clock.shift(timedelta(days=8))
    assert list(erase_due(datetime.now(UTC))) == [zoe.user_id]
    erased = of_person(zoe.user_id)[0]
    assert (erased.tag, erased.actor) == ("account:person:erase", "system")
    assert newest() == ["person:erase"]


def test_what_stays_of_somebody_erased_is_an_id(client: Client, cheap_scrypt: None, clock: Any) -> None:
    zoe = WholePerson(client)
    secrets = {PASSWORD, *zoe.recovery_codes, zoe.headers["authorization"].removeprefix("Bearer ")}
    zoe.delete_account()
    clock.shift(timedelta(days=8))
    list(erase_due(datetime.now(UTC)))
    left = recorded_rows()
    assert not [row for row in left if any(secret in repr(row) for secret in secrets)]
    naming = [row["thing"] for row in left if "zoe.quux" in repr(row).lower() or "zuzu" in repr(row).lower()]
    # Typed by who was not known.
    assert set(naming) == {"zoe.quux@example.com"}
    assert {row["kind"] for row in left if row["thing"] in naming} == {"address"}


THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "TransactWriteItems")
BUSY = [TransactWriteError("busy", cause=THROTTLED), Unavailable(), TimeoutError()]


@pytest.fixture(params=BUSY, ids=["throttled", "unavailable", "late"])
def busy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No event is taken."""

    def fail(_: Any) -> None:
        raise request.param

    monkeypatch.setattr(audit, "record", fail)


def test_where_nothing_can_be_recorded_the_answer_says_so(ann: str, post: Post, busy: None) -> None:
    response = enter(post)
    assert (response.status_code, response.json()["code"]) == (503, "ServiceUnavailable")


def test_a_refusal_is_one_also_where_it_cannot_be_recorded(
    ann: str, post: Post, busy: None, caplog: pytest.LogCaptureFixture
) -> None:
    for email in (EMAIL, "nobody@example.com"):
        caplog.clear()
        assert post("signin", {"email": email, "password": "wrong password"}).status_code == 401
        (line,) = [record.getMessage() for record in caplog.records if record.name == "apps.accounts.events"]
        assert line.startswith("A refused sign-in is not in the audit: ")
        assert "@" not in line


def test_a_mistake_of_ours_is_not_taken_for_a_busy_audit(ann: str, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise KeyError

    monkeypatch.setattr(audit, "record", fail)
    assert post("signin", {"email": EMAIL, "password": "wrong password"}).status_code == 500
