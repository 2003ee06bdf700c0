"""Makes the virtual environments and keeps them in step with the requirement files.

A stamp in each says which requirement files it holds; a mark beside it says that an installation was begun. An
environment with a mark was left half made, and is made anew.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts import checks, installer
from scripts.checks import SetupError

LAMBDA_PYTHON = "3.11"
_STAMP = "installed.json"
# Lambda's Python 3.11 runs on a system with glibc 2.26.
_FOR_LAMBDA = (
    "--platform=manylinux2014_x86_64",
    f"--python-version={LAMBDA_PYTHON}",
    "--implementation=cp",
    "--only-binary=:all:",
    "--no-deps",
    "--no-compile",
)


@dataclass(frozen=True)
class Environment:
    """A virtual environment, the files it is installed from, and all files whose packages it then holds."""

    folder: Path
    requirements: tuple[Path, ...]
    holds: tuple[Path, ...] = ()

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """Hashes of the requirement files whose packages it holds."""
        return self.folder / _STAMP

    @property
    def mark(self) -> Path:
        """There while an installation runs, and after one that was broken off."""
        return self.folder.with_name(f"{self.folder.name}.unfinished")


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one process at a time pass, by a lock on the existing `folder`."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_ready(environment: Environment) -> None:
    """Bring `environment` in step with its requirement files; does nothing when it is. Raises SetupError."""
    usable = _is_usable(environment)
    if usable and _is_current(environment):
        return
    checks.virtual_environments()
    with _renewing(environment):
        if not usable:
            _create(environment)
        installer.install(environment.python, environment.folder, environment.requirements)


def fill_for_lambda(environment: Environment, python: Path) -> None:
    """Bring the packages that the Lambda carries in step with their files, by the pip of `python`. Raises SetupError.

    They are the Lambda's wherever this runs, and not this machine's: its system is older than most, and a wheel that
    pip would choose here need not load there. So the environment has no interpreter; nothing runs in it.
    """
    if not environment.mark.exists() and _is_current(environment):
        return
    with _renewing(environment):
        if environment.folder.exists():
            shutil.rmtree(environment.folder)
        site = environment.folder / "lib" / f"python{LAMBDA_PYTHON}" / "site-packages"
        site.mkdir(parents=True)
        options = ("--target", str(site), *_FOR_LAMBDA)
        installer.install(python, environment.folder, environment.requirements, options)


@contextmanager
def _renewing(environment: Environment) -> Iterator[None]:
    try:
        environment.mark.touch()
        environment.stamp.unlink(missing_ok=True)
        yield
        environment.stamp.write_text(json.dumps(_hashes(environment)), encoding="utf-8")
        environment.mark.unlink()
    except OSError as error:
        raise SetupError(
            f"{error.filename or environment.folder} cannot be written ({error.strerror}): "
            "make room or change permissions, and run the same command again."
        ) from error


def _is_usable(environment: Environment) -> bool:
    """Whether it is whole, has pip, and is of the Python that runs this."""
    return (
        not environment.mark.exists()
        and environment.python.exists()
        and _python_version(environment.folder) == f"{sys.version_info.major}.{sys.version_info.minor}"
        and any(environment.folder.glob("lib/python*/site-packages/pip/__init__.py"))
    )


def _python_version(folder: Path) -> str:
    """Major and minor version of the Python that an environment was made with; empty when it does not say."""
    try:
        lines = (folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ""
    facts = dict(line.replace(" ", "").split("=", 1) for line in lines if "=" in line)
    version = facts.get("version") or facts.get("version_info", "")
    return ".".join(version.split(".")[:2])


def _is_current(environment: Environment) -> bool:
    try:
        installed = json.loads(environment.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(installed, dict) and all(
        installed.get(path.name) == _hash(path) for path in environment.requirements
    )


def _hashes(environment: Environment) -> dict[str, str]:
    return {path.name: _hash(path) for path in environment.holds or environment.requirements}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _create(environment: Environment) -> None:
    started = time.monotonic()
    version = ".".join(map(str, sys.version_info[:3]))
    installer.say(f"Making {environment.folder.name} with Python {version} ...")
    made = subprocess.run(  # noqa: S603 -- this interpreter
        [sys.executable, "-m", "venv", "--clear", str(environment.folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise SetupError(installer.failure(environment.folder, (made.stdout + made.stderr).splitlines()))
    installer.say(f"  done in {time.monotonic() - started:.0f} s")
