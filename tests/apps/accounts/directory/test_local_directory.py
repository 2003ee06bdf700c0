from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyotp
import pytest
import time_machine
from django.core import mail
from django.test import Client

from apps.accounts import personal, profiles, services
from apps.accounts.caller import NOBODY
from apps.accounts.directory import directory
from apps.accounts.directory.interface import DirectoryPage, DirectoryPerson, DirectoryQuery
from apps.accounts.directory.local import LocalDirectory
from apps.accounts.errors import (
    AccountStateRefused,
    InvalidRefreshToken,
    NoSuchPerson,
    WrongCredentials,
    WrongPassword,
)
from apps.accounts.models import DirectoryEntry
from apps.accounts.providers import provider
from apps.accounts.providers.interface import AccountFacts, Challenge, Tokens
from apps.accounts.services import create_confirmed_account
from movierec.dynamo.table import Count
from tests.apps.accounts.conftest import EMAIL, PASSWORD
from tests.apps.accounts.interruptions import Killed, killed_after, meanwhile

NOW = 1_800_000_000
Rows = Callable[[], list[dict[str, Any]]]
people = LocalDirectory()
ANN = DirectoryPerson(
    "ann-id", EMAIL, status="confirmed", enabled=True, created_at="2027-01-15T08:00:00.000Z", groups=()
)


@pytest.fixture
def ann(tables: None, cheap_scrypt: None) -> str:
    with time_machine.travel(NOW, tick=False):
        return create_confirmed_account(EMAIL, PASSWORD, "ann-id")


@pytest.fixture
def bob(tables: None, cheap_scrypt: None) -> str:
    """Waits for a code."""
    return services.sign_up(email="bob@example.com", password=PASSWORD, username="bobby")


@pytest.fixture
def many(tables: None) -> None:
    """Entries of 1,200 people, of whom every hundredth is disabled."""
    rows = [
        {
            "pk": "PEOPLE",
            "sk": f"p{number:04}@example.com",
            "userId": f"id-{number}",
            "email": f"P{number:04}@Example.com",
            "createdAt": "2027-01-15T08:00:00.000Z",
            "confirmed": True,
            **({"disabled": True} if number % 100 == 0 else {}),
        }
        for number in range(1200)
    ]
    list(DirectoryEntry.put_rows(rows))


def enter() -> Tokens:
    entered = services.sign_in(login=EMAIL, password=PASSWORD, caller=NOBODY)
    assert isinstance(entered, Tokens)
    return entered


def status(client: Client, tokens: Tokens) -> int:
    return client.get("/auth/user", headers={"authorization": f"Bearer {tokens.access}"}).status_code


def ids(page: DirectoryPage) -> list[str]:
    return [person.user_id for person in page.people]


def all_pages(asked: DirectoryQuery) -> list[DirectoryPage]:
    pages = [people.page(asked)]
    while pages[-1].after:
        pages.append(people.page(replace(asked, after=pages[-1].after)))
        assert len(pages) < 2000
    return pages


def test_it_is_the_one_of_the_local_provider(tables: None) -> None:
    assert isinstance(directory(), LocalDirectory)


class TestPages:
    def test_all_of_them_once_each_in_the_order_of_their_addresses(self, many: None, operations: list[str]) -> None:
        operations.clear()
        pages = all_pages(DirectoryQuery())
        assert operations == ["Query"] * 24
        assert [user_id for page in pages for user_id in ids(page)] == [f"id-{number}" for number in range(1200)]
        assert {(len(page.people), page.looked_at) for page in pages} == {(50, 50)}

    def test_some_are_found_by_how_their_address_begins(self, many: None, operations: list[str]) -> None:
        operations.clear()
        page = people.page(DirectoryQuery(email_prefix="P001", limit=4))
        assert (ids(page), page.after) == (["id-10", "id-11", "id-12", "id-13"], "p0013@example.com")
        page = people.page(DirectoryQuery(email_prefix="P001", limit=6, after=page.after))
        assert (ids(page), page.after) == ([f"id-{number}" for number in range(14, 20)], None)
        assert operations == ["Query"] * 2

    def test_a_selective_filter_looks_at_a_thousand_and_says_so(self, many: None, operations: list[str]) -> None:
        operations.clear()
        page = people.page(DirectoryQuery(enabled=False))
        assert operations == ["Query"] * 2
        assert ids(page) == [f"id-{number}" for number in range(0, 1000, 100)]
        assert (page.after, page.looked_at) == ("p0999@example.com", 1000)
        page = people.page(DirectoryQuery(enabled=False, after=page.after))
        assert (ids(page), page.after, page.looked_at) == (["id-1000", "id-1100"], None, 200)

    @pytest.mark.parametrize("limit", [1, 3, 12])
    def test_a_filtered_list_goes_on_where_a_page_was_full(self, many: None, limit: int) -> None:
        pages = all_pages(DirectoryQuery(enabled=False, limit=limit))
        assert [user_id for page in pages for user_id in ids(page)] == [
            f"id-{number}" for number in range(0, 1200, 100)
        ]
        assert all(len(page.people) <= limit for page in pages)

    def test_by_state(self, ann: str, bob: str) -> None:
        assert ids(people.page(DirectoryQuery(status="confirmed"))) == [ann]
        assert ids(people.page(DirectoryQuery(status="unconfirmed"))) == [bob]
        people.force_reset(ann)
        assert ids(people.page(DirectoryQuery(status="reset-required"))) == [ann]
        assert ids(people.page(DirectoryQuery(status="confirmed"))) == []

    def test_by_id(self, ann: str, bob: str, operations: list[str]) -> None:
        operations.clear()
        assert ids(people.page(DirectoryQuery(user_id=bob))) == [bob]
        assert ids(people.page(DirectoryQuery(user_id="nobody"))) == []
        assert operations == ["GetItem"] * 2
        assert ids(people.page(DirectoryQuery(user_id=bob, status="confirmed"))) == []

    def test_by_group_among_many(self, many: None, ann: str, operations: list[str]) -> None:
        people.add_to_group(ann, "ops")
        operations.clear()
        page = people.page(DirectoryQuery(group="ops"))
        assert operations == ["Query", "BatchGetItem"]
        assert [(person.user_id, person.groups) for person in page.people] == [(ann, ("ops",))]
        assert people.page(DirectoryQuery(group="support")) == DirectoryPage()
        assert ids(people.page(DirectoryQuery(group="ops", enabled=False))) == []

    def test_what_has_expired_is_not_shown(self, bob: str) -> None:
        with time_machine.travel("2030-01-01"):
            page = people.page(DirectoryQuery())
            assert (page.people, page.looked_at) == ([], 1)
            assert people.person(bob) is None
            assert people.find_by_email("bob@example.com") is None

    def test_they_are_counted_by_one_request(self, many: None, operations: list[str]) -> None:
        operations.clear()
        assert people.count() == Count(1000, more=True)
        assert operations == ["Query"]

    def test_nobody_is_nobody(self, tables: None) -> None:
        assert people.page(DirectoryQuery()) == DirectoryPage()
        assert people.count() == Count(0, more=False)


class TestOne:
    def test_what_is_known_of_a_person(self, ann: str, operations: list[str]) -> None:
        operations.clear()
        assert people.person(ann) == replace(ANN, has_totp=False)
        assert operations == ["GetItem"]
        assert people.page(DirectoryQuery()).people == [ANN]
        app = pyotp.TOTP(provider().begin_totp(ann, ""))
        provider().confirm_totp(ann, "", app.now())
        found = people.find_by_email("ANN@EXAMPLE.COM")
        assert found is not None
        assert found.has_totp

    def test_who_is_unknown(self, tables: None) -> None:
        assert people.person("nobody") is None
        assert people.find_by_email("nobody@example.com") is None
        assert people.groups_of("nobody") == ()

    @pytest.mark.parametrize("name", ["confirm", "disable", "enable", "force_reset"])
    def test_nothing_is_done_to_who_is_unknown(self, rows: Rows, name: str) -> None:
        with pytest.raises(NoSuchPerson):
            getattr(people, name)("nobody")
        assert rows() == []


class TestConfirming:
    def test_the_account_is_confirmed_for_good_and_its_code_good_for_nothing(
        self, bob: str, mailed_code: Callable[[], str], rows: Rows
    ) -> None:
        people.confirm(bob)
        (entry,) = people.page(DirectoryQuery()).people
        assert (entry.user_id, entry.status) == (bob, "confirmed")
        assert [
            row for row in rows() if row["sk"] in ("PROFILE", "ACCOUNT", "bob@example.com") and "expiresAt" in row
        ] == []
        assert isinstance(services.sign_in(login="bobby", password=PASSWORD, caller=NOBODY), Tokens)
        before = rows()
        people.confirm(bob)
        assert rows() == before
        with pytest.raises(Exception, match="does not match"):
            services.confirm(email="bob@example.com", code=mailed_code())

    def test_one_that_expired_is_gone(self, bob: str, rows: Rows) -> None:
        with time_machine.travel("2030-01-01"), pytest.raises(NoSuchPerson):
            people.confirm(bob)
        assert not [row for row in rows() if row.get("confirmed")]


class TestDisabling:
    def test_nobody_gets_in_and_whoever_is_in_is_out(self, ann: str, client: Client, rows: Rows) -> None:
        tokens = enter()
        assert status(client, tokens) == 200
        people.disable(ann)
        assert status(client, tokens) == 401
        with pytest.raises(InvalidRefreshToken):
            services.refresh(refresh_token=tokens.refresh)
        with pytest.raises(WrongCredentials):
            enter()
        with pytest.raises(WrongPassword):
            provider().check_password(ann, PASSWORD)
        (entry,) = people.page(DirectoryQuery()).people
        assert not entry.enabled
        assert not [row for row in rows() if row["sk"].startswith("SESSION#")]

    def test_enabling_lets_in_and_brings_no_session_back(self, ann: str, client: Client) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            tokens = enter()
            clock.shift(60)
            people.disable(ann)
            people.enable(ann)
            assert status(client, tokens) == 401
            with pytest.raises(InvalidRefreshToken):
                services.refresh(refresh_token=tokens.refresh)
            assert status(client, enter()) == 200
        assert people.page(DirectoryQuery()).people == [ANN]

    def test_killed_at_any_call_no_session_comes_back(self, ann: str, client: Client) -> None:
        calls, killed = 0, True
        while killed:
            tokens = enter()
            try:
                with killed_after(calls):
                    people.disable(ann)
                killed = False
            except Killed:
                calls += 1
            found = people.person(ann)
            assert found is not None
            if not found.enabled:
                people.enable(ann)
                with pytest.raises(InvalidRefreshToken):
                    services.refresh(refresh_token=tokens.refresh)
        assert calls > 2

    def test_a_sign_in_on_its_way_does_not_survive_it(self, ann: str, client: Client) -> None:
        calls, refused, happened = 0, 0, True
        while happened:
            people.enable(ann)
            tokens = None
            with meanwhile(calls, lambda: people.disable(ann)) as seen:
                try:
                    tokens = enter()
                except WrongCredentials:
                    refused += 1
            happened = len(seen) > calls
            calls += 1
            if happened and tokens:
                with pytest.raises(InvalidRefreshToken):
                    services.refresh(refresh_token=tokens.refresh)
                assert status(client, tokens) == 401
        assert refused > 0

    def test_a_second_factor_on_its_way_does_not_pass(self, ann: str) -> None:
        app = pyotp.TOTP(provider().begin_totp(ann, ""))
        provider().confirm_totp(ann, "", app.now())
        asked = provider().sign_in(EMAIL, PASSWORD)
        assert isinstance(asked, Challenge)
        people.disable(ann)
        with pytest.raises(Exception, match="too long"):
            provider().answer("SOFTWARE_TOKEN_MFA", asked.state, app.now())

    def test_right_and_wrong_passwords_are_refused_with_the_same_work(self, ann: str, operations: list[str]) -> None:
        people.disable(ann)
        work = []
        for password in (PASSWORD, "wrong password"):
            operations.clear()
            with pytest.raises(WrongCredentials):
                services.sign_in(login=EMAIL, password=password, caller=NOBODY)
            work.append(operations.copy())
        assert work[0] == work[1]

    def test_who_is_not_confirmed_is_confirmed_first(self, bob: str, rows: Rows) -> None:
        before = rows()
        for refuse in (people.disable, people.enable, people.force_reset):
            with pytest.raises(AccountStateRefused):
                refuse(bob)
        with pytest.raises(AccountStateRefused):
            people.add_to_group(bob, "ops")
        assert rows() == before


class TestForcedReset:
    def test_the_password_works_once_it_is_another(
        self, ann: str, client: Client, mailed_code: Callable[[], str]
    ) -> None:
        tokens = enter()
        mail.outbox.clear()
        people.force_reset(ann)
        (told,) = mail.outbox
        assert (told.to, told.subject) == ([EMAIL], "Your MovieRec account needs a new password")
        assert status(client, tokens) == 401
        with pytest.raises(WrongCredentials):
            enter()
        assert people.page(DirectoryQuery()).people[0].status == "reset-required"
        services.forgot(email=EMAIL)
        services.reset(email=EMAIL, code=mailed_code(), password="another good password")
        assert isinstance(
            services.sign_in(login=EMAIL, password="another good password", caller=NOBODY),
            Tokens,
        )
        assert people.page(DirectoryQuery()).people == [ANN]

    def test_a_reset_opens_no_disabled_account(self, ann: str, mailed_code: Callable[[], str]) -> None:
        people.disable(ann)
        services.forgot(email=EMAIL)
        services.reset(email=EMAIL, code=mailed_code(), password="another good password")
        with pytest.raises(WrongCredentials):
            services.sign_in(login=EMAIL, password="another good password", caller=NOBODY)


class TestGroups:
    def test_they_come_and_go(self, ann: str, rows: Rows) -> None:
        people.add_to_group(ann, "support")
        people.add_to_group(ann, "ops")
        assert people.groups_of(ann) == ("ops", "support")
        before = rows()
        people.add_to_group(ann, "ops")
        assert rows() == before
        people.remove_from_group(ann, "support")
        people.remove_from_group(ann, "support")
        assert people.groups_of(ann) == ("ops",)
        assert people.page(DirectoryQuery()).people[0].groups == ("ops",)
        assert [row["pk"] for row in rows() if row["pk"].startswith("GROUP#")] == ["GROUP#ops"]

    def test_tokens_name_them(self, ann: str) -> None:
        people.add_to_group(ann, "ops")
        assert provider().claims(enter().access).groups == ("ops",)

    def test_who_is_disabled_is_in_none(self, ann: str) -> None:
        people.add_to_group(ann, "ops")
        people.disable(ann)
        assert people.groups_of(ann) == ()
        people.enable(ann)
        assert people.groups_of(ann) == ("ops",)

    def test_a_group_that_there_is_not(self, ann: str, rows: Rows) -> None:
        before = rows()
        with pytest.raises(AccountStateRefused, match="the groups are ops and support"):
            people.add_to_group(ann, "root")
        assert rows() == before

    def test_two_at_once_lose_nothing(self, ann: str) -> None:
        with meanwhile(0, lambda: people.add_to_group(ann, "support"), "TransactWriteItems"):
            people.add_to_group(ann, "ops")
        assert people.groups_of(ann) == ("ops", "support")

    def test_an_erased_account_leaves_no_row(self, ann: str, rows: Rows) -> None:
        people.add_to_group(ann, "ops")
        personal.erase(ann)
        assert rows() == []


def test_a_name_of_the_profile_is_shown(ann: str) -> None:
    profiles.change(ann, {"username": "annie", "displayName": "<b>Ann</b>"})
    found = people.person(ann)
    assert found is not None
    assert (found.username, found.display_name) == ("annie", "<b>Ann</b>")
    assert isinstance(provider().account(ann), AccountFacts)
