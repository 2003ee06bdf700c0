"""Publishing a model, and choosing which published one serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from apps.recommendations.engine.artifact import MANIFEST, ArtifactError, verify
from apps.recommendations.stores.configured import configured_store
from apps.recommendations.stores.errors import ActivatedMeanwhile, NothingBefore, PointerDamaged, UnknownVersion
from apps.recommendations.stores.pointer import MOST_PREVIOUS, Pointer, is_version
from apps.recommendations.stores.store import ModelStore

KEPT_VERSIONS: Final = 5


@dataclass(frozen=True, slots=True)
class Published:
    """A version in the store. `report` is what training said about it, with the figures of its evaluation."""

    version: str
    trained_at: str
    bytes: int
    active: bool
    report: Mapping[str, Any]


def publish(folder: Path, *, activate: bool = True, store: ModelStore | None = None) -> str:
    """Stores the model in `folder` and, unless told otherwise, makes it the one that serves; returns its version.

    The folder is checked thoroughly before anything is stored. A version that is there already is not stored again.
    Killed at any moment, what served before serves on, and the same call again finishes the work. Versions beyond the
    newest five go, save this one, the active one and the one before that. The store is that of the settings where not
    given. Raises ArtifactError for the folder and StoreError for the store.
    """
    store = store or configured_store()
    version = _checked(folder)
    store.put(version, folder)
    if activate:
        _point(store, version)
    _retire(store, version)
    return version


def activate(version: str) -> None:
    """Makes a published version the one that serves, once it has been checked thoroughly.

    Raises UnknownVersion, ArtifactError when the stored files are damaged, and StoreError.
    """
    store = configured_store()
    if not is_version(version):
        raise UnknownVersion(f"{version!r} is no version. See manage.py recommender_model list.")
    _check_stored(store, version)
    _point(store, version)


def rollback() -> str:
    """Makes the version that served before the one that serves, and returns it.

    A version before that is gone or damaged is passed over. Raises NothingBefore when none is left, and StoreError.
    """
    store = configured_store()
    # A damaged pointer says nothing of what was before: here that is an error, where moving takes it for none.
    store.pointer()

    def back(now: Pointer | None) -> Pointer:
        for place, version in enumerate(now.previous if now else ()):
            if _is_whole(store, version):
                assert now
                return Pointer(version, datetime.now(UTC), now.previous[place + 1 :])
        raise NothingBefore(
            f"No version before {now.version} can serve." if now else f"No version is active in {store}."
        )

    return _moved(store, back).version


def versions() -> list[Published]:
    """What is in the store, newest first. Raises StoreError."""
    store = configured_store()
    active = _active(store)
    found = []
    for version, entries in store.versions().items():
        manifest = store.manifest(version)
        report = manifest.get("report")
        found.append(
            Published(
                version=version,
                trained_at=str(manifest.get("trained_at", "")),
                bytes=sum(entry.size for entry in entries),
                active=version == active,
                report=report if isinstance(report, dict) else {},
            )
        )
    return sorted(found, key=lambda published: (published.trained_at, published.version), reverse=True)


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


def _point(store: ModelStore, version: str) -> None:
    stored = store.versions()

    def forward(now: Pointer | None) -> Pointer:
        if now is None:
            return Pointer(version, datetime.now(UTC))
        if now.version == version:
            return now
        before = [earlier for earlier in (now.version, *now.previous) if earlier in stored and earlier != version]
        return Pointer(version, datetime.now(UTC), tuple(before[:MOST_PREVIOUS]))

    _moved(store, forward)


def _moved(store: ModelStore, move: Callable[[Pointer | None], Pointer]) -> Pointer:
    """As `ModelStore.move_pointer`; taken back with UnknownVersion where another process removed that version."""
    before: list[Pointer | None] = []

    def noted(now: Pointer | None) -> Pointer:
        before.append(now)
        return move(now)

    moved = store.move_pointer(noted)
    if store.has(moved.version):
        return moved
    old = before[0]
    if old:
        with suppress(ActivatedMeanwhile):
            store.move_pointer(lambda now: now if now and now.version != moved.version else old)
    raise UnknownVersion(
        f"Version {moved.version} was removed from {store} while it was activated. "
        "See manage.py recommender_model list, and publish it again."
    )


def _is_whole(store: ModelStore, version: str) -> bool:
    try:
        _check_stored(store, version)
    except (ArtifactError, UnknownVersion):
        return False
    return True


def _active(store: ModelStore) -> str | None:
    try:
        pointer = store.pointer()
    except PointerDamaged:
        return None
    return pointer.version if pointer else None


def _retire(store: ModelStore, published: str) -> None:
    """Removes what nobody goes back to, and never what was just `published`."""
    store.remove_leftovers()

    def is_needed(version: str) -> bool:
        # Asked anew each time: another process may activate an old version meanwhile.
        try:
            pointer = store.pointer()
        except PointerDamaged:
            return True
        return pointer is not None and version in (pointer.version, *pointer.previous[:1])

    for version in store.newest_first()[KEPT_VERSIONS:]:
        if version != published and not is_needed(version):
            store.remove(version, is_needed)
