"""Small secret files of a local installation, readable by their owner only."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident

from django.core.exceptions import ImproperlyConfigured


def read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of `path`; made by `make` with mode 600 when the file does not exist.

    Two processes that start at once agree on one content: the file appears whole or not at all.
    Raises ImproperlyConfigured with the remedy when the file cannot be read or written.
    """
    with _remedied(path):
        if not path.exists():
            _create(path, make())
        return path.read_bytes()


def read(path: Path) -> bytes | None:
    """The content of `path`, None when there is no such file. Raises ImproperlyConfigured as `read_or_create`."""
    with _remedied(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def replace(path: Path, content: bytes) -> None:
    """Gives `path` another content, mode 600, in one step: whoever reads it gets the old one or the new one whole.

    Raises ImproperlyConfigured as `read_or_create` does.
    """
    with _remedied(path):
        draft = _draft(path, content)
        try:
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def _remedied(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be used ({error.strerror}); make its folder writable or set STATE_DIR to another."
        ) from error


def _create(path: Path, content: bytes) -> None:
    _make_private(path.parent)
    draft = _draft(path, content)
    try:
        # A hard link fails where the name is taken, so the first writer wins and the other reads its content.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _draft(path: Path, content: bytes) -> Path:
    """A file beside `path` that is whole on the disk."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    return draft


def _make_private(folder: Path) -> None:
    """Makes a folder and those above it that are absent, each for its owner only."""
    for missing in reversed([folder, *folder.parents]):
        missing.mkdir(mode=0o700, exist_ok=True)
