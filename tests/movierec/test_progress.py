"""How long work shows that it moves."""

from __future__ import annotations

import io

import pytest

from movierec.progress import Steps, counted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_each_step_is_a_line() -> None:
    output = io.StringIO()
    with Steps(output) as steps:
        for step, fraction in (("Reading", 0.0), ("Reading", 0.4), ("Writing", 0.5), ("Writing", 1.0)):
            steps.show(step, fraction)
    assert output.getvalue() == "  Reading\n  Writing\n"


def test_on_a_terminal_a_bar_moves_to_its_end() -> None:
    output = Terminal()
    with Steps(output) as steps:
        steps.show("Reading", 0.25)
        steps.show("Writing", 0.5)
    drawn = output.getvalue().split("\r")
    assert any(line.startswith("Reading") for line in drawn)
    assert drawn[-1].startswith("Writing")
    assert drawn[-1].rstrip().endswith("100%")


def test_a_bar_that_was_broken_off_does_not_claim_its_end() -> None:
    output = Terminal()

    def fail() -> None:
        with Steps(output) as steps:
            steps.show("Reading", 0.25)
            raise KeyError("broken off")

    with pytest.raises(KeyError):
        fail()
    assert "100%" not in output.getvalue()


def test_counting_hands_everything_on() -> None:
    output = io.StringIO()
    with Steps(output) as steps:
        assert list(counted("abc", step="Letters", total=3, steps=steps, start=0.2, end=0.8)) == ["a", "b", "c"]
    assert output.getvalue() == "  Letters\n"
