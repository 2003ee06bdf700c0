from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scripts import bootstrap


def test_an_old_python_is_told_what_is_needed_and_how_to_name_another() -> None:
    assert bootstrap.complaint((3, 9, 2), "/usr/bin/python3") == (
        "MovieRec needs Python 3.11 or newer; this is 3.9.2 at /usr/bin/python3. "
        "Install a newer one, or name it: make run PYTHON=/path/to/python3.12"
    )


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 0), (3, 10, 99)])
def test_too_old(version: tuple[int, int, int]) -> None:
    assert bootstrap.complaint(version, "python") != ""


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 14, 0), (4, 0, 0)])
def test_new_enough(version: tuple[int, int, int]) -> None:
    assert bootstrap.complaint(version, "python") == ""


def test_an_old_python_can_read_the_file() -> None:
    source = Path(bootstrap.__file__).read_text(encoding="ascii")
    for node in ast.walk(ast.parse(source, feature_version=(3, 4))):
        assert not isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr | ast.Starred | ast.Nonlocal)
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            assert not arguments.kwonlyargs
            assert [node.returns, *(argument.annotation for argument in arguments.args)] == [None] * (
                1 + len(arguments.args)
            )
