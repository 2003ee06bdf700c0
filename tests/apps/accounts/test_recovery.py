from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from apps.accounts import recovery
from apps.accounts.errors import CodeMismatch
from movierec.api.errors import Unavailable

Rows = Callable[[], list[dict[str, Any]]]


def test_ten_different_codes_of_80_bits(tables: None) -> None:
    codes = recovery.replace("ann-id")
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", code) for code in codes)
    assert recovery.left("ann-id") == 10


def test_only_hashes_are_stored(tables: None, rows: Rows) -> None:
    codes = recovery.replace("ann-id")
    hashes = {sha256(code.replace("-", "").encode()).hexdigest() for code in codes}
    assert {(row["pk"], row["sk"]) for row in rows()} == {("USER#ann-id", f"RECOVERY#{digest}") for digest in hashes}
    assert {frozenset(row) for row in rows()} == {frozenset({"pk", "sk"})}


def test_a_code_is_good_once_and_for_its_owner(tables: None) -> None:
    first, *others = recovery.replace("ann-id")
    with pytest.raises(CodeMismatch):
        recovery.use("bob-id", first)
    recovery.use("ann-id", first)
    assert recovery.left("ann-id") == 9
    with pytest.raises(CodeMismatch):
        recovery.use("ann-id", first)
    for code in others:
        recovery.use("ann-id", code)
    assert recovery.left("ann-id") == 0


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.data())
def test_case_hyphens_and_spaces_do_not_matter(tables: None, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(recovery.replace("ann-id")))
    typed = "".join(
        data.draw(st.sampled_from([letter, letter.upper(), f" {letter}", f"{letter}-", f"{letter}\t"]))
        for letter in code.replace("-", "")
    )
    recovery.use("ann-id", typed)
    assert recovery.left("ann-id") == 9


@pytest.mark.parametrize("code", ["", "-", "abcd-efgh-ijkl-mnop", "123456", "é", "x" * 5000, "ann-id"])
def test_any_other_text_is_a_mismatch(tables: None, rows: Rows, code: str) -> None:
    recovery.replace("ann-id")
    before = rows()
    with pytest.raises(CodeMismatch):
        recovery.use("ann-id", code)
    assert rows() == before


def test_new_codes_end_the_old_ones(tables: None) -> None:
    old = recovery.replace("ann-id")
    recovery.use("ann-id", old[0])
    new = recovery.replace("ann-id")
    assert recovery.left("ann-id") == 10
    for code in old:
        with pytest.raises(CodeMismatch):
            recovery.use("ann-id", code)
    recovery.use("ann-id", new[9])


def test_a_replacement_that_fails_leaves_the_old_codes(
    tables: None, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = recovery.replace("ann-id")
    before = rows()

    def fail(*_: object) -> None:
        raise PynamoDBException("killed")

    with monkeypatch.context() as patch:
        patch.setattr(TransactWrite, "_commit", fail)
        with pytest.raises(PynamoDBException):
            recovery.replace("ann-id")
    assert rows() == before
    recovery.use("ann-id", old[0])


def test_removing_leaves_other_rows_and_other_people(tables: None, rows: Rows) -> None:
    recovery.replace("bob-id")
    before = rows()
    recovery.replace("ann-id")
    recovery.remove("ann-id")
    recovery.remove("ann-id")
    assert rows() == before
    assert recovery.left("ann-id") == 0


def test_parallel_use_of_one_code_has_one_winner(tables: None, atomic_requests: None) -> None:
    code = recovery.replace("ann-id")[0]

    def won(_: int) -> bool:
        try:
            recovery.use("ann-id", code)
        except CodeMismatch:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(won, range(16))).count(True) == 1


def test_parallel_replacements_leave_the_codes_of_one(tables: None, atomic_requests: None) -> None:
    recovery.replace("ann-id")

    def attempt(_: int) -> list[str]:
        try:
            return recovery.replace("ann-id")
        except Unavailable:
            return []

    with ThreadPoolExecutor(4) as pool:
        shown = [codes for codes in pool.map(attempt, range(4)) if codes]
    assert recovery.left("ann-id") == 10
    assert shown
    assert sum(_all_good(codes) for codes in shown) == 1


def _all_good(codes: list[str]) -> bool:
    try:
        for code in codes:
            recovery.use("ann-id", code)
    except CodeMismatch:
        return False
    return True
