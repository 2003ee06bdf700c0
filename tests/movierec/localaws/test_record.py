from __future__ import annotations

import socket
from pathlib import Path

import pytest

from movierec.localaws import record


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written = record.Record(port=1234, guard=56, emulator=78)
    record.write(tmp_path / "endpoint.json", written)
    assert record.read(tmp_path / "endpoint.json") == written
    assert [path.name for path in tmp_path.iterdir()] == ["endpoint.json"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"port": "x", "guard": 1, "emulator": 2}', '{"port": 1}', "\ufffd"]
)
def test_what_cannot_be_understood_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "endpoint.json").write_text(content)
    assert record.read(tmp_path / "endpoint.json") is None


def test_no_record_is_none(tmp_path: Path) -> None:
    assert record.read(tmp_path / "endpoint.json") is None


def test_a_port_where_nobody_listens_does_not_answer() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert record.answers(closed.getsockname()[1], 1) is False


def test_a_listener_that_stays_silent_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert record.answers(silent.getsockname()[1], 0.05) is False
