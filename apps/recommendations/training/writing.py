"""Writes a model folder (its layout: `engine.manifest`) so that a reader sees the old one or the new one, whole."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.recommendations.engine.artifact import CATALOGUE, CONTENT, previous_folder
from apps.recommendations.engine.manifest import FORMAT_VERSION, MANIFEST, sealed
from apps.recommendations.engine.sections import TITLES, build_sections, joined
from apps.recommendations.engine.titles import Title

from .packing import PackedFactors, PackedRows

_STALE_SECONDS = 24 * 3600


class DestinationError(ValueError):
    """A place that holds something else than a model; the message names it and the remedy."""


@dataclass(frozen=True)
class PackedOperator:
    """Weights for people with up to `history` likes (None: any number), with their settings of the score."""

    history: int | None
    rows: PackedRows
    blend: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PackedModel:
    """Everything a model folder holds but its version and report; the counts of likes are by title."""

    titles: Sequence[Title]
    likes: Sequence[float]
    recent: Sequence[float]
    operators: Sequence[PackedOperator]
    content: PackedRows
    factors: Mapping[str, PackedFactors] = field(default_factory=dict)

    def to_files(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """The files of the folder, and the manifest's entries about them."""
        sections = build_sections(self.titles, self.likes, self.recent)
        files = {TITLES: sections.pop(TITLES), CONTENT: self.content.to_bytes()}
        files[CATALOGUE], places = joined(sections)
        operators = []
        for one in self.operators:
            name = f"operator-{'any' if one.history is None else one.history}.rows"
            files[name] = one.rows.to_bytes()
            entries = len(one.rows.values)
            operators.append({"file": name, "entries": entries, "history": one.history, "blend": dict(one.blend)})
        factors = {}
        for kind, packed in self.factors.items():
            name = f"factors-{kind}.i8"
            files[name] = packed.to_bytes()
            factors[kind] = {"file": name, "dimensions": packed.dimensions}
        return files, {
            "titles": len(self.titles),
            "sections": places,
            "operators": operators,
            "content": {"file": CONTENT, "entries": len(self.content.values)},
            "factors": factors,
        }


def check_destination(destination: Path) -> None:
    """Raises DestinationError unless `destination` is absent, an empty folder or a model folder of any format.

    The same holds for its `.previous` neighbour, where the old model is for a moment while it is replaced.
    """
    for place in (destination, previous_folder(destination)):
        if not _may_go(place):
            raise DestinationError(f"{place} holds something else than a model. Move it away, or name another folder.")


def _may_go(place: Path) -> bool:
    """Whether nothing but a model is lost with what is at `place`."""
    if not os.path.lexists(place):
        return True
    if place.is_symlink() or not place.is_dir():
        return False
    return _is_model(place) or not any(place.iterdir())


def _is_model(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, IsADirectoryError, ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and {"format", "version", "files"} <= manifest.keys()


def write_model(destination: Path, files: Mapping[str, bytes], facts: Mapping[str, Any], trained_at: datetime) -> str:
    """Write `files` and their manifest (with the entries of `facts`) to `destination`; returns the version.

    The version follows from the day and from all that is served, the report left out.

    Everything goes to a temporary folder beside it first, is flushed to disk, and then takes its place by rename.
    Killed before the renames, the old folder stays; killed between them, `engine.artifact.load` finds the old
    folder under its `.previous` name, and the next write puts it back.
    Raises DestinationError, as `check_destination` does, before anything is written.
    """
    destination = Path(destination).resolve()
    check_destination(destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    _recover(destination)
    folder = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", suffix=".partial", dir=destination.parent))
    try:
        folder.chmod(0o755)
        entries = {name: _written(folder / name, content) for name, content in sorted(files.items())}
        served = {**facts, "files": entries, "report": None}
        digest = hashlib.sha256(json.dumps(served, sort_keys=True).encode()).hexdigest()
        version = f"{trained_at:%Y-%m-%d}-{digest[:12]}"
        manifest = {
            "format": FORMAT_VERSION,
            "version": version,
            "trained_at": trained_at.isoformat(),
            **facts,
            "files": entries,
        }
        _written(folder / MANIFEST, sealed(manifest))
        _flush_folder(folder)
        _replace(folder, destination)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return version


def _written(path: Path, content: bytes) -> dict[str, Any]:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _recover(destination: Path) -> None:
    """Undo what an interrupted write left behind: the old folder set aside, and partial folders a day old."""
    previous = previous_folder(destination)
    if previous.exists():
        if destination.exists():
            shutil.rmtree(previous)
        else:
            previous.rename(destination)
    for partial in destination.parent.glob(f".{destination.name}.*.partial"):
        if time.time() - partial.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(partial, ignore_errors=True)


def _replace(folder: Path, destination: Path) -> None:
    previous = previous_folder(destination)
    if destination.exists():
        destination.rename(previous)
    folder.rename(destination)
    _flush_folder(destination.parent)
    shutil.rmtree(previous, ignore_errors=True)
