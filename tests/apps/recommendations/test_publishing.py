"""Publishing models, choosing among them, and what is left when that is interrupted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import time_machine

from apps.recommendations.engine.artifact import ArtifactError, load
from apps.recommendations.publishing import activate, publish, rollback, versions
from apps.recommendations.stores import store as stores
from apps.recommendations.stores.configured import configured_store
from apps.recommendations.stores.errors import ActivatedMeanwhile, NothingBefore, PointerDamaged, UnknownVersion
from apps.recommendations.stores.pointer import Pointer
from apps.recommendations.stores.store import ModelStore
from movierec import env
from movierec.aws import client
from movierec.objects.folder import FolderObjects

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)


@pytest.fixture(params=["store", "bucket"])
def place(request: pytest.FixtureRequest) -> Any:
    """The configured store: a folder, or the name of a bucket."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def names(model_folders: list[Path]) -> list[str]:
    return [load(folder).version for folder in model_folders]


def stored(place: Path | str) -> dict[str, bytes]:
    """Every object of the store."""
    if isinstance(place, Path):
        found = (path for path in place.rglob("*") if path.is_file() and path.name != ".lock")
        return {path.relative_to(place).as_posix(): path.read_bytes() for path in found}
    keys = [entry["Key"] for entry in client("s3").list_objects_v2(Bucket=place).get("Contents", ())]
    return {
        key.removeprefix("some/models/"): client("s3").get_object(Bucket=place, Key=key)["Body"].read() for key in keys
    }


def put(place: Path | str, name: str, content: bytes) -> None:
    if isinstance(place, Path):
        (place / name).write_bytes(content)
    else:
        client("s3").put_object(Bucket=place, Key=f"some/models/{name}", Body=content)


def pointer() -> Pointer | None:
    return configured_store().pointer()


def active() -> str:
    found = pointer()
    assert found
    return found.version


@contextmanager
def writes() -> Iterator[list[str]]:
    """The keys written to S3 meanwhile."""
    written: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        written.append(params["Key"])

    events = client("s3").meta.events
    events.register("provide-client-params.s3.PutObject", note)
    yield written
    events.unregister("provide-client-params.s3.PutObject", note)


class TestPublish:
    def test_the_files_are_there_and_the_version_is_active(
        self, place: Any, model_folders: list[Path], names: list[str]
    ) -> None:
        with time_machine.travel(NOW, tick=False):
            assert publish(model_folders[0]) == names[0]
        found = stored(place)
        assert json.loads(found.pop("current.json")) == {
            "version": names[0],
            "activated_at": "2026-06-20T12:00:00.000Z",
            "previous": [],
        }
        assert found == {f"{names[0]}/{path.name}": path.read_bytes() for path in model_folders[0].iterdir()}

    def test_again_changes_nothing(self, place: Any, model_folders: list[Path]) -> None:
        publish(model_folders[0])
        before = configured_store().state(""), stored(place)
        publish(model_folders[0])
        assert (configured_store().state(""), stored(place)) == before

    def test_again_sends_nothing(self, bucket: str, model_folders: list[Path]) -> None:
        publish(model_folders[0])
        with writes() as written:
            publish(model_folders[0])
        assert written == []

    def test_the_manifest_is_sent_last_and_then_the_pointer(
        self, bucket: str, model_folders: list[Path], names: list[str]
    ) -> None:
        with writes() as written:
            publish(model_folders[0])
        assert written[-2:] == [f"some/models/{names[0]}/manifest.json", "some/models/current.json"]
        assert len(written) == len(list(model_folders[0].iterdir())) + 1

    def test_what_lies_beside_the_model_is_not_stored(
        self, place: Any, model_folders: list[Path], tmp_path: Path
    ) -> None:
        folder = copytree(model_folders[0], tmp_path / "model")
        (folder / "evaluation.json").write_bytes(b"{}")
        publish(folder)
        assert not any(name.endswith("evaluation.json") for name in stored(place))

    def test_it_can_only_store(self, place: Any, model_folders: list[Path], names: list[str]) -> None:
        publish(model_folders[0])
        publish(model_folders[1], activate=False)
        assert active() == names[0]
        assert set(configured_store().versions()) == set(names[:2])

    def test_a_damaged_folder_is_refused_and_nothing_stored(
        self, place: Any, model_folders: list[Path], tmp_path: Path
    ) -> None:
        damaged = copytree(model_folders[0], tmp_path / "damaged")
        largest = max(damaged.iterdir(), key=lambda path: path.stat().st_size)
        largest.write_bytes(largest.read_bytes()[:-1])
        with pytest.raises(ArtifactError, match=largest.name):
            publish(damaged)
        assert stored(place) == {}

    def test_a_version_that_was_damaged_in_the_store_is_mended(
        self, place: Any, model_folders: list[Path], names: list[str]
    ) -> None:
        publish(model_folders[0])
        good = stored(place)
        damaged = max((name for name in good if name.startswith(names[0])), key=lambda name: len(good[name]))
        put(place, damaged, bytes(len(good[damaged])))
        publish(model_folders[0])
        assert stored(place) == good

    def test_the_newest_five_stay_with_the_active_one_and_the_one_before(
        self, place: Any, model_folders: list[Path], names: list[str]
    ) -> None:
        for folder in model_folders[:3]:
            publish(folder)
        activate(names[0])
        assert pointer() == Pointer(names[0], pointer().activated_at, (names[2], names[1]))  # type: ignore[union-attr]
        for folder in model_folders[3:]:
            publish(folder, activate=False)
        assert set(configured_store().versions()) == {names[0], names[2], *names[3:]}
        activate(names[7])
        # What was removed is no version to go back to.
        assert pointer().previous == (names[0], names[2])  # type: ignore[union-attr]

    def test_an_old_one_that_is_only_stored_stays(
        self, place: Any, model_folders: list[Path], names: list[str]
    ) -> None:
        for folder in model_folders[2:]:
            publish(folder)
        assert publish(model_folders[0], activate=False) == names[0]
        assert set(configured_store().versions()) == {names[0], *names[3:]}

    def test_what_a_killed_publishing_left_goes_a_day_later(
        self, place: Any, model_folders: list[Path], names: list[str]
    ) -> None:
        publish(model_folders[0])
        before = stored(place)
        configured_store()._objects.write(f"{names[1]}/titles.jsonl", b"half")
        configured_store()._objects.write(f"{names[0]}/.draft-x", b"half")
        for later, left in ((stores.LEFTOVER_SECONDS - 60, 2), (stores.LEFTOVER_SECONDS + 60, 0)):
            with time_machine.travel(datetime.now(UTC).timestamp() + later, tick=False):
                configured_store().remove_leftovers()
            assert len(stored(place)) == len(before) + left
        assert stored(place) == before


class TestChoosing:
    @pytest.fixture(autouse=True)
    def published(self, place: Any, model_folders: list[Path]) -> None:
        """The first three models; the third is active."""
        for folder in model_folders[:3]:
            publish(folder)

    def test_an_older_one_is_activated(self, names: list[str]) -> None:
        activate(names[0])
        found = pointer()
        assert found
        assert (found.version, found.previous) == (names[0], (names[2], names[1]))

    def test_the_active_one_again_changes_nothing(self, names: list[str]) -> None:
        before = pointer()
        activate(names[2])
        assert pointer() == before

    @pytest.mark.parametrize("version", ["2020-01-01-none", "../store", ""])
    def test_an_unknown_one_is_refused(self, version: str, names: list[str]) -> None:
        with pytest.raises(UnknownVersion, match=r"See manage\.py recommender_model list\."):
            activate(version)
        assert active() == names[2]

    def test_a_damaged_one_is_refused(self, place: Any, names: list[str]) -> None:
        put(place, f"{names[0]}/manifest.json", b"{}")
        with pytest.raises(ArtifactError, match=r"manifest\.json"):
            activate(names[0])
        assert active() == names[2]

    def test_one_that_is_another_is_refused(self, place: Any, names: list[str]) -> None:
        found = stored(place)
        for name, content in found.items():
            if name.startswith(names[1]):
                put(place, name.replace(names[1], names[0]), content)
        with pytest.raises(ArtifactError, match=f"the model is {names[1]} and not {names[0]}"):
            activate(names[0])

    def test_rolling_back_goes_further_every_time(self, names: list[str]) -> None:
        assert (rollback(), active()) == (names[1], names[1])
        assert (rollback(), active()) == (names[0], names[0])
        with pytest.raises(NothingBefore, match=f"No version before {names[0]} can serve"):
            rollback()
        assert active() == names[0]

    def test_rolling_back_passes_a_damaged_one_over(self, place: Any, names: list[str]) -> None:
        put(place, f"{names[1]}/manifest.json", b"{}")
        assert (rollback(), active()) == (names[0], names[0])

    def test_what_was_activated_meanwhile_stays(self, place: Any, names: list[str]) -> None:
        def moved(now: Pointer | None) -> Pointer:
            activate(names[0])
            assert now
            return Pointer(names[1], NOW, ())

        with pytest.raises(ActivatedMeanwhile, match="Another version was activated"):
            configured_store().move_pointer(moved)
        assert active() == names[0]

    @pytest.mark.parametrize("content", [b"{", b"[]", b"[" * 100_000])
    def test_a_damaged_manifest_leaves_the_list_readable(self, place: Any, names: list[str], content: bytes) -> None:
        put(place, f"{names[0]}/manifest.json", content)
        assert [(found.version, found.trained_at) for found in versions()][2] == (names[0], "")

    def test_a_damaged_pointer_is_told_and_mended_by_activating(
        self, place: Any, model_folders: list[Path], names: list[str]
    ) -> None:
        put(place, "current.json", b'{"version": "2026')
        with pytest.raises(PointerDamaged, match=r"current\.json is damaged .* Activate a version"):
            rollback()
        assert [found.active for found in versions()] == [False] * 3
        publish(model_folders[3], activate=False)
        assert len(versions()) == 4
        activate(names[2])
        assert active() == names[2]

    def test_the_list_says_what_is_there(self, place: Any, names: list[str], model_folders: list[Path]) -> None:
        found = versions()
        assert [(entry.version, entry.active) for entry in found] == [
            (names[2], True),
            (names[1], False),
            (names[0], False),
        ]
        assert found[0].trained_at.startswith("2026-06-03T00:00:00")
        assert found[0].bytes == sum(path.stat().st_size for path in model_folders[2].iterdir())
        assert found[0].report["users"] == 40


class TestChosenWhileOldOnesGo:
    """The sixth model is published over five while another process activates the first, which is to be removed."""

    class Meanwhile(FolderObjects):
        """Activates `version` once, when its manifest is about to be read or removed."""

        version = ""
        at = ""
        removed = False

        def _activated(self, at: str, name: str) -> None:
            if (at, name) == (self.at, f"{self.version}/manifest.json"):
                self.at = ""
                activate(self.version)

        def read(self, name: str) -> bytes | None:
            self._activated("read", name)
            return super().read(name)

        def remove(self, name: str) -> None:
            self.removed = True
            self._activated("remove", name)
            super().remove(name)

    @pytest.mark.parametrize("at", ["read", "remove"])
    def test_what_was_activated_stays_whole(
        self, store: Path, model_folders: list[Path], names: list[str], at: str
    ) -> None:
        for folder in model_folders[:5]:
            publish(folder)
        objects = self.Meanwhile(store)
        objects.version, objects.at = names[0], at
        publish(model_folders[5], activate=False, store=ModelStore(objects, store / "none"))
        assert (objects.at, objects.removed) == ("", at == "remove")
        assert active() == names[0]
        assert configured_store().load(names[0]).version == names[0]

    @pytest.mark.parametrize("back", [False, True])
    def test_a_version_that_goes_while_it_is_activated_does_not_stay_active(
        self, bucket: str, model_folders: list[Path], names: list[str], back: bool
    ) -> None:
        for folder in model_folders[:3]:
            publish(folder)
        before, chosen = pointer(), names[1 if back else 0]

        def removed(**_: Any) -> None:
            events.unregister("before-send.s3.PutObject", removed)
            configured_store().remove(chosen)

        events = client("s3").meta.events
        events.register_first("before-send.s3.PutObject", removed)
        with pytest.raises(UnknownVersion) as caught:
            rollback() if back else activate(chosen)
        assert str(caught.value) == (
            f"Version {chosen} was removed from s3://{bucket}/some/models while it was chosen. "
            "See manage.py recommender_model list, and publish it again."
        )
        assert pointer() == before


def test_an_empty_store_has_nothing_to_go_back_to(place: Any) -> None:
    with pytest.raises(NothingBefore, match="No version is active in"):
        rollback()
    assert versions() == []
    assert stored(place) == {}


KILLER = '''
import os, shutil, signal, sys
from pathlib import Path
import django
django.setup()
from apps.recommendations.publishing import publish
from movierec.objects.folder import FolderObjects
from apps.recommendations.stores.store import ModelStore


class Killed(FolderObjects):
    """Kills its process before or after its n-th change."""

    left, after = 0, False

    def _step(self, change):
        Killed.left -= 1
        if Killed.left == 0 and not Killed.after:
            os.kill(os.getpid(), signal.SIGKILL)
        change()
        if Killed.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def write(self, name, content):
        self._step(lambda: super(Killed, self).write(name, content))

    def remove(self, name):
        self._step(lambda: super(Killed, self).remove(name))


folders, parent = [Path(name) for name in sys.argv[1:-1]], Path(sys.argv[-1])
before = parent / "before"
for folder in folders[:-1]:
    publish(folder, store=ModelStore(FolderObjects(before), before))
for after in (False, True):
    for step in range(1, 100):
        root = parent / f"{step}-{after}"
        shutil.copytree(before, root)
        child = os.fork()
        if child == 0:
            Killed.left, Killed.after = step, after
            publish(folders[-1], store=ModelStore(Killed(root), root))
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            break
        print(root, flush=True)
'''


def test_killed_at_any_step_the_old_one_or_the_new_one_serves(
    model_folders: list[Path], names: list[str], tmp_path: Path, settings: Any
) -> None:
    """The sixth model is published over five, so that the first one is removed at the end."""
    folders = model_folders[:6]
    ended = subprocess.run(
        [sys.executable, "-c", KILLER, *map(str, folders), str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=env.BASE_DIR,
        env={"PATH": "", "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": "."},
    )
    roots = [Path(line) for line in ended.stdout.splitlines()]
    files = len(list(folders[0].iterdir()))
    # Every file of the new version, the pointer, every file of the oldest; before and after.
    assert len(roots) == 2 * (files + 1 + files)
    seen = set()
    for root in roots:
        settings.MODEL_STORE = str(root)
        now = active()
        seen.add(now)
        configured_store().load(now)
        for version in configured_store().versions():
            configured_store().load(version)
        # The same call again finishes the work.
        publish(folders[-1])
        assert active() == names[5]
        assert configured_store().newest_first() == names[5:0:-1]
    assert seen == {names[4], names[5]}


def test_cut_off_from_s3_at_any_step_the_old_one_or_the_new_one_serves(
    bucket: str, model_folders: list[Path], names: list[str]
) -> None:
    class CutOff(Exception):
        pass

    publish(model_folders[0])
    files = len(list(model_folders[1].iterdir()))
    seen = []
    for step in range(1, files + 2):
        left = [step]

        def cut(left: list[int] = left, **_: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise CutOff

        events = client("s3").meta.events
        events.register_first("before-send.s3.PutObject", cut)
        try:
            with pytest.raises(CutOff):
                publish(model_folders[step % 2 + 1])
        finally:
            events.unregister("before-send.s3.PutObject", cut)
        seen.append(active())
        for version in configured_store().versions():
            configured_store().load(version)
        for version in names[1:3]:
            configured_store().remove(version)
    assert seen == [names[0]] * (files + 1)
    publish(model_folders[1])
    assert active() == names[1]
