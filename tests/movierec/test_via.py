"""Counts of titles shown, opened and kept: of versions that are known, and of no others."""

from __future__ import annotations

from collections.abc import Mapping
from time import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movierec.telemetry.series import counters
from movierec.via import Counts, is_version, via_of


def counted() -> Mapping[str, float]:
    return counters.process.waiting("DAY").get(int(time() // 86_400), {})


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    counters.process.forget()


def test_a_version_that_is_known_is_counted() -> None:
    counts = Counts()
    counts.know(["a", "b"])
    counts.count("a", "shown", 9)
    counts.count("a", "opened")
    counts.count("b", "kept")
    assert counted() == {"model.a.shown": 9, "model.a.opened": 1, "model.b.kept": 1}


@pytest.mark.parametrize("version", ["c", "", None, "a.b"])
def test_another_is_not(version: str | None) -> None:
    counts = Counts()
    counts.know(["a"])
    counts.count(version, "opened")
    counts.count("a", "shown", 0)
    assert counted() == {}


def test_what_comes_before_the_first_model_waits_for_it() -> None:
    counts = Counts()
    counts.count("a", "opened")
    counts.count("a", "opened")
    counts.count("made-up", "opened")
    assert counted() == {}
    counts.know(["a"])
    counts.know(["a"])
    assert counted() == {"model.a.opened": 2}


def test_only_so_many_wait() -> None:
    counts = Counts()
    for number in range(1_000):
        counts.count(f"v{number}", "opened")
    counts.count("v3", "opened")
    counts.know([f"v{number}" for number in range(1_000)])
    assert len(counted()) == 20
    assert counted()["model.v3.opened"] == 2


@given(st.text(max_size=120))
def test_a_version_is_a_name_that_needs_no_quoting(name: str) -> None:
    if is_version(name):
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
        assert len(name) <= 100


def test_an_address_names_a_version_or_none() -> None:
    assert via_of({"via": "2026-06-01-0a1b"}) == "2026-06-01-0a1b"
    assert [via_of(query) for query in ({}, {"via": "../x"}, {"via": ["a"]}, {"via": "<b>"})] == [""] * 4
