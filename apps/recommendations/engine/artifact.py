"""The model folder: what training writes and the engine serves from, checked byte for byte when it is loaded."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from .facts import ContentIndex, FactIndex
from .rows import Rows, little_endian
from .standing import standing
from .titles import Title, TitleKey, normalise

FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
TITLES: Final = "titles.jsonl"
CONTENT: Final = "content.rows"
LIKES: Final = "likes.f32"
RECENT: Final = "recent.f32"
CONTENT_NEIGHBOURS: Final = 50
REMEDY: Final = "Train again: manage.py train_recommender"


class ArtifactError(ValueError):
    """A model folder that cannot be served from; the message names the file and the remedy."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(f"{path}: {fault}. {REMEDY}")


@dataclass(frozen=True, slots=True)
class Operator:
    """Trained item-item weights for people with up to `history` likes (None: any number)."""

    history: int | None
    rows: Rows


@dataclass(frozen=True)
class Trained:
    """What training adds to a catalogue; likes are counted per title, recent ones fade with age."""

    operators: Sequence[Operator]
    content: Rows
    likes: Sequence[float]
    recent: Sequence[float]
    trained_at: datetime | None = None
    report: Mapping[str, Any] = field(default_factory=dict)


class Model:
    """Titles and what is known of how they belong together; never changes once made."""

    def __init__(self, titles: Sequence[Title], version: str, trained: Trained | None = None) -> None:
        nothing = [0.0] * len(titles)
        self.version = version
        self.titles = list(titles)
        self.index: dict[TitleKey, int] = {title.key: i for i, title in enumerate(self.titles)}
        self.trained_at = trained.trained_at if trained else None
        self.report: dict[str, Any] = dict(trained.report) if trained else {}
        self.operators = tuple(trained.operators) if trained else ()
        self.likes = trained.likes if trained else nothing
        self.standing = standing(self.titles, self.likes, trained.recent if trained else nothing)
        self.facts = FactIndex(self.titles, self.standing)
        self._content = trained.content if trained else None
        self._content_index: ContentIndex | None = None
        self._content_cache: dict[int, list[tuple[int, float]]] = {}
        self._names: dict[str, list[int]] | None = None

    @property
    def trained(self) -> bool:
        return bool(self.operators)

    def operator(self, history: int) -> Operator | None:
        """The trained weights for a person with `history` likes, or None in an untrained model."""
        for operator in self.operators:
            if operator.history is None or history <= operator.history:
                return operator
        return None

    def neighbours(self, i: int, history: int | None = None) -> Iterable[tuple[int, float]]:
        """(title, trained weight) for title `i`, in the weights for `history` likes (None: the longest)."""
        if not self.operators:
            return ()
        operator = self.operators[-1] if history is None else self.operator(history)
        return operator.rows.row(i) if operator else ()

    def neighbours_among(self, i: int, wanted: set[int]) -> list[tuple[int, float]]:
        """The neighbours of title `i`, in the weights for the longest histories, that are `wanted`."""
        return self.operators[-1].rows.among(i, wanted) if self.operators else []

    def add_content(self, totals: list[float], i: int, factor: float) -> Sequence[int]:
        """Add `factor` times the similarities of title `i` to `totals`; returns the titles it touched."""
        if self._content is not None:
            return self._content.add_row(totals, i, factor)
        similar = self._similar(i)
        for j, similarity in similar:
            totals[j] += factor * similarity
        return [j for j, _ in similar]

    def content_neighbours(self, i: int) -> Iterable[tuple[int, float]]:
        """(title, similarity in 0..1) of the titles most like title `i` by what they are about."""
        return self._content.row(i) if self._content is not None else self._similar(i)

    def content_among(self, i: int, wanted: set[int]) -> list[tuple[int, float]]:
        """The content neighbours of title `i` that are `wanted`."""
        if self._content is not None:
            return self._content.among(i, wanted)
        return [(j, similarity) for j, similarity in self._similar(i) if j in wanted]

    def _similar(self, i: int) -> list[tuple[int, float]]:
        if i not in self._content_cache:
            if self._content_index is None:
                self._content_index = ContentIndex(self.titles)
            self._content_cache[i] = self._content_index.nearest(i, CONTENT_NEIGHBOURS)
        return self._content_cache[i]

    def named(self, name: str) -> Sequence[int]:
        """The titles called `name` (compared without case, accents or punctuation), best known first."""
        if self._names is None:
            self._names = {}
            for i in self.facts.by_fame:
                title = self.titles[i]
                for called in {match_name(title.title), match_name(title.original_title or "")}:
                    self._names.setdefault(called, []).append(i)
        wanted = match_name(name)
        return self._names.get(wanted, ()) if wanted else ()


def match_name(name: str) -> str:
    """`name` as titles are compared by: normalised, without a leading or trailing article."""
    words = normalise(name).split()
    if len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    elif len(words) > 1 and words[-1] in ("the", "a", "an"):
        words = words[:-1]
    return " ".join(words)


def content_only(titles: Sequence[Title]) -> Model:
    """A model that was never trained: popularity, ratings and content of `titles` alone."""
    unique = {title.key: title for title in titles}
    ordered = [unique[key] for key in sorted(unique)]
    digest = hashlib.sha256()
    for title in ordered:
        digest.update(json.dumps(title.to_json(), sort_keys=True).encode())
    return Model(ordered, f"untrained-{digest.hexdigest()[:12]}")


def load(directory: Path) -> Model:
    """The model in `directory`, every file of it checked for size and SHA-256.

    A folder that an interrupted replacement left under its `.previous` name is served from there.
    Raises ArtifactError when a file is missing, altered, truncated or of another format version.
    """
    directory = Path(directory)
    previous = previous_folder(directory)
    if not directory.exists() and previous.exists():
        directory = previous
    manifest = _manifest(directory / MANIFEST)
    try:
        return _assemble(_Folder(directory, manifest))
    except ArtifactError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise ArtifactError(directory / MANIFEST, f"its entries do not fit together ({error!r})") from error


def previous_folder(directory: Path) -> Path:
    """Where a replacement puts the old model for the moment between its two renames."""
    return directory.with_name(f"{directory.name}.previous")


class _Folder:
    """The files of one model folder, each read once and compared with the manifest."""

    def __init__(self, directory: Path, manifest: Mapping[str, Any]) -> None:
        self.directory = directory
        self.manifest = manifest

    def read(self, name: str) -> bytes:
        path = self.directory / name
        expected = self.manifest["files"][name]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ArtifactError(path, f"the file cannot be read ({error.strerror})") from error
        if len(content) != expected["bytes"]:
            raise ArtifactError(path, f"the file has {len(content)} bytes instead of {expected['bytes']}")
        if hashlib.sha256(content).hexdigest() != expected["sha256"]:
            raise ArtifactError(path, "the file was altered (its SHA-256 differs from the manifest's)")
        return content

    def rows(self, entry: Mapping[str, Any], titles: int) -> Rows:
        name = entry["file"]
        content = self.read(name)
        try:
            return Rows.from_bytes(
                content,
                rows=titles,
                entries=entry["entries"],
                index_bytes=entry["index_bytes"],
                columns=titles,
            )
        except ValueError as error:
            raise ArtifactError(self.directory / name, str(error)) from error

    def floats(self, name: str, count: int) -> list[float]:
        values: list[float] = list(little_endian("f", self.read(name)))
        if len(values) != count or not all(map(math.isfinite, values)):
            raise ArtifactError(self.directory / name, f"the file does not hold {count} finite numbers")
        return values


def _manifest(path: Path) -> Mapping[str, Any]:
    try:
        manifest = json.loads(path.read_bytes())
    except OSError as error:
        raise ArtifactError(path, f"the file cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ArtifactError(path, "the file is not JSON") from error
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != FORMAT_VERSION:
        raise ArtifactError(path, f"format version {found!r} is not {FORMAT_VERSION}, the one this code reads")
    return dict(manifest)


def _assemble(folder: _Folder) -> Model:
    manifest = folder.manifest
    count = manifest["titles"]
    lines = folder.read(TITLES).splitlines()
    titles = [Title.from_json(json.loads(line)) for line in lines]
    if len(titles) != count:
        raise ArtifactError(folder.directory / TITLES, f"the file has {len(titles)} titles instead of {count}")
    operators = [Operator(history=entry["history"], rows=folder.rows(entry, count)) for entry in manifest["operators"]]
    trained = Trained(
        operators=operators,
        content=folder.rows(manifest["content"], count),
        likes=folder.floats(LIKES, count),
        recent=folder.floats(RECENT, count),
        trained_at=datetime.fromisoformat(manifest["trained_at"]),
        report=manifest["report"],
    )
    return Model(titles, str(manifest["version"]), trained)
