from __future__ import annotations

from pathlib import Path

import pytest

from infra import __main__ as command
from infra.config import WrongConfig
from infra.release import packaging
from tests.infra.release import tiny


def test_a_whole_zip_may_be_named(tmp_path: Path) -> None:
    packaging.must_be_a_zip(tiny.packed(tmp_path, "one"))


@pytest.mark.parametrize("kind", ["missing", "folder", "text", "cut", "empty"])
def test_what_is_no_zip_is_wrong_input(tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    named = tmp_path / "named"
    whole = tiny.packed(tmp_path, "one").read_bytes()
    contents = {"text": b"hello", "cut": whole[: len(whole) // 2], "empty": b""}
    if kind == "folder":
        named.mkdir()
    elif kind in contents:
        named.write_bytes(contents[kind])
    assert command.main(["release", "--env", "dev", "--yes", "--package", str(named)]) == command.WRONG
    assert capsys.readouterr().err.startswith(f"--package {named}: th")


def test_a_damaged_file_in_a_zip_is_named(tmp_path: Path) -> None:
    archive = tiny.packed(tmp_path, "one")
    content = bytearray(archive.read_bytes())
    # Behind the first file's header and name.
    content[60] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(WrongConfig, match=r"^--package .*one\.zip: "):
        packaging.must_be_a_zip(archive)
