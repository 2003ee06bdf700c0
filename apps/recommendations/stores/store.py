"""A store of models.

    <store>/<version>/<the files of the model folder>
    <store>/current.json                                    the pointer

A version is there when its manifest is, which is written last and removed first; it never changes. The pointer is
replaced by one write, on the condition that nobody else replaced it since it was read. Whatever is killed at whatever
moment therefore leaves the old state or the new one, and at worst files without a manifest, which go a day later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import time
from typing import Any, Final, TypeVar

from apps.recommendations.engine.artifact import ArtifactError, Model, load
from apps.recommendations.engine.manifest import MANIFEST, read_manifest
from apps.recommendations.stores.errors import ActivatedMeanwhile, PointerDamaged, UnknownVersion
from apps.recommendations.stores.pointer import Pointer, is_version
from movierec.objects.folder import DRAFT, FolderObjects
from movierec.objects.interface import Changed, Objects, Stored

POINTER: Final = "current.json"
KEPT_COPIES: Final = 2
LEFTOVER_SECONDS: Final = 24 * 3600
_FETCHED_AT_ONCE: Final = 4

T = TypeVar("T")


class ModelStore:
    """The versions and the pointer in `objects`; versions that are elsewhere are copied to `cache` to be read.

    Every method raises StoreUnreachable.
    """

    def __init__(self, objects: Objects, cache: Path) -> None:
        self._objects = objects
        self._copies = FolderObjects(cache)

    def __str__(self) -> str:
        return str(self._objects)

    def pointer(self) -> Pointer | None:
        """Which version serves; None when none was ever activated. Raises PointerDamaged."""
        content = self._objects.read(POINTER)
        return None if content is None else self._understood(content)

    def _understood(self, content: bytes) -> Pointer:
        try:
            return Pointer.from_json(content)
        except ValueError as error:
            raise PointerDamaged(
                f"{self}/{POINTER} is damaged ({error}). "
                "Activate a version: manage.py recommender_model activate VERSION."
            ) from error

    def move_pointer(self, moved: Callable[[Pointer | None], Pointer]) -> Pointer:
        """Replaces the pointer by what `moved` makes of it (of None where it is damaged or absent).

        Raises ActivatedMeanwhile when somebody else replaced it at the same time.
        """
        seen = self._objects.read(POINTER)
        try:
            now = None if seen is None else self._understood(seen)
        except PointerDamaged:
            now = None
        wanted = moved(now)
        if wanted == now:
            return wanted
        try:
            self._objects.replace(POINTER, wanted.to_json(), seen)
        except Changed as error:
            raise ActivatedMeanwhile(
                f"Another version was activated in {self} at the same moment. "
                "See manage.py recommender_model list, and run the command again if it is still wanted."
            ) from error
        return wanted

    def versions(self) -> dict[str, list[Stored]]:
        """The objects of each version that is there."""
        return _versions_of(self._objects.listed())

    def newest_first(self) -> list[str]:
        """The versions that are there, in the order of their training."""
        found = self.versions()
        return sorted(found, key=lambda name: (str(self.manifest(name).get("trained_at", "")), name), reverse=True)

    def copies(self) -> list[str]:
        """The versions whose copies are in the cache, newest first; asks nothing of the store."""
        copied = _versions_of(self._copies.listed())
        return sorted(copied, key=lambda version: max(stored.changed for stored in copied[version]), reverse=True)

    def manifest(self, version: str) -> Mapping[str, Any]:
        """What a version's manifest says; nothing where it cannot be understood."""
        content = self._objects.read(f"{version}/{MANIFEST}")
        try:
            found = json.loads(content or b"{}")
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def has(self, version: str) -> bool:
        """Whether a version is there."""
        return self._objects.read(f"{version}/{MANIFEST}") is not None

    def state(self, version: str) -> list[Stored]:
        """The objects of a version, complete or not; equal while nothing of it was changed."""
        return self._objects.listed(version)

    def put(self, version: str, folder: Path) -> None:
        """Stores the files of a model folder as `version`; those that are there already are passed over.

        Raises ArtifactError when the folder has no manifest.
        """
        stored = {entry.name: entry for entry in self._objects.listed(version)}
        for file in (*read_manifest(folder / MANIFEST)["files"], MANIFEST):
            name, content = f"{version}/{file}", (folder / file).read_bytes()
            if name not in stored or not self._objects.holds(stored[name], content):
                self._objects.write(name, content)

    def remove(self, version: str, is_needed: Callable[[str], bool] = lambda _: False) -> None:
        """Removes a version, unless `is_needed` says that somebody chose it.

        That is asked when the manifest is gone already, which is then put back: who chooses a version looks for its
        manifest afterwards, so that one of the two always notices the other.
        """
        name = f"{version}/{MANIFEST}"
        manifest = self._objects.read(name)
        self._objects.remove(name)
        if manifest is not None and is_needed(version):
            self._objects.write(name, manifest)
        else:
            _remove(self._objects, version)

    def remove_leftovers(self) -> None:
        """Removes what killed writes left behind a day ago: drafts, and files of versions without a manifest."""
        entries = self._objects.listed()
        complete = _versions_of(entries)
        for folder, held in _by_folder(entries).items():
            if folder not in complete and _is_old(held):
                _remove(self._objects, folder)
        for entry in entries:
            if Path(entry.name).name.startswith(DRAFT) and _is_old([entry]):
                self._objects.remove(entry.name)

    def load(self, version: str) -> Model:
        """The model of a version. Raises ArtifactError when it is damaged, and UnknownVersion."""
        return self.read(version, lambda folder: _load_as(version, folder))

    def read(self, version: str, reader: Callable[[Path], T]) -> T:
        """What `reader` makes of the folder of a version. Raises UnknownVersion, and whatever it raises.

        Where `reader` raises ArtifactError for a copy in the cache, the copy is made anew once.
        """
        folder = self._objects.local(version)
        if folder is not None:
            if not self.has(version):
                raise self._unknown(version)
            return reader(folder)
        if self._copies.listed(version):
            try:
                return reader(self._copied(version))
            except ArtifactError:
                _remove(self._copies, version)
        return reader(self._copied(version))

    def _unknown(self, version: str) -> UnknownVersion:
        return UnknownVersion(f"{self} has no version {version}. See manage.py recommender_model list.")

    def _copied(self, version: str) -> Path:
        """The folder in the cache with a version's copy; what an interrupted copying left there is gone on with."""
        if self._copies.read(f"{version}/{MANIFEST}") is None:
            self._copy(version)
        return self._copies.local(version)

    def _copy(self, version: str) -> None:
        wanted = self._objects.listed(version)
        if not any(_is_manifest(entry.name) for entry in wanted):
            raise self._unknown(version)
        self._make_room(version)
        sizes = {entry.name: entry.size for entry in self._copies.listed(version)}
        missing = [entry.name for entry in wanted if sizes.get(entry.name) != entry.size]
        with ThreadPoolExecutor(_FETCHED_AT_ONCE, thread_name_prefix="model") as pool:
            list(pool.map(self._fetch, [name for name in missing if not _is_manifest(name)]))
        self._fetch(f"{version}/{MANIFEST}")

    def _make_room(self, version: str) -> None:
        others = [copy for copy in self.copies() if copy != version]
        for unwanted in set(_by_folder(self._copies.listed())) - {version, *others[: KEPT_COPIES - 1]}:
            _remove(self._copies, unwanted)

    def _fetch(self, name: str) -> None:
        content = self._objects.read(name)
        if content is not None:
            self._copies.write(name, content)


def _load_as(version: str, folder: Path) -> Model:
    model = load(folder)
    if model.version != version:
        raise ArtifactError(folder / MANIFEST, f"the model is {model.version} and not {version}")
    return model


def _is_old(entries: list[Stored]) -> bool:
    return time() - max(entry.changed for entry in entries) > LEFTOVER_SECONDS


def _by_folder(entries: list[Stored]) -> dict[str, list[Stored]]:
    folders: dict[str, list[Stored]] = {}
    for entry in entries:
        folder, _, rest = entry.name.partition("/")
        if rest and is_version(folder):
            folders.setdefault(folder, []).append(entry)
    return folders


def _versions_of(entries: list[Stored]) -> dict[str, list[Stored]]:
    folders = _by_folder(entries)
    return {folder: held for folder, held in folders.items() if any(_is_manifest(entry.name) for entry in held)}


def _is_manifest(name: str) -> bool:
    return name.endswith(f"/{MANIFEST}")


def _remove(objects: Objects, version: str) -> None:
    entries = objects.listed(version)
    for entry in sorted(entries, key=lambda entry: not _is_manifest(entry.name)):
        objects.remove(entry.name)
