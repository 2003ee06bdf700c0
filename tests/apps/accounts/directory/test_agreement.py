"""What lists accounts agrees with the accounts, whatever comes between and wherever a process is killed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from apps.accounts import deletions, services
from apps.accounts.directory.local import LocalDirectory
from apps.accounts.emails import address_of
from apps.accounts.errors import AccountStateRefused, NoSuchPerson
from apps.accounts.providers import provider
from apps.accounts.providers.local import registrations
from apps.accounts.services import create_confirmed_account
from movierec.api.errors import ApiError
from movierec.dynamo.data_table import DataRow
from tests.apps.accounts.conftest import EMAIL, PASSWORD
from tests.apps.accounts.interruptions import Killed, killed_after, meanwhile

EMAILS = (EMAIL, "ben@example.com")
people = LocalDirectory()
Rows = Callable[[], list[dict[str, Any]]]
Deed = Callable[[str], object]


def erase_due() -> list[str]:
    return list(deletions.erase_due(datetime.now(UTC) + timedelta(days=8)))


def of_now(email: str) -> str:
    found = registrations.find_stored(address_of(email))
    return found.user_id if found else "nobody"


def erase(email: str) -> None:
    deletions.request(of_now(email))
    erase_due()


DEEDS: dict[str, Deed] = {
    "sign up": lambda email: services.sign_up(email=email, password=PASSWORD, username="name"),
    "create": lambda email: create_confirmed_account(email, PASSWORD),
    "confirm": lambda email: people.confirm(of_now(email)),
    "disable": lambda email: people.disable(of_now(email)),
    "enable": lambda email: people.enable(of_now(email)),
    "force reset": lambda email: people.force_reset(of_now(email)),
    "join ops": lambda email: people.add_to_group(of_now(email), "ops"),
    "join support": lambda email: people.add_to_group(of_now(email), "support"),
    "leave ops": lambda email: people.remove_from_group(of_now(email), "ops"),
    "erase": erase,
}
# Those of staff to one account.
BY_ID: dict[str, Deed] = {
    "disable": people.disable,
    "enable": people.enable,
    "force reset": people.force_reset,
    "join ops": lambda user_id: people.add_to_group(user_id, "ops"),
    "leave ops": lambda user_id: people.remove_from_group(user_id, "ops"),
}


def disagreements(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What stands in the list that the accounts do not say, and the other way round."""
    accounts = {
        (address_of(row["email"]), row["pk"].removeprefix("USER#")): row for row in rows if row["sk"] == "PROFILE"
    }
    entries = {(row["sk"], row["userId"]): row for row in rows if row["pk"] == "PEOPLE"}
    members = {(row["pk"].removeprefix("GROUP#"), row["sk"], row["userId"]) for row in rows if "GROUP#" in row["pk"]}
    of_accounts = {(group, *key) for key, row in accounts.items() for group in row.get("groups") or ()}
    other = [("members", str(each)) for each in members ^ of_accounts]
    other += [("entries", str(each)) for each in accounts.keys() ^ entries.keys()]
    for key in accounts.keys() & entries.keys():
        for name in ("email", "createdAt", "confirmed", "disabled", "resetRequired", "groups", "expiresAt"):
            if (accounts[key].get(name) or None) != (entries[key].get(name) or None):
                other.append((name, str(key)))
    return other


Step = tuple[str, str, int, str, str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(list(DEEDS)),
        st.sampled_from(EMAILS),
        st.integers(0, 12),
        st.sampled_from(list(DEEDS)),
        st.sampled_from(EMAILS),
        st.integers(0, 40),
    ),
    min_size=2,
    max_size=6,
)


@given(steps=STEPS)
@given_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_entries_and_accounts_agree_after_any_deeds_at_once_and_any_kill(
    rows: Rows, cheap_scrypt: None, steps: list[Step]
) -> None:
    DataRow.delete_rows(DataRow.scan_rows())
    create_confirmed_account(EMAIL, PASSWORD)
    for deed, email, calls, other, others_email, life in steps:

        def come_between(other: str = other, others_email: str = others_email) -> None:
            with suppress(ApiError):
                DEEDS[other](others_email)

        with suppress(ApiError, Killed), killed_after(life), meanwhile(calls, come_between):
            DEEDS[deed](email)
        assert disagreements(rows()) == []
    erase_due()
    assert disagreements(rows()) == []


@pytest.mark.parametrize("deed", BY_ID)
def test_a_deed_in_the_midst_of_an_erasure_lists_nobody_anew(
    rows: Rows, cheap_scrypt: None, settings: Any, deed: str
) -> None:
    # What other apps have of a person, and counters, are not what this is about.
    settings.PERSONAL_DATA, settings.RATE_LIMITS = ["apps.accounts.personal"], {}
    calls, happened = 0, True
    while happened:
        user_id = create_confirmed_account(EMAIL, PASSWORD, f"ann-{calls}")
        people.add_to_group(user_id, "support")
        people.add_to_group(user_id, "ops" if deed == "leave ops" else "support")

        def come_between(user_id: str = user_id) -> None:
            with suppress(ApiError):
                BY_ID[deed](user_id)

        deletions.request(user_id)
        with meanwhile(calls, come_between) as seen:
            assert erase_due() == [user_id]
        happened = len(seen) > calls
        calls += 1
        assert [
            row for row in rows() if row["pk"].startswith(("PEOPLE", "GROUP#")) or "ann@example.com" in str(row)
        ] == []
        with pytest.raises(NoSuchPerson):
            BY_ID[deed](user_id)
    assert calls > 10


def test_an_erasure_leaves_what_lists_the_next_owner_of_the_address(rows: Rows, cheap_scrypt: None) -> None:
    old = create_confirmed_account(EMAIL, PASSWORD, "old")
    people.add_to_group(old, "ops")
    DataRow.delete_rows([row for row in rows() if row["pk"] in ("EMAIL#ann@example.com", "GROUP#ops")])
    new = create_confirmed_account(EMAIL, PASSWORD, "new")
    people.add_to_group(new, "ops")
    kept = [row for row in rows() if row["pk"] != "USER#old"]
    with pytest.raises(NoSuchPerson):
        people.force_reset(old)
    provider().delete(old)
    assert rows() == kept


class TestTwoOfOps:
    """Who shut each other out."""

    @pytest.fixture
    def both(self, tables: None, cheap_scrypt: None) -> tuple[str, str]:
        ids = tuple(create_confirmed_account(f"{name}@example.com", PASSWORD, name) for name in ("ann", "ben"))
        for user_id in ids:
            people.add_to_group(user_id, "ops")
        return ids[0], ids[1]

    @pytest.mark.parametrize("deed", ["remove", "disable"])
    @pytest.mark.parametrize("others", ["remove", "disable"])
    def test_at_the_same_moment_one_stays(self, both: tuple[str, str], rows: Rows, deed: str, others: str) -> None:
        ann, ben = both

        def shut_out(deed: str, user_id: str, by: str) -> bool:
            try:
                if deed == "remove":
                    people.remove_from_group(user_id, "ops", by=by)
                else:
                    people.disable(user_id, by=by)
            except AccountStateRefused:
                return False
            return True

        bens: list[bool] = []
        before, calls, happened, lost = rows(), 0, True, 0
        while happened:
            DataRow.delete_rows(rows())
            list(DataRow.put_rows(before))
            bens.clear()
            with meanwhile(calls, lambda: bens.append(shut_out(others, ann, ben))) as seen:
                anns = shut_out(deed, ben, ann)
            happened = len(seen) > calls
            calls += 1
            assert [anns, *bens].count(True) == 1
            assert {people.groups_of(ann), people.groups_of(ben)} == {("ops",), ()}
            lost += not anns
        assert 0 < lost < calls

    @pytest.mark.parametrize("state", ["no account", "not of ops", "disabled"])
    def test_who_is_of_ops_no_more_shuts_nobody_of_ops_out(self, both: tuple[str, str], rows: Rows, state: str) -> None:
        ann, ben = both
        {
            "no account": provider().delete,
            "not of ops": lambda user_id: people.remove_from_group(user_id, "ops"),
            "disabled": people.disable,
        }[state](ben)
        before = rows()
        for refused in (lambda: people.remove_from_group(ann, "ops", by=ben), lambda: people.disable(ann, by=ben)):
            with pytest.raises(AccountStateRefused, match="not a member of ops any more"):
                refused()
        assert rows() == before

    def test_of_who_is_not_of_ops_nothing_is_asked(self, both: tuple[str, str]) -> None:
        people.remove_from_group(both[0], "ops")
        people.add_to_group(both[0], "support")
        people.remove_from_group(both[0], "support", by="nobody")
        people.disable(both[0], by="nobody")
        assert people.groups_of(both[0]) == ()
