"""The directory of a user pool; what is real there and what is recorded, tests.contract.pool says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts import usernames
from apps.accounts.directory import cognito
from apps.accounts.directory.cognito import CognitoDirectory
from apps.accounts.directory.interface import DirectoryPage, DirectoryQuery
from apps.accounts.errors import AccountStateRefused, InvalidRefreshToken, NoSuchPerson, WrongCredentials
from apps.accounts.providers.cognito.provider import CognitoProvider
from apps.accounts.providers.interface import Tokens
from movierec.api.errors import FieldErrors
from movierec.dynamo.table import Count
from tests.apps.accounts.interruptions import Killed, killed_after
from tests.apps.accounts.providers.cognito.loopback import Loopback, Planned, loopback, refusal
from tests.contract.pool import Pool, PoolServer

EMAIL = "Ann@Example.com"
PASSWORD = "Correct horse 1!"
Rows = Callable[[], list[dict[str, Any]]]
people = CognitoDirectory()


class TestAgainstAPool:
    pytestmark = pytest.mark.embedded

    @pytest.fixture(autouse=True)
    def groups(self, pool: Pool, server: PoolServer) -> None:
        """The groups of staff, as the templates make them."""
        for group in ("ops", "support"):
            server.aws.create_group(UserPoolId=pool.id, GroupName=group)

    @pytest.fixture
    def ann(self, identity: CognitoProvider) -> str:
        return identity.create_confirmed(EMAIL, PASSWORD, None, replace_password=False)

    @pytest.fixture
    def bob(self, identity: CognitoProvider) -> str:
        return identity.sign_up("bob@example.com", PASSWORD)

    def test_what_is_known_of_a_person(self, ann: str, bob: str) -> None:
        found = people.person(ann)
        assert found is not None
        assert (found.user_id, found.email, found.status, found.enabled) == (ann, EMAIL, "confirmed", True)
        assert (found.groups, found.has_totp) == ((), False)
        assert people.find_by_email("ann@example.com") == found
        waiting = people.person(bob)
        assert waiting is not None
        assert waiting.status == "unconfirmed"
        assert people.person("nobody") is None
        assert people.find_by_email("nobody@example.com") is None
        assert people.groups_of("nobody") == ()

    def test_an_address_is_no_id(self, identity: CognitoProvider, ann: str) -> None:
        # The pool takes it for one.
        assert people.person(EMAIL) is None
        assert identity.account(EMAIL) is None
        assert people.groups_of(EMAIL) == ()
        with pytest.raises(NoSuchPerson):
            people.disable(EMAIL)
        found = people.person(ann)
        assert found is not None
        assert found.enabled

    def test_lists(self, ann: str, bob: str, server: PoolServer) -> None:
        server.operations.clear()
        page = people.page(DirectoryQuery())
        assert {person.user_id for person in page.people} == {ann, bob}
        assert {(person.groups, person.has_totp) for person in page.people} == {(None, None)}
        assert (page.after, page.looked_at) == (None, 2)
        assert server.operations == ["ListUsers"]

    @pytest.mark.parametrize(
        "asked",
        [
            DirectoryQuery(email_prefix="bob"),
            DirectoryQuery(status="unconfirmed"),
            DirectoryQuery(email_prefix="b", status="unconfirmed", enabled=True),
        ],
    )
    def test_lists_are_narrowed(self, ann: str, bob: str, asked: DirectoryQuery) -> None:
        assert [person.user_id for person in people.page(asked).people] == [bob]
        assert people.page(replace(asked, enabled=False)).people == []

    def test_a_page_goes_on_where_the_one_before_ended(self, ann: str, bob: str) -> None:
        first = people.page(DirectoryQuery(limit=1))
        assert first.after is not None
        second = people.page(DirectoryQuery(limit=1, after=first.after))
        assert {first.people[0].user_id, second.people[0].user_id} == {ann, bob}

    def test_groups(self, ann: str, bob: str) -> None:
        people.add_to_group(ann, "support")
        people.add_to_group(ann, "ops")
        people.add_to_group(ann, "ops")
        assert people.groups_of(ann) == ("ops", "support")
        assert [person.user_id for person in people.page(DirectoryQuery(group="ops")).people] == [ann]
        people.remove_from_group(ann, "ops")
        people.remove_from_group(ann, "ops")
        assert people.groups_of(ann) == ("support",)
        people.disable(ann)
        assert people.groups_of(ann) == ()
        with pytest.raises(AccountStateRefused, match="the groups are ops and support"):
            people.add_to_group(ann, "root")
        with pytest.raises(AccountStateRefused, match="not confirmed"):
            people.add_to_group(bob, "ops")
        assert people.page(DirectoryQuery(group="root")) == DirectoryPage()

    def test_who_is_disabled_is_out_and_stays_out(self, ann: str, identity: CognitoProvider, rows: Rows) -> None:
        tokens = identity.sign_in(EMAIL, PASSWORD)
        assert isinstance(tokens, Tokens)
        people.disable(ann)
        with pytest.raises(InvalidRefreshToken):
            identity.refresh(tokens.refresh)
        assert not identity.still_proves(tokens)
        assert [(row["pk"], row["sk"]) for row in rows()] == [(f"USER#{ann}", "ENDED")]
        with pytest.raises(WrongCredentials):
            identity.sign_in(EMAIL, PASSWORD)
        people.enable(ann)
        with pytest.raises(InvalidRefreshToken):
            identity.refresh(tokens.refresh)
        assert isinstance(identity.sign_in(EMAIL, PASSWORD), Tokens)

    def test_who_is_confirmed_by_staff_signs_in(self, bob: str, identity: CognitoProvider) -> None:
        people.confirm(bob)
        assert isinstance(identity.sign_in("bob@example.com", PASSWORD), Tokens)
        identity.forgot("bob@example.com")
        assert identity.reset("bob@example.com", "654321", "Battery staple 2?") == bob

    def test_a_confirmation_that_was_stopped_is_done_again(
        self, bob: str, identity: CognitoProvider, server: PoolServer, rows: Rows
    ) -> None:
        usernames.wish("bob@example.com", "bobby")
        server.operations.clear()
        with pytest.raises(Killed), killed_after(0):
            people.confirm(bob)
        assert server.operations == ["AdminGetUser", "AdminUpdateUserAttributes", "AdminConfirmSignUp"]
        people.confirm(bob)
        assert [row["pk"] for row in rows() if row["sk"] in ("WISH", "ACCOUNT")] == ["USERNAME#bobby"]

    def test_a_forced_reset_mails_and_lets_nobody_in(
        self, ann: str, identity: CognitoProvider, server: PoolServer
    ) -> None:
        tokens = identity.sign_in(EMAIL, PASSWORD)
        assert isinstance(tokens, Tokens)
        people.force_reset(ann)
        assert [(sent.to, sent.subject) for sent in mail.outbox] == [
            ([EMAIL], "Your MovieRec account needs a new password")
        ]
        found = people.person(ann)
        assert found is not None
        assert found.status == "reset-required"
        with pytest.raises(InvalidRefreshToken):
            identity.refresh(tokens.refresh)

    @pytest.mark.parametrize("name", ["confirm", "disable", "enable", "force_reset"])
    def test_nothing_is_done_to_who_is_unknown(self, rows: Rows, name: str) -> None:
        with pytest.raises(NoSuchPerson):
            getattr(people, name)("nobody")
        with pytest.raises(NoSuchPerson):
            people.remove_from_group("nobody", "ops")
        assert rows() == []


class TestWhatIsAsked:
    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            (DirectoryQuery(), ""),
            (DirectoryQuery(email_prefix="ann"), 'email ^= "ann"'),
            (DirectoryQuery(email_prefix='a" or \\'), r'email ^= "a\" or \\"'),
            (DirectoryQuery(user_id="id-1", email_prefix="ann"), 'sub = "id-1"'),
            (DirectoryQuery(status="reset-required"), 'cognito:user_status = "RESET_REQUIRED"'),
            (DirectoryQuery(status="other"), ""),
            (DirectoryQuery(enabled=False), 'status = "Disabled"'),
            (DirectoryQuery(enabled=True), 'status = "Enabled"'),
        ],
    )
    def test_the_pool_compares_one_thing(self, asked: DirectoryQuery, expected: str) -> None:
        assert cognito._filter(asked) == expected

    @given(st.text())
    def test_no_text_ends_its_quotes(self, text: str) -> None:
        quoted = cognito._quoted(text)
        inner = quoted[1:-1].replace("\\\\", "").replace('\\"', "")
        assert '"' not in inner
        assert "\\" not in inner

    @pytest.fixture
    def server(self, settings: Any) -> Iterator[Loopback]:
        """A server in the pool's place, which answers as a test plans."""
        with loopback() as running:
            settings.AWS_ENDPOINT_URL = running.endpoint
            settings.COGNITO_USER_POOL_ID = "eu-north-1_Directory"
            yield running

    def test_what_nobody_can_have_is_not_asked_for(self, server: Loopback) -> None:
        assert people.page(DirectoryQuery(email_prefix="x" * 257)) == DirectoryPage()
        assert people.page(DirectoryQuery(email_prefix='"' * 130)) == DirectoryPage()
        assert server.asked == []

    def test_at_most_two_calls_find_what_they_find(self, server: Loopback) -> None:
        user = {
            "Attributes": [{"Name": "sub", "Value": "id-1"}, {"Name": "email", "Value": "ann@example.com"}],
            "UserStatus": "CONFIRMED",
            "Enabled": True,
            "UserCreateDate": 1_800_000_000,
        }
        server.plan = lambda _: Planned(body=json.dumps({"Users": [user] * 3, "PaginationToken": "next"}).encode())
        page = people.page(DirectoryQuery(status="other"))
        assert page == DirectoryPage([], "next", 6)
        assert server.asked == ["ListUsers"] * 2

    def test_a_place_that_the_pool_did_not_give(self, server: Loopback) -> None:
        server.plan = lambda _: refusal("InvalidParameterException", "Invalid pagination token.")
        with pytest.raises(FieldErrors, match="begin it anew"):
            people.page(DirectoryQuery(after="made up"))

    def test_a_pool_without_the_groups_of_staff(self, server: Loopback) -> None:
        server.plan = lambda _: refusal("ResourceNotFoundException", "Group not found.")
        assert people.page(DirectoryQuery(group="ops")) == DirectoryPage()

    @pytest.mark.parametrize(
        ("estimate", "expected"),
        [(0, Count(0, more=False)), (1000, Count(1000, more=False)), (1001, Count(1000, more=True))],
    )
    def test_the_pools_estimate(self, server: Loopback, estimate: int, expected: Count) -> None:
        body = {"UserPool": {"EstimatedNumberOfUsers": estimate}}
        server.plan = lambda _: Planned(body=json.dumps(body).encode())
        assert people.count() == expected
