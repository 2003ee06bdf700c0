from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from apps.accounts import deletions, denials, services, sessions, usernames
from apps.accounts.caller import NOBODY
from apps.accounts.deletions import erase_due
from apps.accounts.errors import DeletionPending, InvalidRefreshToken, WrongCredentials
from apps.accounts.providers import provider
from apps.accounts.providers.interface import Tokens
from apps.accounts.providers.local.tokens import issue_access_token
from apps.accounts.services import create_confirmed_account
from tests.apps.accounts import conftest as person_ann
from tests.apps.accounts.interruptions import Killed, killed_after, meanwhile
from tests.apps.accounts.stand_in_providers import PoolProvider
from tests.apps.accounts.whole_person import (
    ADDRESS,
    EMAIL,
    PASSWORD,
    USERNAME,
    WholePerson,
    everything,
    restore,
    rows_about,
)

Rows = Callable[[], list[dict[str, Any]]]

NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
DUE = "2027-01-22T12:00:00.000Z"
WEEK = timedelta(days=7)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def zoe(clock: time_machine.Traveller, client: Client, cheap_scrypt: None) -> WholePerson:
    return WholePerson(client)


def about(rows: Rows) -> list[tuple[str, str]]:
    return [(row["pk"], row["sk"]) for row in rows() if "DELETION" in row["pk"] + row["sk"]]


# The request.


def test_the_first_request_counts(ann: str, rows: Rows, clock: time_machine.Traveller) -> None:
    assert deletions.request(ann) == DUE
    clock.shift(3600)
    assert deletions.request(ann) == DUE
    assert about(rows) == [("DELETIONS", f"{DUE}#ann-id"), ("USER#ann-id", "DELETION")]


def test_a_pending_deletion_refuses_and_can_be_taken_back(ann: str, rows: Rows, clock: time_machine.Traveller) -> None:
    before = rows()
    deletions.refuse_pending(ann)
    deletions.request(ann)
    with pytest.raises(DeletionPending) as caught:
        deletions.refuse_pending(ann)
    assert caught.value.details == [{"path": "restore", "message": f"The account is deleted after {DUE}."}]
    deletions.take_back(ann)
    deletions.refuse_pending(ann)
    assert rows() == before


def test_nothing_to_take_back_is_no_error(ann: str, operations: list[str]) -> None:
    operations.clear()
    deletions.take_back(ann)
    assert operations == ["GetItem"]


def test_the_person_asks_and_is_signed_out_everywhere(zoe: WholePerson) -> None:
    zoe.client.cookies["movierec_access"] = "old"
    mail.outbox.clear()
    body = {"password": PASSWORD, "recoveryCode": zoe.recovery_codes.pop()}
    response = zoe.send("delete", "/user", body)
    assert response.status_code == 200
    assert response.json() == {
        "message": "The account will be deleted on 2027-01-22. To keep it, sign in before then with restore: true.",
        "deletionAt": DUE,
    }
    assert response.cookies["movierec_access"].value == ""
    assert [(message.to, message.subject) for message in mail.outbox] == [
        ([EMAIL], "Your MovieRec account will be deleted")
    ]
    assert zoe.send("get", "/user/profile").status_code == 401
    assert [row for row in rows_about(zoe.user_id) if row.get("sk", "").startswith("SESSION#")] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "InvalidParameterException"),
        ({"password": "wrong password", "recoveryCode": "aaaa-aaaa-aaaa-aaaa"}, 403, "NotAuthorizedException"),
        ({"password": PASSWORD}, 403, "SecondFactorRequired"),
        ({"password": PASSWORD, "recoveryCode": "aaaa-aaaa-aaaa-aaaa"}, 400, "CodeMismatchException"),
        ({"password": PASSWORD, "code": "abcdef"}, 400, "CodeMismatchException"),
    ],
)
def test_whoever_is_not_the_owner_deletes_nothing(
    zoe: WholePerson, rows: Rows, body: Any, status: int, code: str
) -> None:
    mail.outbox.clear()
    response = zoe.send("delete", "/user", body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert about(rows) == []
    assert mail.outbox == []
    assert zoe.send("get", "/user/profile").status_code == 200


def test_only_the_person_signed_in_can_ask(client: Client) -> None:
    assert client.delete("/user").status_code == 401


def test_programs_have_nothing_to_get_here(zoe: WholePerson) -> None:
    assert zoe.send("get", "/user").status_code == 405


def test_a_browser_gets_a_form(zoe: WholePerson) -> None:
    response = zoe.client.get("/user", headers={**zoe.headers, "accept": "text/html"})
    assert response.status_code == 200
    page = response.content.decode()
    assert "Delete account" in page
    assert 'name="password"' in page


# The week.


def test_while_it_waits_a_sign_in_is_refused_and_begins_no_session(zoe: WholePerson) -> None:
    zoe.delete_account()
    zoe.headers = {}
    response = zoe.sign_in()
    assert (response.status_code, response.json()["code"]) == (403, "AccountDeletionPending")
    assert [row for row in rows_about(zoe.user_id) if row.get("sk", "").startswith("SESSION#")] == []


def test_a_sign_in_with_restore_keeps_everything(zoe: WholePerson, clock: time_machine.Traveller) -> None:
    zoe.delete_account()
    zoe.headers = {}
    clock.shift(WEEK - timedelta(minutes=1))
    response = zoe.sign_in(restore=True)
    assert response.status_code == 200
    clock.shift(WEEK)
    assert list(erase_due(datetime.now(UTC))) == []
    zoe.headers = {"authorization": f"Bearer {zoe.ok('post', '/auth/refresh', response.json())['accessToken']}"}
    assert zoe.get("/user/profile")["profile"]["username"] == USERNAME
    assert zoe.get("/user/preferences")["preferences"]["ownField"] == "kept"


# While it waits, and what was on its way when it was asked for.


def ask_of_ann() -> str:
    person = services.Person("ann-id", "", "", 0)
    return services.request_deletion(person=person, proof=services.Proof(person_ann.PASSWORD))


def enter_as_ann(*, restore: bool = False) -> Tokens:
    """A sign-in of ann's."""
    entered = services.sign_in(login=person_ann.EMAIL, password=person_ann.PASSWORD, caller=NOBODY, restore=restore)
    assert isinstance(entered, Tokens)
    return entered


def token_of(user_id: str) -> str:
    """A token that somebody got elsewhere, such as at the pool itself."""
    return issue_access_token(user_id, email=person_ann.EMAIL, session_id="begun-elsewhere")


def status(client: Client, access_token: str) -> int:
    """The answer to one who wants to store something."""
    headers = {"authorization": f"Bearer {access_token}"}
    body = {"contentType": "tv"}
    return client.post("/user/preferences", body, content_type="application/json", headers=headers).status_code


def opens(client: Client, tokens: Tokens) -> bool:
    """Whether a sign-in's tokens open the API, or get one that does."""
    try:
        renewed = [services.refresh(refresh_token=tokens.refresh).access]
    except InvalidRefreshToken:
        renewed = []
    return any(status(client, access) == 200 for access in (tokens.access, *renewed))


def test_while_it_waits_no_token_is_taken_not_even_a_younger_one(
    ann: str, client: Client, rows: Rows, clock: time_machine.Traveller
) -> None:
    tokens = enter_as_ann()
    ask_of_ann()
    before = rows()
    clock.shift(3600)
    assert (status(client, tokens.access), status(client, token_of(ann))) == (401, 401)
    with pytest.raises(InvalidRefreshToken):
        services.refresh(refresh_token=tokens.refresh)
    assert rows() == before


def test_once_taken_back_the_same_process_lets_in_at_once(ann: str, client: Client) -> None:
    old = enter_as_ann()
    ask_of_ann()
    elsewhere = token_of(ann)
    assert (status(client, old.access), status(client, elsewhere)) == (401, 401)
    restored = enter_as_ann(restore=True)
    assert (status(client, restored.access), status(client, elsewhere)) == (200, 200)
    assert not opens(client, old)


def test_a_sign_in_on_its_way_does_not_survive_the_request(
    ann: str, client: Client, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot, calls, refused, happened = everything(), 0, 0, True
    while happened:
        restore(snapshot)
        monkeypatch.setattr(denials, "cache", denials.Cache())
        tokens = None
        with meanwhile(calls, ask_of_ann) as seen:
            try:
                tokens = enter_as_ann()
            except DeletionPending:
                refused += 1
        happened = len(seen) > calls
        calls += 1
        if happened:
            assert sessions.listed(ann) == []
            assert tokens is None or not opens(client, tokens)
            deletions.take_back(ann)
            assert tokens is None or not opens(client, tokens)
    assert 0 < refused < calls


def test_a_request_that_dies_once_it_is_noted_leaves_nobody_in(
    ann: str, client: Client, rows: Rows, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = enter_as_ann()
    clock.shift(60)
    snapshot, calls, done, found = everything(), 0, False, []
    while not done:
        restore(snapshot)
        monkeypatch.setattr(denials, "cache", denials.Cache())
        try:
            with killed_after(calls):
                ask_of_ann()
            done = True
        except Killed:
            calls += 1
        noted = about(rows) != []
        assert opens(client, tokens) is not noted
        assert (status(client, token_of(ann)) == 200) is not noted
        found.append(noted)
    assert {True, False} == set(found)
    assert found == sorted(found)


def test_what_was_erased_meanwhile_is_not_taken_back(ann: str, clock: time_machine.Traveller) -> None:
    ask_of_ann()

    def erase() -> None:
        assert list(erase_due(NOW + WEEK)) == [ann]

    with meanwhile(0, erase, "TransactWriteItems"), pytest.raises(WrongCredentials):
        deletions.take_back(ann)
    assert rows_about(ann, person_ann.EMAIL) == []


# The job.


def test_nothing_is_erased_before_its_time(zoe: WholePerson, clock: time_machine.Traveller) -> None:
    zoe.delete_account()
    before = everything()
    assert list(erase_due(NOW + WEEK - timedelta(milliseconds=1))) == []
    assert everything() == before


def test_on_its_day_no_row_of_the_person_is_left_in_any_table(zoe: WholePerson) -> None:
    zoe.delete_account()
    assert len(rows_about(zoe.user_id, ADDRESS, USERNAME)) > 30
    assert list(erase_due(NOW + WEEK)) == [zoe.user_id]
    assert rows_about(zoe.user_id, ADDRESS, USERNAME) == []
    assert list(erase_due(NOW + WEEK)) == []


def test_of_other_people_every_row_stays(client: Client, cheap_scrypt: None, clock: time_machine.Traveller) -> None:
    create_confirmed_account("ann@example.com", PASSWORD, "ann-id")
    create_confirmed_account("zoe@example.com", PASSWORD, "zo")
    before = everything()
    zoe = WholePerson(client)
    zoe.delete_account()
    list(erase_due(NOW + WEEK))
    left = {
        name: [row for row in rows if not row.get("pk", "").startswith(("RATE#", "IDEMPOTENCY#", "AUDIT#"))]
        for name, rows in everything().items()
    }
    assert left == before


def test_everyone_who_is_due_is_erased_and_nobody_else(
    tables: None, cheap_scrypt: None, clock: time_machine.Traveller
) -> None:
    for number in range(30):
        address = f"p{number}@example.com"
        deletions.request(create_confirmed_account(address, PASSWORD, f"person-{number:02}"))
        clock.shift(60)
    erased = list(erase_due(NOW + WEEK + timedelta(minutes=24)))
    assert erased == [f"person-{number:02}" for number in range(25)]
    assert rows_about("person-24") == []
    assert len(rows_about("person-25")) == 5


def test_a_deletion_taken_back_just_before_the_job_comes_to_it_is_left_alone(
    tables: None, cheap_scrypt: None, clock: time_machine.Traveller
) -> None:
    for name in ("ann", "bob"):
        deletions.request(create_confirmed_account(f"{name}@example.com", PASSWORD, name))
        clock.shift(1)
    job = erase_due(NOW + WEEK + timedelta(hours=1))
    # By now the job has read both.
    assert next(job) == "ann"
    deletions.take_back("bob")
    kept = rows_about("bob")
    assert list(job) == []
    assert rows_about("bob") == kept
    assert len(kept) == 3


def test_an_erasure_that_has_begun_cannot_be_taken_back(zoe: WholePerson, clock: time_machine.Traveller) -> None:
    zoe.delete_account()
    with pytest.raises(Killed), killed_after(3):
        list(erase_due(NOW + WEEK))
    with pytest.raises(WrongCredentials):
        deletions.take_back(zoe.user_id)
    with pytest.raises(DeletionPending):
        deletions.refuse_pending(zoe.user_id)
    assert list(erase_due(NOW + WEEK)) == [zoe.user_id]


def erased_within(calls: int) -> bool:
    """Runs the job with so many calls to DynamoDB; False when it was killed."""
    try:
        with killed_after(calls):
            list(erase_due(NOW + WEEK))
    except Killed:
        return False
    return True


def test_killed_at_any_call_the_next_run_leaves_nothing(zoe: WholePerson) -> None:
    zoe.delete_account()
    snapshot = everything()
    calls = 0
    while not erased_within(calls):
        assert list(erase_due(NOW + WEEK)) == [zoe.user_id]
        assert rows_about(zoe.user_id, ADDRESS, USERNAME) == []
        restore(snapshot)
        calls += 1
    assert rows_about(zoe.user_id, ADDRESS, USERNAME) == []
    assert calls > 20


def test_whoever_registers_the_address_while_the_job_is_down_loses_nothing(zoe: WholePerson) -> None:
    zoe.delete_account()
    snapshot = everything()
    calls = registered = 0
    while not erased_within(calls):
        new_id = zoe.ok("post", "/auth/signup", {"email": EMAIL, "password": PASSWORD, "username": "newcomer"})[
            "userSub"
        ]
        # While the address is still Zoe's, nobody gets it.
        free = rows_about(new_id) != []
        kept = [row for row in rows_about(new_id, ADDRESS) if row.get("email") != EMAIL or new_id in repr(row)]
        assert list(erase_due(NOW + WEEK)) == [zoe.user_id]
        assert rows_about(zoe.user_id) == []
        assert rows_about(new_id, ADDRESS) == (kept if free else [])
        registered += free
        restore(snapshot)
        calls += 1
    assert 3 < registered < calls


# Accounts of a pool.


@pytest.fixture
def pool(tables: None, clock: time_machine.Traveller, settings: Any) -> Iterator[dict[str, str]]:
    """The accounts of a pool, by user id, one of which is to be deleted."""
    settings.IDENTITY_PROVIDER = "cognito"
    settings.IDENTITY_PROVIDERS = {"cognito": "tests.apps.accounts.stand_in_providers.PoolProvider"}
    provider.cache_clear()
    accounts = PoolProvider.pool
    accounts["pool-id"] = EMAIL
    usernames.claim("pool-id", EMAIL, USERNAME)
    usernames.wish(EMAIL, "wanted")
    deletions.request("pool-id")
    yield accounts
    accounts.clear()
    provider.cache_clear()


def test_of_a_person_of_a_pool_nothing_is_left_either(pool: dict[str, str]) -> None:
    assert list(erase_due(NOW + WEEK)) == ["pool-id"]
    assert pool == {}
    assert rows_about("pool-id", ADDRESS, USERNAME) == []


def test_killed_at_any_call_the_next_run_ends_it_for_a_pool_too(pool: dict[str, str]) -> None:
    snapshot = everything()
    calls = 0
    while not erased_within(calls):
        list(erase_due(NOW + WEEK))
        assert pool == {}
        assert rows_about("pool-id", ADDRESS, USERNAME) == []
        restore(snapshot)
        pool["pool-id"] = EMAIL
        calls += 1
    assert calls > 10


def test_an_address_registered_anew_at_the_pool_keeps_its_rows(pool: dict[str, str]) -> None:
    snapshot = everything()
    calls = registered = 0
    while not erased_within(calls):
        free = "pool-id" not in pool
        if free:
            pool["new-id"] = EMAIL
            usernames.wish(EMAIL, "newcomer")
        list(erase_due(NOW + WEEK))
        assert [row["username"] for row in rows_about(ADDRESS)] == (["newcomer"] if free else [])
        registered += free
        restore(snapshot)
        pool.clear()
        pool["pool-id"] = EMAIL
        calls += 1
    assert 3 < registered < calls


# Tokens of whom nothing is left.


def gone(rows: Rows) -> list[dict[str, Any]]:
    return [row for row in rows() if row["pk"].startswith("GONE#")]


def test_a_token_of_an_erased_person_of_a_pool_writes_nothing(
    pool: dict[str, str],
    client: Client,
    rows: Rows,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.shift(WEEK - timedelta(minutes=30))
    token = token_of("pool-id")
    clock.shift(timedelta(minutes=30))
    assert list(erase_due(NOW + WEEK)) == ["pool-id"]
    erased = rows()
    for cache in (denials.cache, denials.Cache()):
        monkeypatch.setattr(denials, "cache", cache)
        assert status(client, token) == 401
        assert rows() == erased
    assert rows_about("pool-id", ADDRESS, USERNAME) == []


def test_what_refuses_it_names_nobody_and_goes_with_the_last_token(pool: dict[str, str], rows: Rows) -> None:
    list(erase_due(NOW + WEEK))
    (row,) = gone(rows)
    now = int(NOW.timestamp())
    assert re.fullmatch("GONE#[0-9a-f]{64}", row.pop("pk"))
    # A day, the longest life of any token that is taken, and the leeway.
    assert row == {"sk": "ENDED", "before": now, "expiresAt": now + 24 * 3600 + 60}


def test_the_row_of_one_person_is_not_that_of_another(tables: None) -> None:
    assert len({denials.gone_pk(user_id) for user_id in ("pool-id", "Pool-id", "pool-i", "")}) == 4


def test_a_killed_erasure_lets_nobody_in(
    pool: dict[str, str], client: Client, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, snapshot, calls, done = token_of("pool-id"), everything(), 0, False
    clock.shift(60)
    while not done:
        monkeypatch.setattr(denials, "cache", denials.Cache())
        done = erased_within(calls)
        assert status(client, token) == 401
        restore(snapshot)
        pool["pool-id"] = EMAIL
        calls += 1
    assert calls > 10


def test_the_local_provider_needs_no_such_row(zoe: WholePerson, rows: Rows) -> None:
    zoe.delete_account()
    list(erase_due(NOW + WEEK))
    assert gone(rows) == []
