from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts import installer
from scripts.checks import SetupError


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "The disk is full: make room and run the same command again.",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "A downloaded package is not the one that was pinned: check the package index in pip's "
            "configuration and run the same command again.",
        ),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError: Failed to establish'",
            "The package index cannot be reached: check the network and pip's configuration "
            "and run the same command again.",
        ),
        (
            "ERROR: No matching distribution found for numpy==2.4.6",
            "The package index lacks a pinned package: check the package index in pip's configuration "
            "and run the same command again.",
        ),
        (
            "error: command 'gcc' failed",
            ".venv could not be made; mend what the lines above say and run the same command again.",
        ),
    ],
)
def test_a_failure_shows_the_last_lines_and_one_remedy(line: str, reason: str) -> None:
    said = installer.failure(Path("/project/.venv"), [*(f"line {number}" for number in range(50)), line])
    assert said.splitlines() == [*(f"line {number}" for number in range(39, 50)), line, reason]


def test_the_reason_is_found_when_the_network_fails_before_the_package_does() -> None:
    lines = ["Retrying after connection broken by 'NewConnectionError'", "No matching distribution found for six"]
    assert installer.failure(Path(".venv"), lines).splitlines()[-1].startswith("The package index cannot be reached")


def test_what_pip_says_is_told_when_it_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.txt").write_text("six === == 1\n")
    with pytest.raises(SetupError, match="Invalid requirement"):
        installer.install(Path(sys.executable), tmp_path, (tmp_path / "bad.txt",))
    assert capsys.readouterr().out == f"Installing 0 packages into {tmp_path.name} ...\n"
