"""Where the embedded AWS keeps its things below the state directory, and what its processes agree on."""

import os
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
STATE_REFUSED = 65  # the emulator's exit code when stored state cannot be read: its last line says which
PROJECT = Path(__file__).resolve().parents[2]

_OWNER_ONLY = 0o700


class LocalAwsError(Exception):
    """The embedded AWS cannot be used; the message is the sentence to show to people."""


@dataclass(frozen=True)
class Layout:
    """The paths of one embedded AWS; `root` is the folder `aws` of a state directory."""

    root: Path

    @property
    def start_lock(self) -> Path:
        """Held by the one process that looks for, or starts, the emulator."""
        return self.root / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that uses the emulator, and alone by the guard that stops it."""
        return self.root / "users.lock"

    @property
    def running_lock(self) -> Path:
        """Held from before the emulator starts until its last write is done."""
        return self.root / "running.lock"

    @property
    def record(self) -> Path:
        """Port and process numbers of the running emulator; true only while `running_lock` is held."""
        return self.root / "endpoint.json"

    @property
    def log(self) -> Path:
        """What guard and emulator have to say; emptied at every start."""
        return self.root / "log"

    @property
    def state(self) -> Path:
        """The stored state, a JSON file for each service."""
        return self.root / "state"

    @property
    def objects(self) -> Path:
        """The bodies of stored S3 objects."""
        return self.root / "s3"


def prepare(state_dir: Path) -> Layout:
    """Make the folders below `state_dir` that are missing, open to their owner alone.

    Raises LocalAwsError when they cannot be made, read or written.
    """
    layout = Layout(state_dir.absolute() / "aws")
    for folder in (state_dir.absolute(), layout.root, layout.state, layout.objects):
        _make_folder(folder)
    return layout


def _make_folder(folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=_OWNER_ONLY, exist_ok=True)
    except FileExistsError as error:
        raise LocalAwsError(
            f"{error.filename} is a file where a folder is needed: move it away, "
            "or choose another folder with STATE_DIR."
        ) from error
    except OSError as error:
        raise LocalAwsError(
            f"The folder {folder} cannot be made ({error.strerror}): choose another one with STATE_DIR."
        ) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise LocalAwsError(
            f"The folder {folder} cannot be read and written: change its permissions, "
            "or choose another one with STATE_DIR."
        )
