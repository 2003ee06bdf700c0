from __future__ import annotations

import importlib.util
import socket
import sys
from typing import Any

import pytest

from scripts import checks


def test_a_free_port_is_accepted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    assert checks.free_port(str(free)) == free


def test_a_taken_port_is_named_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        with pytest.raises(checks.SetupError) as refused:
            checks.free_port(str(taken))
    assert str(refused.value) == (
        f"Port {taken} is taken by another program: choose another one, such as PORT=8001 make run."
    )


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1", "80 ", "8_0", "\uff18\uff10", "1e3", "9" * 5000])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(checks.SetupError) as refused:
        checks.free_port(text)
    assert str(refused.value) == (f"PORT is {text!r}: give a number from 1 to 65535, such as PORT=8001 make run.")


def test_a_python_without_ensurepip_is_told_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def without_ensurepip(name: str) -> Any:
        return None if name == "ensurepip" else found(name)

    monkeypatch.setattr(importlib.util, "find_spec", without_ensurepip)
    with pytest.raises(checks.SetupError) as refused:
        checks.virtual_environments()
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    assert str(refused.value) == (
        f"{sys.executable} lacks the module venv or ensurepip: install it (Debian and Ubuntu: apt install {package}), "
        "or name another Python: make run PYTHON=/path/to/python3"
    )


def test_this_python_can_make_virtual_environments() -> None:
    checks.virtual_environments()
