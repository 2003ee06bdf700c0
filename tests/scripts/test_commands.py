from __future__ import annotations

import socket
from pathlib import Path

import pytest

from scripts import commands


def test_a_taken_port_is_told_before_anything_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        assert commands.main(["run", "--port", str(taken), "--state-dir", str(tmp_path / "state")]) == 1
    said = capsys.readouterr()
    assert said.err == (f"Port {taken} is taken by another program: choose another one, such as PORT=8001 make run.\n")
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_state_folder_that_is_a_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "state"
    taken.write_text("mine")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    assert commands.main(["run", "--port", str(free), "--state-dir", str(taken)]) == 1
    assert capsys.readouterr().err == (
        f"{taken} is a file where a folder is needed: move it away, or choose another folder with STATE_DIR.\n"
    )
    assert taken.read_text() == "mine"
