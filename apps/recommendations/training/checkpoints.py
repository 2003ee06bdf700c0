"""Parts of a training that are done, kept on disk until the model is: one that was killed goes on where it was."""

import hashlib
import os
import shutil
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

_STALE_SECONDS = 7 * 24 * 3600
# What reading a file raises that is cut or altered, lacks an array, or is not handed over by the system.
_DAMAGE = (OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile, zlib.error)


class Arrays(Protocol):
    """Something that is a few arrays under names, and can be made of them again."""

    def arrays(self) -> dict[str, NDArray[np.generic]]: ...

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> Self: ...


Part = TypeVar("Part", bound=Arrays)


class Forgetful:
    """Keeps no part: for trainings that are over soon."""

    def part(self, name: str, kind: type[Part], make: Callable[[], Part]) -> Part:
        """The part called `name`, made now."""
        return make()


class Checkpoints(Forgetful):
    """A folder of parts for one training, known by a digest of all it learns from.

    Parts of another training in the folder are left alone; those older than a week are removed.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        self._folder = folder / digest
        if folder.exists():
            _remove_stale(folder, self._folder)

    def part(self, name: str, kind: type[Part], make: Callable[[], Part]) -> Part:
        """The part called `name`: as it was kept, else made now and kept; so is one whose file is damaged."""
        path = self._folder / f"{name}.npz"
        kept = _read(path, kind)
        if kept is not None:
            return kept
        made = make()
        self._keep(path, made.arrays())
        return made

    def clear(self) -> None:
        """Removes the parts, once the model that they are of is written."""
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._folder.parent.exists() and not any(self._folder.parent.iterdir()):
            self._folder.parent.rmdir()

    def _keep(self, path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
        """Writes the part so that it is there whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=self._folder, suffix=".partial")
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)


def digest_of(pieces: Iterable[bytes | NDArray[np.generic]]) -> str:
    """A name for what a training learns from."""
    digest = hashlib.sha256()
    for piece in pieces:
        content = piece if isinstance(piece, bytes) else np.ascontiguousarray(piece).tobytes()
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.hexdigest()[:32]


def _read(path: Path, kind: type[Part]) -> Part | None:
    """The part in the file; None when there is no such file, or it is damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return kind.from_arrays({key: stored[key] for key in stored.files})
    except _DAMAGE:
        return None


def _remove_stale(folder: Path, own: Path) -> None:
    for other in folder.iterdir():
        if other != own and time.time() - other.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
