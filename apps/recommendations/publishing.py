"""Publishing a model, and choosing which published one serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from apps.recommendations.engine.artifact import MANIFEST, ArtifactError, verify
from apps.recommendations.stores.configured import configured_store
from apps.recommendations.stores.errors import (
    ActivatedMeanwhile,
    NoRoom,
    NotACandidate,
    NothingBefore,
    PointerDamaged,
    UnknownVersion,
)
from apps.recommendations.stores.pointer import MOST_PREVIOUS, Pointer, is_version
from apps.recommendations.stores.room import room_beside
from apps.recommendations.stores.store import ModelStore

KEPT_VERSIONS: Final = 5

Move = Callable[[Pointer | None], Pointer]


@dataclass(frozen=True, slots=True)
class Published:
    """A version in the store. `report` is what training said about it, with the figures of its evaluation.

    `share` is the percentage of people whom it serves.
    """

    version: str
    trained_at: str
    bytes: int
    active: bool
    report: Mapping[str, Any]
    share: int = 0


@dataclass(frozen=True, slots=True)
class Shelved:
    """What is in the store, newest first, and the pointer; `problem` says why that cannot be understood."""

    versions: list[Published]
    pointer: Pointer | None
    problem: str | None

    def named(self, version: str) -> Published | None:
        """A version in the store by its name."""
        return next((each for each in self.versions if each.version == version), None)

    @property
    def mark(self) -> str:
        """What forms carry to tell whether the pointer is still the one they were made from; empty without one."""
        return self.pointer.mark if self.pointer else ""


def publish(folder: Path, *, activate: bool = True, store: ModelStore | None = None) -> str:
    """Stores the model in `folder` and, unless told otherwise, makes it the one that serves; returns its version.

    The folder is checked thoroughly before anything is stored. A version that is there already is not stored again.
    Killed at any moment, what served before serves on, and the same call again finishes the work. Versions beyond the
    newest five go, save this one, the active one, the one before that and the candidate. The store is that of the
    settings where not given. Raises ArtifactError for the folder and StoreError for the store.
    """
    store = store or configured_store()
    version = _checked(folder)
    store.put(version, folder)
    if activate:
        _point(store, version)
    _retire(store, version)
    return version


def activate(version: str, *, seen: str | None = None) -> None:
    """Makes a published version the one that serves, once it has been checked thoroughly.

    A candidate that is activated is none any more; another one goes on being tried. `seen` is the mark of the pointer
    that whoever asks has seen, None where that is not told: another one raises ActivatedMeanwhile. Raises
    UnknownVersion, ArtifactError when the stored files are damaged, and StoreError.
    """
    store = configured_store()
    _check_chosen(store, version)
    _point(store, version, seen)


def rollback(*, seen: str | None = None) -> str:
    """Makes the version that served before the one that serves, and returns it; `seen` as in `activate`.

    A version before that is gone or damaged is passed over. Raises NothingBefore when none is left, and StoreError.
    """
    store = configured_store()
    # A damaged pointer says nothing of what was before: here that is an error, where moving takes it for none.
    store.pointer()

    def back(now: Pointer | None) -> Pointer:
        for place, version in enumerate(now.previous if now else ()):
            if _is_whole(store, version):
                assert now
                return _serving(now, version, now.previous[place + 1 :])
        raise NothingBefore(
            f"No version before {now.version} can serve." if now else f"No version is active in {store}."
        )

    return _moved(store, _if_seen(store, back, seen)).version


def share(version: str, percent: int, *, seen: str | None = None) -> None:
    """Has a published version serve `percent` (0 to 100) of the people and the active one the rest, once it is checked.

    It takes the place of another candidate; with 0 it is none any more, and needs no check. `seen` as in `activate`.
    Raises ValueError for another percentage, NotACandidate for the active version and for 0 percent of one that is not
    tried, NoRoom where processes have no memory for both, else as `activate`.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"percent must be 0 to 100, not {percent}")
    store = configured_store()
    # A damaged pointer names no active version beside which another could be tried.
    pointer = store.pointer()
    if percent:
        _check_chosen(store, version)
        _check_room(store, pointer, version)

    def tried(now: Pointer | None) -> Pointer:
        if now is None:
            raise NotACandidate(f"No version is active in {store}; activate one before another is tried beside it.")
        if version == now.version:
            raise NotACandidate(f"{version} is the active version: it serves everybody whom no candidate serves.")
        if not percent and version != now.candidate:
            raise NotACandidate(f"{version} is not tried on anybody, so there is nothing to end.")
        return replace(now, candidate=version if percent else None, share=percent)

    _moved(store, _if_seen(store, tried, seen))


def versions() -> list[Published]:
    """What is in the store, newest first. Raises StoreError."""
    return shelved().versions


def shelved() -> Shelved:
    """What is in the store, and what its pointer says. Raises StoreUnreachable."""
    store = configured_store()
    pointer, problem = _pointer(store)
    found = []
    for version, entries in store.versions().items():
        manifest = store.manifest(version)
        report = manifest.get("report")
        found.append(
            Published(
                version=version,
                trained_at=str(manifest.get("trained_at", "")),
                bytes=sum(entry.size for entry in entries),
                active=pointer is not None and version == pointer.version,
                report=report if isinstance(report, dict) else {},
                share=_share_of(version, pointer),
            )
        )
    newest_first = sorted(found, key=lambda published: (published.trained_at, published.version), reverse=True)
    return Shelved(newest_first, pointer, problem)


def _share_of(version: str, pointer: Pointer | None) -> int:
    if pointer is None or version not in (pointer.version, pointer.candidate):
        return 0
    return pointer.share if version == pointer.candidate else 100 - pointer.share


def _check_chosen(store: ModelStore, version: str) -> None:
    """Raises UnknownVersion for what is no version of the store, and ArtifactError for damage."""
    if not is_version(version):
        raise UnknownVersion(f"{version!r} is no version. See manage.py recommender_model list.")
    _check_stored(store, version)


def _check_room(store: ModelStore, pointer: Pointer | None, version: str) -> None:
    sentence = room_beside(store, pointer.version, version) if pointer else None
    if sentence:
        raise NoRoom(sentence)


def _checked(folder: Path) -> str:
    """The version of the model in `folder`, every byte of which was looked at. Raises ArtifactError."""
    version = verify(folder).version
    if not is_version(version):
        raise ArtifactError(folder / MANIFEST, f"its version {version!r} cannot be the name of a folder")
    return version


def _check_stored(store: ModelStore, version: str) -> None:
    """Raises UnknownVersion, and ArtifactError for damage."""

    def check(folder: Path) -> None:
        if (found := _checked(folder)) != version:
            raise ArtifactError(folder / MANIFEST, f"the model is {found} and not {version}")

    store.read(version, check)


def _point(store: ModelStore, version: str, seen: str | None = None) -> None:
    stored = store.versions()

    def forward(now: Pointer | None) -> Pointer:
        if now is None:
            return Pointer(version, datetime.now(UTC))
        if now.version == version:
            return now
        before = [earlier for earlier in (now.version, *now.previous) if earlier in stored and earlier != version]
        return _serving(now, version, tuple(before[:MOST_PREVIOUS]))

    _moved(store, _if_seen(store, forward, seen))


def _serving(now: Pointer, version: str, previous: tuple[str, ...]) -> Pointer:
    """The pointer after `now` with another active version, which is no candidate beside itself."""
    if version == now.candidate:
        return Pointer(version, datetime.now(UTC), previous)
    return Pointer(version, datetime.now(UTC), previous, now.candidate, now.share)


def _if_seen(store: ModelStore, move: Move, seen: str | None) -> Move:
    """`move`, which raises ActivatedMeanwhile where the pointer is not the one with the mark `seen`."""

    def moved(now: Pointer | None) -> Pointer:
        if seen is not None and seen != (now.mark if now else ""):
            raise ActivatedMeanwhile(f"Somebody changed which version serves in {store} since you looked at it.")
        return move(now)

    return moved


def _moved(store: ModelStore, move: Move) -> Pointer:
    """As `ModelStore.move_pointer`; taken back with UnknownVersion where another process removed a version it names."""
    before: list[Pointer | None] = []

    def noted(now: Pointer | None) -> Pointer:
        before.append(now)
        return move(now)

    moved = store.move_pointer(noted)
    old = before[0]
    new = [version for version in _chosen(moved) if old is None or version not in _chosen(old)]
    gone = next((version for version in new or [moved.version] if not store.has(version)), None)
    if gone is None:
        return moved
    if old:
        with suppress(ActivatedMeanwhile):
            store.move_pointer(lambda now: now if now and _chosen(now) != _chosen(moved) else old)
    raise UnknownVersion(
        f"Version {gone} was removed from {store} while it was chosen. "
        "See manage.py recommender_model list, and publish it again."
    )


def _chosen(pointer: Pointer) -> list[str]:
    """The versions that serve somebody."""
    return [pointer.version, *([pointer.candidate] if pointer.candidate else [])]


def _is_whole(store: ModelStore, version: str) -> bool:
    try:
        _check_stored(store, version)
    except (ArtifactError, UnknownVersion):
        return False
    return True


def _pointer(store: ModelStore) -> tuple[Pointer | None, str | None]:
    """The pointer, and why it cannot be understood where that is so."""
    try:
        return store.pointer(), None
    except PointerDamaged as error:
        return None, str(error)


def _retire(store: ModelStore, published: str) -> None:
    """Removes what nobody goes back to, and never what was just `published`."""
    store.remove_leftovers()

    def is_needed(version: str) -> bool:
        # Asked anew each time: another process may activate an old version meanwhile.
        try:
            pointer = store.pointer()
        except PointerDamaged:
            return True
        return pointer is not None and version in (pointer.version, pointer.candidate, *pointer.previous[:1])

    for version in store.newest_first()[KEPT_VERSIONS:]:
        if version != published and not is_needed(version):
            store.remove(version, is_needed)
