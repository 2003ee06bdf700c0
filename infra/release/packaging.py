"""Makes the package that both functions run: static files, Zappa's zip reduced to what is needed, the gate."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from infra.config import Config, WrongConfig
from infra.deployment.telling import Trouble
from infra.release import contents, gate, static_files, zappa_cli
from infra.release.settings import ROOT, folder
from infra.release.steps import step

CARRIED: Final = ROOT / ".venv-lambda"
STATIC: Final = ROOT / "build" / "static"
NAME: Final = "package.zip"
UNPACKED: Final = "package"
_SHOWN: Final = 1500


@dataclass(frozen=True, slots=True)
class Package:
    """A package that went through the gate. `code` is its SHA-256 in the form in which Lambda tells it.

    `linked` are the static files that its pages link, by their names with hashes.
    """

    path: Path
    code: str
    packed: int
    unpacked: int
    linked: frozenset[str]

    @property
    def mark(self) -> str:
        """A short name for its content."""
        return hashlib.sha256(self.code.encode()).hexdigest()[:12]

    def __str__(self) -> str:
        sizes = f"{self.packed / 2**20:.1f} MiB, unpacked {self.unpacked / 2**20:.1f} MiB"
        return f"{os.path.relpath(self.path)} ({sizes}, {self.mark})"


def build(config: Config) -> Package:
    """Makes build/<env>/package.zip and tries it; equal sources give equal bytes. Raises Trouble."""
    gate.must_be_like_lambda()
    if not CARRIED.exists():
        raise Trouble("The packages that a function carries are not there: run `make package`, which fetches them.")
    archive = folder(config) / NAME
    archive.parent.mkdir(parents=True, exist_ok=True)
    with step("Collecting the static files"):
        collect_static(gate.environment(config))
    with step("Packing"):
        zappa_cli.package(config, archive)
    return checked(config, archive)


def must_be_a_zip(archive: Path) -> None:
    """Raises WrongConfig for a package that was named and is no whole zip."""
    if not archive.is_file():
        raise WrongConfig(f"--package {archive}: there is no such file; `make package` makes one.")
    try:
        with ZipFile(archive) as zipped:
            broken = zipped.testzip()
    except (BadZipFile, OSError, zlib.error) as error:
        raise WrongConfig(f"--package {archive}: this is no zip that can be read ({error}).") from error
    if broken:
        raise WrongConfig(f"--package {archive}: {broken} in it is damaged; make it or fetch it again.")


def checked(config: Config, archive: Path) -> Package:
    """A package of which every claim was tried on what is in the zip. Raises Trouble."""
    unpacked = folder(config) / UNPACKED
    with step("Trying the package in an interpreter of its own"):
        contents.extract(archive, unpacked)
        gate.must_fit(archive, unpacked)
        linked = static_files.linked(unpacked)
        if config.hosting != "django":
            gate.must_carry(unpacked, linked)
        gate.must_answer(config, unpacked)
    content = archive.read_bytes()
    code = b64encode(hashlib.sha256(content).digest()).decode()
    return Package(archive, code, len(content), contents.size_of(unpacked), linked)


def collect_static(variables: Mapping[str, str]) -> None:
    """Collects the static files under names with hashes, and the manifest that pages link by. Raises Trouble."""
    # Redoc comes with Swagger UI and is used nowhere.
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "--ignore", "redoc"]
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "PATH", "TMPDIR")}
    done = subprocess.run(  # noqa: S603 -- the project's own program
        command, cwd=ROOT, env=kept | dict(variables), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Trouble(f"The static files could not be collected:\n{done.stderr[-_SHOWN:].strip()}")
