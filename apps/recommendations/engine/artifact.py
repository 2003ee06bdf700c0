"""The model: what training writes and the engine serves from, checked byte for byte when it is loaded."""

import hashlib
import json
import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, overload

from movierec.tables import Bytes, Lists, Texts, keep, small

from .factors import Factors
from .facts import FactIndex
from .files import read_files
from .manifest import FORMAT_VERSION, MANIFEST, ArtifactError, read_manifest
from .rows import Rows
from .sections import TITLES, build_sections, code_of, key_of, match_name, parted
from .standing import PRAISED, TRENDING, Standing
from .titles import Title, TitleKey

__all__ = [
    "CATALOGUE", "CONTENT", "CONTENT_NEIGHBOURS", "FORMAT_VERSION", "MANIFEST", "TITLES", "ArtifactError", "Model",
    "Operator", "Trained", "content_only", "load", "match_name", "previous_folder", "verify",
]  # fmt: skip

CATALOGUE: Final = "catalogue.bin"
CONTENT: Final = "content.rows"
CONTENT_NEIGHBOURS: Final = 50
_MOST_TITLES = 4_000  # kept in memory once parsed
_MOST_SIMILAR = 2_000


@dataclass(frozen=True, slots=True)
class Operator:
    """Trained item-item weights for people with up to `history` likes (None: any number).

    `blend` holds settings of the score for these people, as training wrote them.
    """

    history: int | None
    rows: Rows
    blend: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Trained:
    """What training adds to a catalogue; likes are counted per title, recent ones fade with age."""

    operators: Sequence[Operator]
    content: Rows
    likes: Sequence[float]
    recent: Sequence[float]
    factors: Mapping[str, Factors] = field(default_factory=dict)
    trained_at: datetime | None = None
    report: Mapping[str, Any] = field(default_factory=dict)


class Model:
    """Titles and what is known of how they belong together; never changes once made.

    A title is known by its place, a number from 0. Nothing in a model refers back to it, so that one that was replaced
    leaves memory with the last request that uses it.
    """

    def __init__(self, titles: Sequence[Title], version: str, trained: Trained | None = None) -> None:
        """A model in memory. Raises ValueError when `titles` are not distinct and in the order of their keys."""
        nothing = [0.0] * len(titles)
        likes, recent = (trained.likes, trained.recent) if trained else (nothing, nothing)
        self._read(build_sections(titles, likes, recent), version, trained)

    @classmethod
    def from_sections(cls, sections: Mapping[str, Bytes], version: str, trained: Trained) -> "Model":
        """A model from tables that `build_sections` made. Raises ValueError or KeyError when they do not fit."""
        model = cls.__new__(cls)
        model._read(sections, version, trained)
        return model

    def _read(self, sections: Mapping[str, Bytes], version: str, trained: Trained | None) -> None:
        keys = small("Q", sections["titles.keys"], len(sections["titles.keys"]) // 8)
        size = len(keys)
        self.version = version
        self.trained_at = trained.trained_at if trained else None
        self.report: Mapping[str, Any] = trained.report if trained else {}
        self.operators = tuple(trained.operators) if trained else ()
        self.factors: Mapping[str, Factors] = trained.factors if trained else {}
        self.titles: Sequence[Title] = _Titles(small("I", sections["titles.starts"], size + 1), sections[TITLES])
        self.index: Mapping[TitleKey, int] = _Places(keys)
        self.likes: Sequence[float] = small("f", sections["titles.likes"], size)
        self.recent: Sequence[float] = small("f", sections["titles.recent"], size)
        self.facts = FactIndex(sections, size)
        self.standing = Standing(
            fame=small("f", sections["titles.fame"], size),
            quality=small("f", sections["titles.quality"], size),
            trending=frozenset(self.facts.titles_with(TRENDING)),
            praised=frozenset(self.facts.titles_with(PRAISED)),
            lately=any(self.recent),
        )
        self._keys = keys
        self._names = Texts.read(sections, "names")
        self._named = Lists.read(sections, "names.titles", things=size)
        self._content = trained.content if trained else None
        self._similar_to: dict[int, list[tuple[int, float]]] = {}

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def trained(self) -> bool:
        return bool(self.operators)

    def key(self, i: int) -> TitleKey:
        """Title `i`'s identity, without reading the title."""
        return key_of(self._keys[i])

    def place(self, key: TitleKey) -> int | None:
        """The place of the title `key`, or None where the model does not know it."""
        return self.index.get(key)

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

    def spread_content(self, sources: Iterable[tuple[int, float]], most: int | None = None) -> dict[int, float]:
        """The sum of factor times the similarities of a title over `sources` of (title, factor).

        Of each title's neighbours only the `most` alike count, where given.
        """
        if self._content is not None:
            return self._content.spread(sources, most)
        totals: dict[int, float] = {}
        for i, factor in sources:
            for j, similarity in self._similar(i)[:most]:
                totals[j] = totals.get(j, 0.0) + factor * similarity
        return totals

    def content_neighbours(self, i: int) -> Iterable[tuple[int, float]]:
        """(title, similarity in 0..1) of the titles most like title `i` by what they are about."""
        return self._content.row(i) if self._content is not None else self._similar(i)

    def content_among(self, i: int, wanted: set[int], most: int | None = None) -> list[tuple[int, float]]:
        """The content neighbours of title `i`, or the `most` alike of them, that are `wanted`."""
        if self._content is not None:
            return self._content.among(i, wanted, most)
        return [(j, similarity) for j, similarity in self._similar(i)[:most] if j in wanted]

    def _similar(self, i: int) -> list[tuple[int, float]]:
        similar = self._similar_to.get(i)
        if similar is None:
            similar = keep(self._similar_to, i, self.facts.nearest(i, CONTENT_NEIGHBOURS), most=_MOST_SIMILAR)
        return similar

    def named(self, name: str) -> Sequence[int]:
        """The titles called `name` (compared without case, accents or punctuation), best known first."""
        found = self._names.find(match_name(name))
        return () if found is None else self._named[found]

    def check(self) -> None:
        """Look at every entry of every table, which takes seconds. Raises ValueError for the first that is wrong."""
        size = len(self)
        for i, key in enumerate(map(self.key, range(size))):
            if self.titles[i].key != key or self.place(key) != i:
                raise ValueError(f"title {i} is not the one its key says")
        for values in (self.likes, self.recent, self.standing.fame, self.standing.quality):
            if not all(map(math.isfinite, values)):
                raise ValueError("a figure of a title is not a finite number")
        self.facts.check()
        self._names.check()
        self._named.check(len(self._names), size)
        for rows in (self._content, *(operator.rows for operator in self.operators)):
            if rows is not None:
                rows.check(size)
        for factors in self.factors.values():
            factors.check()


class _Titles(Sequence[Title]):
    """Titles as JSON lines, each parsed when it is asked for."""

    def __init__(self, starts: Sequence[int], lines: Bytes) -> None:
        if starts[0] != 0 or starts[-1] != len(lines):
            raise ValueError("the titles do not begin and end with their lines")
        self._starts = starts
        self._lines = lines
        self._parsed: dict[int, Title] = {}

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, i: int) -> Title: ...
    @overload
    def __getitem__(self, i: slice) -> list[Title]: ...
    def __getitem__(self, i: int | slice) -> Title | list[Title]:
        if isinstance(i, slice):
            return [self[place] for place in range(len(self))[i]]
        place = range(len(self))[i]
        title = self._parsed.get(place)
        if title is None:
            line = bytes(self._lines[self._starts[place] : self._starts[place + 1]])
            title = Title.from_json(json.loads(line))
            keep(self._parsed, place, title, most=_MOST_TITLES)
        return title


class _Places(Mapping[TitleKey, int]):
    """The place of each title by its key."""

    def __init__(self, codes: Sequence[int]) -> None:
        self._codes = codes

    def __len__(self) -> int:
        return len(self._codes)

    def __iter__(self) -> Iterator[TitleKey]:
        return map(key_of, self._codes)

    def __getitem__(self, key: TitleKey) -> int:
        try:
            code = code_of(key)
        except ValueError:
            raise KeyError(key) from None
        place = bisect_left(self._codes, code)
        if place == len(self._codes) or self._codes[place] != code:
            raise KeyError(key)
        return place


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
    manifest = read_manifest(directory / MANIFEST)
    try:
        return _assemble(_Folder(directory, manifest))
    except ArtifactError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise ArtifactError(directory / MANIFEST, f"its entries do not fit together ({error!r})") from error


def verify(directory: Path) -> Model:
    """`load`, and a look at every entry of every file besides: seconds, for the time before a model goes into service.

    It finds what no digest can: files that were written whole and wrong. Raises ArtifactError as `load` does.
    """
    model = load(directory)
    try:
        model.check()
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise ArtifactError(Path(directory) / MANIFEST, f"the tables are not in order ({error})") from error
    return model


def previous_folder(directory: Path) -> Path:
    """Where a replacement puts the old model for the moment between its two renames."""
    return directory.with_name(f"{directory.name}.previous")


class _Folder:
    """The files of one model folder, read into memory once and compared with the manifest."""

    def __init__(self, directory: Path, manifest: Mapping[str, Any]) -> None:
        self.directory = directory
        self.manifest = manifest
        self.titles = int(manifest["titles"])
        self._contents = read_files(directory, manifest["files"])

    def read(self, name: str) -> memoryview:
        return self._contents[name]

    def rows(self, entry: Mapping[str, Any]) -> Rows:
        name = entry["file"]
        try:
            return Rows.from_bytes(self.read(name), rows=self.titles, entries=entry["entries"], columns=self.titles)
        except ValueError as error:
            raise ArtifactError(self.directory / name, str(error)) from error

    def factors(self, entry: Mapping[str, Any]) -> Factors:
        name = entry["file"]
        try:
            return Factors(self.read(name), titles=self.titles, dimensions=entry["dimensions"])
        except ValueError as error:
            raise ArtifactError(self.directory / name, str(error)) from error


def _assemble(folder: _Folder) -> Model:
    manifest = folder.manifest
    sections: dict[str, Bytes] = {TITLES: folder.read(TITLES)}
    sections |= parted(folder.read(CATALOGUE), manifest["sections"])
    operators = [Operator(one["history"], folder.rows(one), dict(one["blend"])) for one in manifest["operators"]]
    trained = Trained(
        operators=operators,
        content=folder.rows(manifest["content"]),
        likes=small("f", sections["titles.likes"], folder.titles),
        recent=small("f", sections["titles.recent"], folder.titles),
        factors={name: folder.factors(entry) for name, entry in manifest["factors"].items()},
        trained_at=datetime.fromisoformat(manifest["trained_at"]),
        report=dict(manifest["report"]),
    )
    return Model.from_sections(sections, manifest["version"], trained)
