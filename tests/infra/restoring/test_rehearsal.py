"""The rehearsal of a restore, as an operator starts it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.embedded
def test_the_rehearsal_ends_well_and_says_what_was_not_real() -> None:
    if not (ROOT / ".venv-aws" / "bin" / "python").exists():
        pytest.skip("the embedded AWS is not installed in .venv-aws: run `make dev`")
    script = ROOT / "scripts" / "rehearse_restore.py"

    done = subprocess.run(
        [sys.executable, script, "--people", "4", "--titles", "4"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("Everything came back that should, and nothing else.\n")
    assert "not real: on AWS they are made after the damage" in done.stdout
    assert done.stdout.count("== took ") == 7
