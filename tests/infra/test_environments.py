"""What environments.toml may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import environments
from infra.config import WrongConfig


def written(folder: Path, line: str) -> Path:
    """The file of the project with a line of its own for dev."""
    text = environments.FILE.read_text(encoding="utf-8")
    file = folder / "environments.toml"
    file.write_text(text.replace("[dev]\n", f"[dev]\n{line}\n"), encoding="utf-8")
    return file


@pytest.mark.parametrize(("value", "shown"), [("true", "True"), ("14.0", "14.0"), ('"14"', "'14'"), ("2", "2")])
def test_days_of_logs_are_one_of_the_whole_numbers_that_cloudwatch_knows(
    tmp_path: Path, value: str, shown: str
) -> None:
    with pytest.raises(WrongConfig, match=rf"^environments\.toml, dev: log_days is {shown}; write one of 1, 3, 5, 7,"):
        environments.load("dev", file=written(tmp_path, f"log_days = {value}"))


def test_days_of_logs_that_cloudwatch_knows(tmp_path: Path) -> None:
    assert environments.load("dev", file=written(tmp_path, "log_days = 14")).log_days == 14
