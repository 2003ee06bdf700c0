"""What `make rollback` needs, and what git leaves aside."""

from __future__ import annotations

import fnmatch
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTES = """#!/bin/sh
echo "$@" >> "{notes}"
"""


def rolled_back(folder: Path) -> subprocess.CompletedProcess[str]:
    """`make rollback` where nothing is but the Makefile and what the test has put there."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    shutil.copy(ROOT / "Makefile", folder)
    # With a PYTHON that is none, what would install ends at once.
    return subprocess.run(
        [make, "rollback", "ENV=prod", "PYTHON=false"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_roll_back_where_nothing_is_installed_says_so_and_installs_nothing(tmp_path: Path) -> None:
    done = rolled_back(tmp_path)

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "There is no .venv here with what a roll-back needs: run `make dev` first, or roll back where there is one."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]


def test_a_roll_back_uses_what_is_installed_and_no_more(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(NOTES.format(notes=tmp_path / "notes"))
    python.chmod(0o755)

    done = rolled_back(tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "notes").read_text().splitlines() == [
        "-c import boto3, troposphere",
        "-m infra rollback --env prod",
    ]


@pytest.mark.parametrize("name", ["movierec-dev-1795291913.zip", "movierec-prod-jobs-1795291913.tar.gz"])
def test_what_a_stopped_zappa_leaves_is_not_ours_to_commit(name: str) -> None:
    patterns = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()

    assert any(fnmatch.fnmatch(f"/{name}", pattern) for pattern in patterns)
