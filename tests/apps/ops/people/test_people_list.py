from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.accounts.directory import directory, entries
from apps.accounts.models import DirectoryEntry, GroupMember, group_pk
from apps.accounts.services import create_confirmed_account
from movierec.dynamo.table import Row
from tests.apps.ops.people.conftest import ANN, does, groups_of

MANY = 3_000


@pytest.fixture
def many(tables: None) -> int:
    """So many accounts: every third is not confirmed, and one in a hundred is disabled and of support."""
    list(DirectoryEntry.put_rows(map(_entry, range(MANY))))
    members = [{"pk": group_pk("support"), "sk": _email(i), "userId": f"user-{i}"} for i in range(0, MANY, 100)]
    list(GroupMember.put_rows(members))
    return MANY


def _email(number: int) -> str:
    return f"person{number:05}@example.com"


def _entry(number: int) -> Row:
    account = {
        "email": _email(number),
        "createdAt": "2026-05-01T09:30:00.000Z",
        "confirmed": number % 3 != 0,
        **({"disabled": True, "groups": ["support"]} if number % 100 == 0 else {}),
    }
    row: Row = entries.new_entry(f"user-{number}", account).to_simple_dict()
    return row


def people_in(response: Any) -> list[str]:
    assert response.status_code == 200, response.content.decode()
    return re.findall(r"<bdi>([^<]+@example.com)</bdi>", response.content.decode())


def next_page(response: Any) -> str | None:
    found = re.search(r'href="(\?[^"]+)" rel="next"', response.content.decode())
    return found[1].replace("&amp;", "&") if found else None


def test_people_are_listed_by_their_addresses_with_an_honest_count(
    ops: Client, many: int, operations: list[str]
) -> None:
    operations.clear()
    response = ops.get("/ops/people")
    assert operations == ["UpdateItem", "Query", "Query"]
    assert people_in(response) == [_email(i) for i in range(50)]
    text = response.content.decode()
    assert "more than 1,000 accounts" in text
    assert "<td>2026-05-01 09:30</td>" in text


def walked(ops: Client, operations: list[str], *, pages: int) -> list[str]:
    """The people of so many pages from the first on, each of which costs the same."""
    seen: list[str] = []
    address: str | None = ""
    for _ in range(pages):
        operations.clear()
        response = ops.get(f"/ops/people{address}")
        assert operations == ["UpdateItem", "Query", "Query"]
        seen += people_in(response)
        address = next_page(response)
    assert (address is None) == (len(seen) < 50 * pages)
    return seen


def test_pages_follow_one_another_and_cost_the_same(ops: Client, many: int, operations: list[str]) -> None:
    assert walked(ops, operations, pages=5) == [_email(i) for i in range(250)]


def test_every_person_is_on_one_page(ops: Client, tables: None, operations: list[str]) -> None:
    list(DirectoryEntry.put_rows(map(_entry, range(101))))
    assert walked(ops, operations, pages=3) == [_email(i) for i in range(101)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=person0012", [f"person0012{i}@example.com" for i in range(10)]),
        ("q=PERSON00120", ["person00120@example.com"]),
        ("q=person00120@example.com", ["person00120@example.com"]),
        ("q=%20person00120%20", ["person00120@example.com"]),
        ("q=nobody", []),
        ("q=person00120&status=confirmed", []),
        ("q=person00121&status=confirmed&state=enabled", ["person00121@example.com"]),
        ("group=support&q=person001", ["person00100@example.com"]),
    ],
)
def test_people_are_found_by_the_beginning_of_their_address_and_by_filters(
    ops: Client, many: int, operations: list[str], query: str, found: list[str]
) -> None:
    operations.clear()
    assert people_in(ops.get(f"/ops/people?{query}")) == found
    assert len(operations) <= 3


def test_filters_survive_paging_and_are_told_in_the_form(ops: Client, many: int, operations: list[str]) -> None:
    first = ops.get("/ops/people?q=person&status=unconfirmed")
    second = next_page(first)
    assert second is not None
    operations.clear()
    response = ops.get(f"/ops/people{second}")
    assert operations == ["UpdateItem", "Query"]
    assert people_in(response) == [_email(i) for i in range(150, 300, 3)]
    text = response.content.decode()
    assert '<option value="unconfirmed" selected>' in text
    assert 'name="q" value="person"' in text
    assert 'href="?q=person&amp;status=unconfirmed">First page</a>' in text
    assert "1,000 accounts" not in text


def test_a_filter_that_few_pass_looks_at_a_thousand_accounts_and_says_so(
    ops: Client, many: int, operations: list[str]
) -> None:
    operations.clear()
    response = ops.get("/ops/people?state=disabled")
    assert operations == ["UpdateItem", "Query", "Query"]
    assert people_in(response) == [_email(i) for i in range(0, 1_000, 100)]
    assert "Looked through 1000 accounts; there may be more." in response.content.decode()
    further = ops.get(f"/ops/people{next_page(response)}")
    assert people_in(further) == [_email(i) for i in range(1_000, 2_000, 100)]


def test_a_group_is_listed_by_its_members(ops: Client, many: int, operations: list[str]) -> None:
    operations.clear()
    response = ops.get("/ops/people?group=support")
    assert operations == ["UpdateItem", "Query", "BatchGetItem"]
    assert people_in(response) == [_email(i) for i in range(0, MANY, 100)]


def test_a_person_is_found_by_the_id_whatever_its_form(ops: Client, ann: str, operations: list[str]) -> None:
    operations.clear()
    assert people_in(ops.get("/ops/people?q=ann-id")) == [ANN]
    assert operations == ["UpdateItem", "Query", "GetItem"]


def test_a_person_is_found_by_a_uuid_at_once(ops: Client, cheap_scrypt: None, operations: list[str]) -> None:
    user_id = create_confirmed_account("una@example.com", "correct horse battery")
    assert str(UUID(user_id)) == user_id
    operations.clear()
    assert people_in(ops.get(f"/ops/people?q={user_id}")) == ["una@example.com"]
    assert operations == ["UpdateItem", "GetItem"]


@pytest.mark.parametrize("query", ["status=mad", "group=admins", "state=x", "cursor=%FF", "cursor=W10"])
def test_what_no_page_offers_is_refused(ops: Client, many: int, query: str) -> None:
    response = ops.get(f"/ops/people?{query}")
    assert response.status_code == 400
    assert query.partition("=")[0] in response.content.decode()


def test_support_sees_the_list_and_no_deeds(support: Client, many: int) -> None:
    response = support.get("/ops/people?q=person00001")
    assert people_in(response) == ["person00001@example.com"]
    assert 'name="ticked"' not in response.content.decode()
    assert 'name="deed"' not in response.content.decode()


def test_deeds_are_asked_back_and_act_on_what_is_ticked_and_nothing_else(
    ops: Client, ann: str, ben: str, stored: Callable[[], Any]
) -> None:
    before = stored()
    asked = ops.post("/ops/people/deeds", {"deed": "join-support", "ticked": [ann], "back": "/ops/people?q=a"})
    text = asked.content.decode()
    assert (asked.status_code, stored()) == (200, before)
    assert f"<li>{ANN}</li>" in text
    assert "ben@example.com" not in text
    assert 'href="/ops/people?q=a"' in text
    done = does(ops, "join-support", ann)
    assert '<span class="mark done">done</span>' in done.content.decode()
    assert (groups_of(ann), groups_of(ben)) == (("support",), ())


def test_asking_back_costs_two_requests_however_many_are_ticked(
    ops: Client, ann: str, ben: str, operations: list[str]
) -> None:
    operations.clear()
    ops.post("/ops/people/deeds", {"deed": "disable", "ticked": [ann, ben]})
    assert operations == ["UpdateItem", "BatchGetItem"]


def test_of_many_each_gets_a_line_of_its_own(ops: Client, ann: str, ben: str) -> None:
    directory().disable(ben)
    text = does(ops, "enable", ann, ben, "nobody").content.decode()
    assert text.count('class="mark done"') == 1
    assert text.count('class="mark refused"') == 2
    assert "This account is not disabled." in text
    assert "There is no account with this id." in text
