"""What staff take away is gone wherever the deed was stopped; what they began can be done again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts import deletions, pending, staff_sessions, usernames
from apps.accounts.directory import directory
from apps.accounts.services import sign_up
from apps.ops.console.audited import Refused
from apps.ops.console.staff import Staff
from apps.ops.people import services
from movierec.api.errors import Unavailable
from movierec.audit import Thing, of_thing
from movierec.dynamo.data_table import DataRow
from tests.apps.accounts.interruptions import Killed, killed_after, meanwhile
from tests.apps.ops.conftest import staff_client
from tests.apps.ops.people.conftest import ANN, PASSWORD

STAFF = Staff("staff-1", "staff@example.com", ("ops",), "session", "192.0.2.1")
DEEDS: dict[str, Callable[[str], str]] = {
    "disable": lambda user_id: services.disable(STAFF, user_id, "A test."),
    "force reset": lambda user_id: services.force_reset(STAFF, user_id, "A test."),
    "leave ops": lambda user_id: services.remove_from_group(STAFF, user_id, "ops", "A test."),
    "delete": lambda user_id: services.delete(STAFF, user_id, "A test."),
}


@pytest.fixture
def ann_of_ops(employed: str, ann: str) -> str:
    """The user id of a member of ops who is signed in to the admin."""
    directory().add_to_group(ann, "ops")
    staff_client("ops", user_id=ann, email=ANN)
    return ann


def has_powers(user_id: str) -> bool:
    """Whether an account may do all in the admin once it signs in."""
    person = directory().person(user_id)
    assert person
    try:
        deletions.refuse_pending(user_id)
    except deletions.DeletionPending:
        return False
    return person.enabled and person.status == "confirmed" and "ops" in (person.groups or ())


@pytest.mark.parametrize("deed", DEEDS)
def test_killed_at_any_call_no_session_has_the_powers_of_before(ann_of_ops: str, deed: str) -> None:
    before, calls, killed, taken = list(DataRow.scan_rows()), 0, True, 0
    while killed:
        DataRow.delete_rows(DataRow.scan_rows())
        list(DataRow.put_rows(before))
        try:
            with killed_after(calls):
                DEEDS[deed](ann_of_ops)
            killed = False
        except Killed:
            calls += 1
        if not has_powers(ann_of_ops):
            assert staff_sessions.listed() == []
            taken += 1
    # Killed between the change and its end, too.
    assert taken > 1


@pytest.mark.parametrize("deed", DEEDS)
def test_a_session_that_begins_before_the_change_ends_after_it(ann_of_ops: str, deed: str) -> None:
    def begin() -> None:
        staff_client("ops", user_id=ann_of_ops, email=ANN)
        assert len(staff_sessions.listed()) == 1

    # The first transaction is the audit's.
    with meanwhile(1, begin, "TransactWriteItems"):
        DEEDS[deed](ann_of_ops)
    assert staff_sessions.listed() == []


def test_it_ends_also_where_what_follows_the_change_fails(ann_of_ops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        staff_client("ops", user_id=ann_of_ops, email=ANN)
        raise Unavailable

    monkeypatch.setattr("apps.accounts.mails.tell_reset_required", fail)
    with pytest.raises(Unavailable):
        DEEDS["force reset"](ann_of_ops)
    assert staff_sessions.listed() == []


def test_who_lost_ops_meanwhile_is_refused_in_words_and_in_the_audit(ann_of_ops: str, employed: str) -> None:
    directory().remove_from_group(employed, "ops")
    for deed in ("disable", "leave ops"):
        with pytest.raises(Refused, match="not a member of ops any more"):
            DEEDS[deed](ann_of_ops)
        newest = of_thing(Thing("person", ann_of_ops)).events[0]
        assert (newest.actor, newest.outcome) == ("staff-1", "refused")
    assert directory().groups_of(ann_of_ops) == ("ops",)


class TestConfirming:
    @pytest.fixture
    def bob(self, tables: None, cheap_scrypt: None) -> str:
        return sign_up(email="bob@example.com", password=PASSWORD, username="bobby")

    def test_killed_at_any_call_it_is_done_again(self, bob: str) -> None:
        before, calls, killed, again = list(DataRow.scan_rows()), 0, True, 0
        while killed:
            DataRow.delete_rows(DataRow.scan_rows())
            list(DataRow.put_rows(before))
            try:
                with killed_after(calls):
                    services.confirm(STAFF, bob, "A test.")
                killed = False
            except Killed:
                calls += 1
                try:
                    services.confirm(STAFF, bob, "A test.")
                except Refused:
                    again += 1
            person = directory().person(bob)
            assert person
            assert (person.status, person.username) == ("confirmed", "bobby")
            assert not pending.is_password("bob@example.com", PASSWORD)
            assert DataRow.get_row("EMAIL#bob@example.com", "WISH") is None
        assert again > 1

    def test_a_name_that_was_chosen_meanwhile_stays(self, bob: str) -> None:
        with pytest.raises(Killed), killed_after(4):
            services.confirm(STAFF, bob, "A test.")
        usernames.claim(bob, "bob@example.com", "robert")
        with pytest.raises(Refused):
            services.confirm(STAFF, bob, "A test.")
        person = directory().person(bob)
        assert person
        assert person.username == "robert"
        assert DataRow.get_row("USERNAME#bobby", "ACCOUNT") is None

    def test_what_a_stranger_asked_for_an_account_is_not_granted(self, ann: str) -> None:
        sign_up(email=ANN, password=PASSWORD, username="strangers")
        with pytest.raises(Refused, match="needs no confirmation"):
            services.confirm(STAFF, ann, "A test.")
        person = directory().person(ann)
        assert person
        assert person.username == ""
