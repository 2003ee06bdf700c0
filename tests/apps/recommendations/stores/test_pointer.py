"""What the pointer of a store may hold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.recommendations.stores.pointer import Pointer, is_version

POINTER = Pointer("2026-06-02-b", datetime(2026, 6, 2, 10, tzinfo=UTC), ("2026-06-01-a",))
WRITTEN = {"version": "2026-06-02-b", "activated_at": "2026-06-02T10:00:00.000Z", "previous": ["2026-06-01-a"]}


def test_it_is_written_and_read() -> None:
    assert json.loads(POINTER.to_json()) == WRITTEN
    assert Pointer.from_json(POINTER.to_json()) == POINTER


def test_a_candidate_is_written_and_read_and_changes_the_mark() -> None:
    tried = replace(POINTER, candidate="2026-06-03-c", share=15)
    assert json.loads(tried.to_json()) == {**WRITTEN, "candidate": "2026-06-03-c", "share": 15}
    assert Pointer.from_json(tried.to_json()) == tried
    assert len({POINTER.mark, tried.mark, replace(tried, share=16).mark}) == 3


def test_twenty_versions_before_it_are_kept() -> None:
    many = Pointer("v", datetime(2026, 6, 2, tzinfo=UTC), tuple(f"v{number}" for number in range(30)))
    assert Pointer.from_json(many.to_json()).previous == many.previous[:20]


@pytest.mark.parametrize(
    "change",
    [
        {"version": None},
        {"version": "../elsewhere"},
        {"version": ""},
        {"previous": None},
        {"previous": "2026-06-01-a"},
        {"previous": ["a/b"]},
        {"activated_at": None},
        {"activated_at": "yesterday"},
        {"candidate": "a/b", "share": 5},
        {"candidate": "2026-06-02-b", "share": 5},
        {"candidate": "2026-06-03-c"},
        {"candidate": "2026-06-03-c", "share": 0},
        {"candidate": "2026-06-03-c", "share": 101},
        {"candidate": "2026-06-03-c", "share": True},
        {"candidate": "2026-06-03-c", "share": "5"},
        {"share": 5},
    ],
)
def test_a_wrong_entry_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        Pointer.from_json(json.dumps(WRITTEN | change).encode())


def test_one_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ValueError, match="it is nested too deeply"):
        Pointer.from_json(b"[" * 100_000)


@given(st.binary(max_size=200) | st.integers(0, 200).map(lambda cut: POINTER.to_json()[:cut]))
def test_any_bytes_are_a_pointer_or_a_value_error(content: bytes) -> None:
    try:
        found = Pointer.from_json(content)
    except ValueError:
        return
    assert is_version(found.version)


@given(st.integers(0, len(POINTER.to_json()) - 1), st.integers(1, 255))
def test_so_are_changed_bytes(place: int, change: int) -> None:
    content = bytearray(POINTER.to_json())
    content[place] ^= change
    try:
        found = Pointer.from_json(bytes(content))
    except ValueError:
        return
    assert all(map(is_version, (found.version, *found.previous)))
