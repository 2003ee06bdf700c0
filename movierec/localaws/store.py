"""Loads and saves the state of the emulator's services; runs inside the emulator's own environment.

The emulator's own saving happens at a clean stop only, takes five times as long, and its loading starts empty
when a file cannot be read. The files are in its format, so it can read them without us.
"""

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

# The emulator lives in an environment of its own, so type checks do not see it.
from ministack import app  # type: ignore[import-not-found]
from ministack.core import persistence  # type: ignore[import-not-found]

_logger = logging.getLogger(__name__)


class StateRefusedError(Exception):
    """A stored file cannot be read; the message is the sentence for people."""


def load(folder: Path) -> None:
    """Give each service what `folder` has stored for it. Raises StateRefusedError if that cannot be read."""
    persistence.PERSIST_STATE = True  # for load_state; the server was imported with it off, and stays so
    for service, module in app._state_map.items():
        path = folder / f"{service}.json"
        if path.exists():
            _load_service(path, service, module)


def _load_service(path: Path, service: str, module: str) -> None:
    stored = persistence.load_state(service)
    if stored is None:
        raise StateRefusedError(_refusal(path))
    try:
        app._get_module(module).load_persisted_state(stored)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StateRefusedError(_refusal(path)) from error


def _refusal(path: Path) -> str:
    return (
        f"The stored data in {path} cannot be read: put a good copy of that file back, "
        f"or move the folder {path.parents[1]} away to start empty."
    )


def save(folder: int) -> bool:
    """Write what each service holds into the folder open as descriptor `folder`; files are replaced whole.

    A service that cannot be saved is logged and keeps its last file. Returns whether all were saved.
    """
    states = app._build_persistence_save_dict()
    saved = [_save_service(folder, service, state) for service, state in states.items()]
    os.fsync(folder)
    return all(saved)


def _save_service(folder: int, service: str, state: Callable[[], object]) -> bool:
    version = persistence._state_format_version(service)
    try:
        content = {"__ministack_format__": version, "payload": state()}
        _replace(folder, f"{service}.json", json.dumps(content, default=persistence._json_default).encode())
    except (OSError, TypeError, ValueError):
        _logger.exception("The state of %s could not be saved.", service)
        return False
    return True


def _replace(folder: int, name: str, content: bytes) -> None:
    unfinished = f"{name}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(unfinished, flags, 0o600, dir_fd=folder), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
