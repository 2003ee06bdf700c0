from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from movierec.localaws.layout import LocalAwsError, prepare

REPOSITORY = Path(__file__).resolve().parents[3]


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    for state_dir in (taken, taken / "below"):
        with pytest.raises(LocalAwsError) as refused:
            prepare(state_dir)
        assert str(refused.value) == (
            f"{taken} is a file where a folder is needed: move it away, or choose another folder with STATE_DIR."
        )
    assert taken.read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(LocalAwsError) as refused:
        prepare(closed)
    assert str(refused.value).startswith(f"The folder {closed} cannot be read and written: change its permissions")


def test_a_folder_that_cannot_be_made_is_named() -> None:
    with pytest.raises(LocalAwsError, match=r"The folder /dev/null/x cannot be made|/dev/null is a file"):
        prepare(Path("/dev/null/x"))


def test_the_package_needs_the_standard_library_alone() -> None:
    check = "import movierec.localaws, sys; assert 'django' not in sys.modules"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    assert subprocess.run([sys.executable, "-S", "-c", check], env=environment, check=False).returncode == 0
