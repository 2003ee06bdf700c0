from __future__ import annotations

from dataclasses import dataclass, replace
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.ops.switches.parts import parts
from movierec.audit import Thing, of_actor, of_thing
from movierec.dynamo.data_table import DataRow
from movierec.switches import current, forget
from movierec.switches.rows import store, stored
from movierec.switches.values import DEFAULTS, Banner, ReadOnly, Rollout, Switches
from tests.apps.ops.conftest import staff_client

BANNER = {"text": "Back at noon.", "kind": "warning"}


@pytest.fixture(autouse=True)
def unread(switches_just_read: None) -> None:
    forget()


def save(browser: Client, part: str, version: int = 0, **fields: Any) -> Any:
    return browser.post(f"/ops/switches/{part}", {"version": str(version), **fields})


def words(response: Any) -> str:
    return unescape(response.content.decode())


def test_the_page_shows_every_switch_in_two_requests(ops: Client, operations: list[str]) -> None:
    current()
    operations.clear()
    response = ops.get("/ops/switches")
    assert response.status_code == 200
    assert operations == ["UpdateItem", "GetItem"]
    page = words(response)
    for part in parts().values():
        assert f'action="/ops/switches/{part.id}"' in page
        assert f"/ops/audit?thing=settings/{part.thing}" in page
    assert "On for everybody" in page
    assert f"{settings.RATE_LIMITS['auth']:,}, as the settings say" in page


def test_support_sees_how_it_stands_and_no_form(support: Client) -> None:
    page = words(support.get("/ops/switches"))
    assert "On for everybody" in page
    assert 'action="/ops/switches/' not in page


@pytest.mark.parametrize("part", [*parts(), "no-such"])
def test_support_changes_nothing(support: Client, part: str) -> None:
    response = save(support, part, percent="0", requests="1", text="x", kind="notice", on="on", sentence="x")
    assert response.status_code == 403
    assert stored() == DEFAULTS
    assert [event.tag for event in of_actor("staff-2").events] == ["ops:page:refuse"]


@dataclass(frozen=True)
class Case:
    """What is sent to a switch, and what has to stand then in the audit and in the switches."""

    part: str
    fields: dict[str, Any]
    tag: str
    thing: str
    before: str
    after: str
    changed: dict[str, Any]


@pytest.mark.parametrize(
    "case",
    [
        Case(
            "banner",
            BANNER,
            "ops:banner:change",
            "banner",
            '{"kind":"notice","text":""}',
            '{"kind":"warning","text":"Back at noon."}',
            {"banner": Banner("Back at noon.", "warning")},
        ),
        Case(
            "read-only",
            {"on": "on", "sentence": "We are moving."},
            "ops:read-only:change",
            "read-only",
            '{"on":false,"sentence":"MovieRec can only be read at the moment; try again later."}',
            '{"on":true,"sentence":"We are moving."}',
            {"read_only": ReadOnly(on=True, sentence="We are moving.")},
        ),
        Case(
            "flag-SIGN_UPS",
            {"percent": "0"},
            "ops:flag:change",
            "SIGN_UPS",
            '{"groups":[],"percent":100}',
            '{"groups":[],"percent":0}',
            {"flags": {"SIGN_UPS": Rollout(0)}},
        ),
        Case(
            "flag-FEEDBACK",
            {"percent": "20", "groups": ["ops", "support"]},
            "ops:flag:change",
            "FEEDBACK",
            '{"groups":[],"percent":100}',
            '{"groups":["ops","support"],"percent":20}',
            {"flags": {"FEEDBACK": Rollout(20, ("ops", "support"))}},
        ),
        Case(
            "limit-auth",
            {"requests": "7"},
            "ops:limit:change",
            "limits/auth",
            '"100000, as the settings say"',
            "7",
            {"limits": {"auth": 7}},
        ),
    ],
    ids=lambda case: case.part,
)
def test_a_change_holds_and_is_in_the_audit(ops: Client, operations: list[str], case: Case) -> None:
    assert current() == DEFAULTS
    operations.clear()
    response = save(ops, case.part, reason="Tonight", **case.fields)
    assert (response.status_code, response["Location"]) == (302, f"/ops/switches?saved={case.part}")
    assert operations == ["UpdateItem", "GetItem", "TransactWriteItems", "PutItem"]
    assert current() == stored() == replace(DEFAULTS, version=1, **case.changed)
    (event,) = of_thing(Thing("settings", case.thing)).events
    assert (event.tag, event.actor, event.outcome, event.reason) == (case.tag, "staff-1", "begun", "Tonight")
    assert (event.before, event.after) == (case.before, case.after)
    assert "It holds everywhere within 20 seconds." in words(ops.get(response["Location"]))


def test_a_limit_goes_back_to_the_settings(ops: Client) -> None:
    save(ops, "limit-auth", requests="7")
    save(ops, "limit-auth", 1, requests="")
    assert stored() == Switches(version=2)


def test_what_is_the_same_is_not_stored_again(ops: Client) -> None:
    assert save(ops, "banner", text="", kind="notice").status_code == 302
    assert stored() == DEFAULTS
    assert of_actor("staff-1").events == []


@pytest.mark.parametrize(
    ("part", "fields", "problem"),
    [
        ("banner", {"text": "x" * 301, "kind": "notice"}, "Write one line of at most 300 characters."),
        ("banner", {"text": "two\nlines", "kind": "notice"}, "Write one line of at most 300 characters."),
        ("banner", {"text": "x", "kind": "alarm"}, "Choose among notice, warning."),
        ("read-only", {"on": "perhaps", "sentence": "x"}, "Choose on or off."),
        ("read-only", {"on": "on", "sentence": " "}, "Write what people are told while nothing is stored."),
        ("flag-FEEDBACK", {"percent": "101"}, "Write a whole number from 0 to 100."),
        ("flag-FEEDBACK", {"percent": "1.5"}, "Write a whole number from 0 to 100."),
        ("flag-FEEDBACK", {"percent": "²"}, "Write a whole number from 0 to 100."),
        ("flag-FEEDBACK", {}, "Write a whole number from 0 to 100."),
        ("flag-FEEDBACK", {"percent": "5", "groups": ["root"]}, "Choose among ops, support."),
        ("flag-SIGN_UPS", {"percent": "50"}, "This is on or off for all."),
        ("limit-auth", {"requests": "0"}, "Write a whole number from 1 to 100,000."),
        ("limit-auth", {"requests": "100001"}, "Write a whole number from 1 to 100,000."),
        ("limit-auth", {"requests": "-5"}, "Write a whole number from 1 to 100,000."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_stores_nothing(
    ops: Client, part: str, fields: dict[str, Any], problem: str
) -> None:
    response = save(ops, part, **fields)
    assert response.status_code == 400
    assert problem in words(response)
    assert 'role="alert"' in words(response)
    assert stored() == DEFAULTS
    assert of_actor("staff-1").events == []


@pytest.mark.parametrize("version", ["", "-1", "one", "9" * 20, "²"])
def test_a_form_without_its_version_stores_nothing(ops: Client, version: str) -> None:
    response = ops.post("/ops/switches/banner", {**BANNER, "version": version})
    assert response.status_code == 400
    assert "version: open the page again" in words(response)
    assert stored() == DEFAULTS


def test_the_slower_of_two_sees_both_and_can_save_again(ops: Client) -> None:
    other = staff_client("ops", user_id="staff-3")
    assert save(other, "banner", text="First <b>", kind="notice").status_code == 302
    response = save(ops, "banner", text="Second <i>", kind="warning", reason="mine")
    assert response.status_code == 409
    page = response.content.decode()
    assert "Notice: First &lt;b&gt;" in page
    assert 'value="Second &lt;i&gt;"' in page
    assert 'value="mine"' in page
    assert 'name="version" value="1"' in page
    assert stored().banner.text == "First <b>"
    assert of_actor("staff-1").events == []
    assert save(ops, "banner", 1, text="Second <i>", kind="warning").status_code == 302
    assert stored() == Switches(version=2, banner=Banner("Second <i>", "warning"))


def test_a_race_at_the_last_moment_loses_nothing(ops: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = replace(DEFAULTS, version=1, banner=Banner("First"))
    record = DataRow.put_row_if.__func__  # type: ignore[attr-defined]

    def after_another(cls: Any, /, row: Any, condition: Any, **options: Any) -> bool:
        monkeypatch.undo()
        assert store(first)
        return bool(record(cls, row, condition, **options))

    monkeypatch.setattr(DataRow, "put_row_if", classmethod(after_another))
    response = save(ops, "banner", text="Second", kind="notice")
    assert response.status_code == 409
    assert "Notice: First" in words(response)
    assert stored() == first
    assert [(event.tag, event.outcome) for event in of_actor("staff-1").events] == [
        ("ops:banner:change", "refused"),
        ("ops:banner:change", "begun"),
    ]


def test_names_of_another_version_of_the_service_are_kept(ops: Client) -> None:
    known = Switches(version=1, flags={"LATER": Rollout(5)}, limits={"later": 3})
    assert store(known)
    save(ops, "flag-FEEDBACK", 1, percent="0")
    assert stored() == replace(known, version=2, flags={"LATER": Rollout(5), "FEEDBACK": Rollout(0)})


def test_a_row_that_cannot_be_understood_is_said_and_replaced(ops: Client) -> None:
    DataRow.put_row({"pk": "SWITCHES", "sk": "CURRENT", "version": 4, "banner": "?"})
    page = words(ops.get("/ops/switches"))
    assert "What is stored cannot be understood" in page
    assert save(ops, "banner", 4, text="", kind="notice").status_code == 302
    assert stored() == Switches(version=5)


@pytest.mark.parametrize("version", [0, 1.5, 1e30, -3, "many", 10**16])
def test_a_row_whose_version_is_none_is_replaced_by_the_form_of_the_page(ops: Client, version: Any) -> None:
    DataRow.put_row({"pk": "SWITCHES", "sk": "CURRENT", "version": version})
    assert 'name="version" value="0"' in words(ops.get("/ops/switches"))
    assert save(ops, "banner", 0, **BANNER).status_code == 302
    assert stored() == Switches(version=1, banner=Banner("Back at noon.", "warning"))


def test_the_admin_goes_on_in_read_only_mode_and_shows_the_banner(ops: Client) -> None:
    save(ops, "read-only", on="on", sentence="We are moving.")
    assert save(ops, "banner", 1, text="<b>Noon</b>", kind="notice").status_code == 302
    assert '<p class="notice" role="status">&lt;b&gt;Noon&lt;/b&gt;</p>' in ops.get("/ops/switches").content.decode()
    assert save(ops, "read-only", 2, on="off", sentence="We are moving.").status_code == 302
    assert not current().read_only.on
