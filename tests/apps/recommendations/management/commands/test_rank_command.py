"""`manage.py rank` as a program uses it: a process that answers line by line."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SECONDS = 30
# Runs the command and tells on standard error which heavy packages it has loaded.
WITH_MODULES = """
import runpy, sys
sys.argv = ["manage.py", "rank", "--model", sys.argv[1]]
try:
    runpy.run_path("manage.py", run_name="__main__")
finally:
    print(sorted({"numpy", "scipy"} & set(sys.modules)), file=sys.stderr)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A fresh state folder, an embedded AWS that cannot start, and output that is buffered."""
    ours = ("DJANGO_SETTINGS_MODULE", "STATE_DIR", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"STATE_DIR": str(tmp_path / "state"), "EMBEDDED_AWS_PYTHON": str(tmp_path / "no-python")}


@pytest.fixture
def process(model_folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "manage.py", "rank", "--model", str(model_folder)]
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        yield running
        running.kill()


def answer_of(process: subprocess.Popen[bytes], line: bytes) -> list[object]:
    """What is answered to a line while the process waits for more."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(line)
    process.stdin.flush()
    assert select.select([process.stdout], [], [], SECONDS)[0], "the answer waits for the next line"
    found: list[object] = json.loads(process.stdout.readline())
    return found


def test_each_line_is_answered_before_the_next_is_sent(process: subprocess.Popen[bytes]) -> None:
    for line, expected in ((b"[1]\n", 35), (b"x\n", 1), (b'{"likes":[1],"limit":2}\n', 2)):
        assert len(answer_of(process, line)) == expected
    out, err = process.communicate(timeout=SECONDS)
    assert (out, err, process.returncode) == (b"", b"", 0)


def test_it_ends_quietly_when_nobody_reads_on(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin
    assert process.stdout
    assert len(answer_of(process, b"[1]\n")) == 35
    process.stdout.close()
    process.stdin.write(b"[1]\n")
    process.stdin.close()
    assert process.wait(SECONDS) == 0
    assert process.stderr
    assert process.stderr.read() == b""


def test_numpy_is_never_loaded_and_nothing_is_started(
    model_folder: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITH_MODULES, str(model_folder)],
        cwd=REPOSITORY, env=environment, input=b"[1]", capture_output=True, timeout=SECONDS, check=True,
    )  # fmt: skip
    assert len(json.loads(done.stdout)) == 35
    assert done.stderr == b"[]\n"
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["keys"]


def test_a_folder_without_a_model_is_refused_in_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "rank", "--model", str(tmp_path / "none")],
        cwd=REPOSITORY, env=environment, input=b"[1]\n", capture_output=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"CommandError: {tmp_path / 'none'}")
