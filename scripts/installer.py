"""Runs pip and tells what it does in few words."""

import re
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from scripts.checks import SetupError

_LINES_SHOWN = 12
_PINNED = re.compile(r"^[A-Za-z0-9][\w.\-]*(?:\[[^\]]*\])?==", re.MULTILINE)
_COUNTED = re.compile(r"^(Collecting|Processing|Requirement already satisfied)")
_AGAIN = "and run the same command again."
_REASONS = (
    (re.compile(r"No space left on device|Disk quota exceeded"), f"The disk is full: make room {_AGAIN}"),
    (
        re.compile(r"DO NOT MATCH THE HASHES"),
        "A downloaded package is not the one that was pinned: check the package index in pip's configuration " + _AGAIN,
    ),
    (
        re.compile(r"Temporary failure in name resolution|NewConnectionError|ConnectTimeout|ProxyError|SSLError"),
        f"The package index cannot be reached: check the network and pip's configuration {_AGAIN}",
    ),
    (
        re.compile(r"No matching distribution found"),
        f"The package index lacks a pinned package: check the package index in pip's configuration {_AGAIN}",
    ),
)


def say(line: str) -> None:
    """One line of progress."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def install(python: Path, folder: Path, requirements: tuple[Path, ...], options: tuple[str, ...] = ()) -> None:
    """Install the pinned packages of `requirements` into `folder`, with more `options` of pip. Raises SetupError."""
    started = time.monotonic()
    total = len({pin for path in requirements for pin in _PINNED.findall(path.read_text(encoding="utf-8"))})
    say(f"Installing {total} packages into {folder.name} ...")
    with subprocess.Popen(  # noqa: S603 -- the environment's own pip
        [*_pip(python), *options, *(part for path in requirements for part in ("-r", str(path)))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        last = _follow(process.stdout, total)
    if process.returncode != 0:
        raise SetupError(failure(folder, last))
    say(f"  done in {time.monotonic() - started:.0f} s")


def _pip(python: Path) -> list[str]:
    options = ["--require-hashes", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    return [str(python), "-m", "pip", "install", *options]


def _follow(lines: Iterable[str], total: int) -> list[str]:
    """Read pip's lines to their end, counting packages on a terminal. Returns the last ones."""
    last: deque[str] = deque(maxlen=_LINES_SHOWN)
    counted = 0
    for line in lines:
        last.append(line.rstrip())
        if _COUNTED.match(line):
            counted += 1
            _show(f"  {min(counted, total)} of {total}")
        elif line.startswith("Installing collected packages"):
            _show("  unpacking")
    _show("")
    return list(last)


def _show(text: str) -> None:
    """Replace the terminal's current line; does nothing when the output is not a terminal."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K{text}")
        sys.stdout.flush()


def failure(folder: Path, lines: list[str]) -> str:
    """The last lines of a failed installation, and after them its reason and remedy in one sentence."""
    output = "\n".join(lines[-_LINES_SHOWN:])
    known = (sentence for pattern, sentence in _REASONS if pattern.search(output))
    unknown = f"{folder.name} could not be made; mend what the lines above say {_AGAIN}"
    return f"{output}\n{next(known, unknown)}"
