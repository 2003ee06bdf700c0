"""Reads the files of a model folder into memory, whole and checked."""

import hashlib
import mmap
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from io import FileIO
from os import fstat
from pathlib import Path
from typing import Any

from .manifest import MANIFEST, ArtifactError, unreadable

_READERS = 2


def read_files(directory: Path, files: Mapping[str, Mapping[str, Any]]) -> dict[str, memoryview]:
    """The content of each of `files`, a manifest's entries, in `directory`.

    None is mapped into memory: a file may be cut or replaced while the process runs.
    Raises ArtifactError for the first that is missing, or has another size or SHA-256 than its entry says.
    """
    with ExitStack() as opened, ThreadPoolExecutor(_READERS) as readers:
        handles = {name: opened.enter_context(_opened(directory, name)) for name in files}
        for name, entry in files.items():
            _check_size(directory / name, fstat(handles[name].fileno()).st_size, entry["bytes"])
        room = _room(sum(entry["bytes"] for entry in files.values()))
        contents, at = {}, 0
        for name, entry in files.items():
            contents[name] = room[at : at + entry["bytes"]]
            at += entry["bytes"]
        # Reading and hashing give up the interpreter's lock, so that two processors halve the time.
        jobs = [
            readers.submit(_fill, directory / name, handles[name], content, files[name]["sha256"])
            for name, content in sorted(contents.items(), key=lambda item: -len(item[1]))
        ]
        for job in jobs:
            job.result()
    return contents


def _opened(directory: Path, name: str) -> FileIO:
    path = directory / name
    if path.name != name:
        raise ArtifactError(directory / MANIFEST, f"{name!r} is not the name of a file in the folder")
    try:
        return path.open("rb", buffering=0)
    except OSError as error:
        raise unreadable(path, error) from error


def _check_size(path: Path, size: int, expected: int) -> None:
    if size != expected:
        raise ArtifactError(path, f"the file has {size} bytes instead of {expected}")


def _room(size: int) -> memoryview:
    """Memory for `size` bytes that belongs to no file.

    In pages of 2 MB where the system has them: to be given 30,000 ordinary pages takes longer than to fill them.
    """
    if not size:
        return memoryview(b"")
    room = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):
            room.madvise(mmap.MADV_HUGEPAGE)
    return memoryview(room)


def _fill(path: Path, file: FileIO, content: memoryview, digest: str) -> None:
    at = 0
    try:
        while at < len(content) and (count := file.readinto(content[at:])):
            at += count
    except OSError as error:
        raise unreadable(path, error) from error
    _check_size(path, at, len(content))
    if hashlib.sha256(content).hexdigest() != digest:
        raise ArtifactError(path, "the file was altered (its SHA-256 differs from the manifest's)")
