"""Objects as the files of a folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from movierec.objects.errors import StoreUnreachable
from movierec.objects.interface import Changed, Objects, Stored

_LOCK: Final = ".lock"
DRAFT: Final = ".draft-"
_FOR_ALL_TO_READ: Final = 0o644


class FolderObjects(Objects):
    """Objects below `root`, which is made when the first one is written."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __str__(self) -> str:
        return str(self.root)

    def read(self, name: str) -> bytes | None:
        path = self.root / name
        with _reached(path):
            try:
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def write(self, name: str, content: bytes) -> None:
        path = self.root / name
        with _reached(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = _draft(path.parent, content)
            try:
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)
            _flush(path.parent)

    def replace(self, name: str, content: bytes, seen: bytes | None) -> None:
        with _reached(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            with _alone(self.root / _LOCK):
                if self.read(name) != seen:
                    raise Changed
                self.write(name, content)

    def listed(self, folder: str = "") -> list[Stored]:
        with _reached(self.root):
            return [stored for path in sorted((self.root / folder).rglob("*")) if (stored := self._stored(path))]

    def _stored(self, path: Path) -> Stored | None:
        name = path.relative_to(self.root).as_posix()
        try:
            if name == _LOCK or not path.is_file():
                return None
            facts = path.stat()
        except FileNotFoundError:
            # Another process removed it since the folder was read.
            return None
        return Stored(name, facts.st_size, f"{facts.st_mtime_ns}-{facts.st_ino}", facts.st_mtime)

    def remove(self, name: str) -> None:
        path = self.root / name
        with _reached(path):
            path.unlink(missing_ok=True)
            with suppress(OSError):
                # Not empty yet, or gone already.
                path.parent.rmdir()

    def holds(self, stored: Stored, content: bytes) -> bool:
        return stored.size == len(content) and self.read(stored.name) == content

    def local(self, folder: str) -> Path:
        return self.root / folder


@contextmanager
def _reached(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnreachable(
            f"{path} cannot be read or written ({error.strerror}). "
            "Mend its permissions, or name another folder in the settings."
        ) from error


def _draft(folder: Path, content: bytes) -> Path:
    """A file in `folder` that is whole on the disk."""
    with NamedTemporaryFile(dir=folder, prefix=DRAFT, delete=False) as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), _FOR_ALL_TO_READ)
        os.fsync(file.fileno())
    return Path(file.name)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time; the kernel frees the lock when its holder dies."""
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
