"""The records that trainings leave, and a training that staff stop."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from movierec import jobs
from movierec.dynamo.leases import take
from movierec.jobs import JobRun
from movierec.jobs.recorder import log_of
from movierec.objects import StoreError

JOB = "train_recommender"
ANN = "ann@example.com"


@pytest.fixture
def store(untrained: Path, settings: Any, tmp_path: Path) -> Path:
    """The store of models, which is empty; the tables are filled."""
    settings.STATE_DIR = tmp_path / "state"
    return untrained


def train(*arguments: str) -> str:
    """Trains without an evaluation; what the command says."""
    output = io.StringIO()
    call_command(JOB, "--no-evaluation", *arguments, stdout=output)
    return output.getvalue()


def only() -> JobRun:
    """The one run that is recorded."""
    (run,) = jobs.newest(JOB)
    return run


def test_a_training_is_recorded_with_its_figures_and_steps(store: Path) -> None:
    said = train()
    run = only()
    assert (run.state, run.schedule, run.percent, run.figure("people"), run.figure("titles")) == (
        "done", "tables", 100, 40, 36,
    )  # fmt: skip
    assert str(run.message) in said
    sentences = [line.partition(" ")[2] for line in log_of(run)]
    assert (sentences[0], sentences[-2:]) == ("Reading the catalogue.", ["The model is ready.", run.message])


def test_one_that_publishes_nothing_asks_no_table_for_a_record(store: Path, tmp_path: Path) -> None:
    train("--output", str(tmp_path / "model"))
    assert jobs.newest(JOB) == []


def test_one_that_cannot_be_published_failed(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(folder: Path) -> str:
        raise StoreError("The bucket does not answer.")

    monkeypatch.setattr("apps.recommendations.publishing.publish", refused)
    with pytest.raises(CommandError):
        train()
    assert (only().state, only().message) == ("failed", "The bucket does not answer.")


class Asking(io.StringIO):
    """A terminal at one of whose lines somebody of the staff asks the training to stop."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self._line = line

    def write(self, text: str) -> int:
        if text.startswith(self._line):
            jobs.ask_to_stop(only(), datetime.now(UTC), ANN)
        return super().write(text)


def test_staff_stop_it_at_its_next_step_and_the_same_command_goes_on_with_its_parts(
    store: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The weights are kept by then.
    terminal = Asking("  Finding the directions")
    with monkeypatch.context() as patched:
        patched.setattr("movierec.jobs.recorder.SAVE_SECONDS", 0.0)
        call_command(JOB, "--no-evaluation", stdout=terminal)
    assert terminal.getvalue().endswith(f"Stopped by {ANN}; the same command goes on with what is done.\n")
    assert (only().state, only().message) == ("paused", f"Stopped by {ANN}. The same command goes on.")
    assert not (store / "current.json").exists()
    assert list((settings.STATE_DIR / "training").rglob("*.npz"))
    assert "It is published in" in train()
    assert [run.state for run in jobs.newest(JOB)] == ["done", "paused"]


def test_beside_another_one_nothing_is_trained(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("movierec.jobs.recorder.WAIT_SECONDS", 0.0)
    take(f"{JOB}#tables", 60)
    with pytest.raises(CommandError) as caught:
        train()
    assert (caught.value.returncode, str(caught.value)) == (
        75, "A training is running already; look at it at /ops/jobs.",
    )  # fmt: skip
    assert jobs.newest(JOB) == []
    assert not (store / "current.json").exists()
