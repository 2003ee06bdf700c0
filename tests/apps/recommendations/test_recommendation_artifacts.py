"""Which model serves, how another takes its place, and what serves when none can be had."""

from __future__ import annotations

import gc
import logging
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree, rmtree
from threading import Event, Thread, current_thread
from threading import enumerate as enumerate_threads
from typing import Any

import pytest
import time_machine
from botocore.exceptions import EndpointConnectionError

from apps.recommendations import artifacts
from apps.recommendations.artifacts import Keeper, is_published, refresh, serving
from apps.recommendations.engine.artifact import load
from apps.recommendations.publishing import activate, publish, rollback
from apps.recommendations.stores.configured import configured_store
from apps.recommendations.stores.store import ModelStore
from movierec.aws import client
from movierec.objects.folder import FolderObjects

LAST = "titles.jsonl"


@pytest.fixture
def names(model_folders: list[Path]) -> list[str]:
    return [load(folder).version for folder in model_folders]


@pytest.fixture
def three(store: Path, model_folders: list[Path]) -> Path:
    """The configured store with the first three models, of which the third is active."""
    for folder in model_folders[:3]:
        publish(folder)
    return store


@pytest.fixture
def three_in_s3(bucket: str, model_folders: list[Path]) -> str:
    """The same in a bucket."""
    for folder in model_folders[:3]:
        publish(folder)
    return bucket


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The warnings logged since the last call."""
    caplog.set_level(logging.WARNING)

    def said() -> list[str]:
        messages = [record.message for record in caplog.records if record.name == artifacts.__name__]
        caplog.clear()
        return messages

    return said


def flip(path: Path) -> None:
    """Changes one byte in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def another_process() -> Keeper:
    """Knows nothing of what this process loaded."""
    return Keeper(configured_store())


def test_the_active_model_is_loaded_once(trained: None) -> None:
    first = serving()
    assert (first.problem, first.fallback, first.published, first.model.trained) == (None, False, True, True)
    assert first.wanted == first.model.version
    assert len(first.model) == 36
    # A look at the store meanwhile may tell the same anew.
    assert serving().model is first.model


class TestWithoutAModel:
    def test_the_most_popular_titles_serve_and_a_log_line_says_so(
        self, untrained: Path, operations: list[str], warnings: Callable[[], list[str]]
    ) -> None:
        operations.clear()
        first = serving()
        assert operations == ["BatchGetItem", "BatchGetItem"]
        assert (first.fallback, first.published, first.model.trained) == (True, False, False)
        assert len(first.model) == 36
        assert first.model.version.startswith("untrained-")
        assert first.problem == f"{untrained} has no active model. Train one: manage.py train_recommender."
        assert warnings() == [f"{first.problem} Recommendations fall back on popularity."]
        operations.clear()
        assert serving() is first
        assert operations == []

    def test_looking_again_reads_no_catalogue_and_says_nothing_twice(
        self, untrained: Path, operations: list[str], warnings: Callable[[], list[str]]
    ) -> None:
        first = serving()
        warnings()
        operations.clear()
        assert refresh().model is first.model
        assert (operations, warnings()) == ([], [])

    def test_the_first_to_be_published_is_taken_up(self, untrained: Path, model_folder: Path) -> None:
        assert serving().fallback
        version = publish(model_folder)
        now = refresh()
        assert (now.model.version, now.fallback, now.problem, now.published) == (version, False, None, True)

    def test_an_empty_catalogue_recommends_nothing(self, store: Path, ask: Callable[..., Any]) -> None:
        response = ask()
        assert response.status_code == 200
        assert response.json()["items"] == []
        assert response.json()["metadata"]["fallbackUsed"] is True

    def test_whether_one_is_published_is_told_without_a_fallback(
        self, untrained: Path, model_folder: Path, operations: list[str], warnings: Callable[[], list[str]]
    ) -> None:
        operations.clear()
        assert not is_published()
        publish(model_folder)
        assert is_published()
        assert (operations, warnings()) == ([], [])
        assert not serving().fallback


class TestSwitching:
    def test_a_newly_active_model_is_taken_up_and_held_ones_live_on(
        self, three: Path, model_folders: list[Path], names: list[str]
    ) -> None:
        before = serving()
        publish(model_folders[3])
        assert serving() is before
        assert refresh().model.version == names[3]
        assert serving().model.version == names[3]
        assert before.model.titles[0].title == serving().model.titles[0].title

    def test_a_rollback_is_taken_up(self, three: Path, names: list[str]) -> None:
        serving()
        rollback()
        assert refresh().model.version == names[1]

    def test_an_old_model_is_freed_without_the_collector(self, three: Path, names: list[str]) -> None:
        keeper = another_process()
        held = weakref.ref(keeper.serving().model)
        assert held() is not None
        activate(names[0])
        gc.disable()
        try:
            keeper.refresh()
            assert held() is None
        finally:
            gc.enable()

    def test_what_is_active_already_is_not_loaded_again(self, three: Path) -> None:
        before = serving()
        assert refresh().model is before.model


class TestLooking:
    def test_a_request_waits_for_no_look(self, three: Path, names: list[str], settings: Any) -> None:
        """The store hangs; requests are answered from the model that is held, and one look only is under way."""
        entered, go_on = Event(), Event()

        class Hanging(FolderObjects):
            looks = 0
            thread: Thread | None = None

            def read(self, name: str) -> bytes | None:
                if name == "current.json" and Hanging.looks:
                    Hanging.thread = current_thread()
                    entered.set()
                    assert go_on.wait(10)
                Hanging.looks += name == "current.json"
                return super().read(name)

        keeper = Keeper(ModelStore(Hanging(three), three / "none"))
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            first = keeper.serving()
            clock.shift(settings.MODEL_CHECK_SECONDS - 1)
            assert keeper.serving() is first
            assert not entered.is_set()
            activate(names[0])
            clock.shift(1)
            assert keeper.serving() is first
            assert entered.wait(10)
            for _ in range(5):
                clock.shift(settings.MODEL_CHECK_SECONDS)
                assert keeper.serving() is first
            for other in (thread for thread in enumerate_threads() if thread.name == "model"):
                if other is not Hanging.thread:
                    other.join(10)
                    assert not other.is_alive()
            assert Hanging.looks == 1
            go_on.set()
            assert Hanging.thread
            Hanging.thread.join(10)
            assert keeper.serving().model.version == names[0]

    def test_a_clock_that_is_set_back_does_not_stop_the_looks(self, three: Path) -> None:
        looked = Event()

        class Telling(FolderObjects):
            looks = 0

            def read(self, name: str) -> bytes | None:
                Telling.looks += name == "current.json"
                if Telling.looks == 2:
                    looked.set()
                return super().read(name)

        keeper = Keeper(ModelStore(Telling(three), three / "none"))
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            keeper.serving()
            clock.shift(-3600)
            keeper.serving()
            assert looked.wait(10)

    def test_many_first_requests_load_one_model(self, three: Path) -> None:
        keeper, found = another_process(), []
        threads = [Thread(target=lambda: found.append(keeper.serving())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert len(set(map(id, found))) == 1


class TestDamage:
    def test_the_version_before_serves_in_a_new_process(
        self, three: Path, names: list[str], warnings: Callable[[], list[str]]
    ) -> None:
        flip(three / names[2] / LAST)
        keeper = another_process()
        now = keeper.serving()
        assert (now.model.version, now.wanted, now.fallback, now.published) == (names[1], names[2], True, True)
        assert now.problem == (
            f"{three / names[2] / LAST}: the file was altered (its SHA-256 differs from the manifest's). "
            "Train again: manage.py train_recommender."
        )
        assert warnings() == [f"{now.problem} Model {names[1]} serves meanwhile."]
        keeper.refresh()
        assert warnings() == []

    def test_then_the_one_before_that_and_every_reason_is_told(self, three: Path, names: list[str]) -> None:
        (three / names[2] / "manifest.json").unlink()
        (three / names[1] / LAST).write_bytes(b"cut")
        now = another_process().serving()
        assert (now.model.version, now.wanted) == (names[0], names[2])
        assert now.problem
        assert f"{three} has no version {names[2]}." in now.problem
        assert f"{names[1]}/{LAST}: the file has 3 bytes" in now.problem

    def test_versions_that_were_removed_are_no_problem(self, three: Path, names: list[str]) -> None:
        flip(three / names[2] / LAST)
        rmtree(three / names[1])
        now = another_process().serving()
        assert now.model.version == names[0]
        assert names[1] not in str(now.problem)

    def test_another_model_in_its_place_is_refused(self, three: Path, names: list[str]) -> None:
        rmtree(three / names[2])
        copytree(three / names[0], three / names[2])
        now = another_process().serving()
        assert (now.model.version, now.wanted) == (names[1], names[2])
        assert f"{names[2]}/manifest.json: the model is {names[0]} and not {names[2]}." in str(now.problem)

    def test_popularity_comes_last(self, three: Path, names: list[str], warnings: Callable[[], list[str]]) -> None:
        for version in names[:3]:
            (three / version / "manifest.json").write_bytes(b"{}")
        now = another_process().serving()
        assert (now.published, now.wanted, now.fallback) == (False, names[2], True)
        # Nothing is known of any title where the catalogue is empty, too.
        assert len(now.model) == 0
        assert [line.endswith("Recommendations fall back on popularity.") for line in warnings()] == [True]

    def test_the_model_in_memory_comes_before_popularity(
        self, three: Path, model_folders: list[Path], names: list[str]
    ) -> None:
        keeper = another_process()
        held = keeper.serving().model
        publish(model_folders[3])
        for path in three.rglob("manifest.json"):
            path.write_bytes(b"{}")
        now = keeper.refresh()
        assert (now.model, now.wanted, now.fallback, now.published) == (held, names[3], True, True)

    def test_damage_to_what_is_loaded_already_is_not_felt(self, three: Path, names: list[str]) -> None:
        keeper = another_process()
        before = keeper.serving()
        for path in (three / names[2]).iterdir():
            path.write_bytes(b"")
        now = keeper.refresh()
        assert (now.model, now.problem) == (before.model, None)
        assert now.model.titles[5].title

    def test_a_mended_version_is_taken_up_and_a_damaged_one_not_read_again(
        self, three: Path, model_folders: list[Path], names: list[str]
    ) -> None:
        class Counting(FolderObjects):
            manifests = 0

            def read(self, name: str) -> bytes | None:
                Counting.manifests += name == f"{names[2]}/manifest.json"
                return super().read(name)

        flip(three / names[2] / LAST)
        keeper = Keeper(ModelStore(Counting(three), three / "none"))
        assert keeper.serving().model.version == names[1]
        assert Counting.manifests == 1
        assert keeper.refresh().model.version == names[1]
        assert Counting.manifests == 1
        publish(model_folders[2])
        now = keeper.refresh()
        assert (now.model.version, now.problem) == (names[2], None)

    def test_a_version_that_could_not_be_read_is_taken_up_once_it_can(self, three: Path, names: list[str]) -> None:
        """Its files are the same before and after: their permissions were mended, or the disk."""
        loop = three.parent / "loop"
        loop.symlink_to(loop)

        class Unreadable(FolderObjects):
            mended = False

            def local(self, folder: str) -> Path:
                return super().local(folder) if self.mended or folder != names[2] else loop

        objects = Unreadable(three)
        keeper = Keeper(ModelStore(objects, three / "none"))
        now = keeper.serving()
        assert (now.model.version, now.wanted) == (names[1], names[2])
        assert "manifest.json: the file cannot be read (Too many levels of symbolic links)." in str(now.problem)
        objects.mended = True
        now = keeper.refresh()
        assert (now.model.version, now.problem) == (names[2], None)

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": "../../etc"}', b"\xff\xfe", b"[" * 100_000])
    def test_a_damaged_pointer_leaves_what_serves_or_takes_the_newest(
        self, three: Path, names: list[str], content: bytes
    ) -> None:
        keeper = another_process()
        before = keeper.serving()
        (three / "current.json").write_bytes(content)
        now = keeper.refresh()
        assert (now.model, now.wanted, now.fallback) == (before.model, names[2], False)
        assert "current.json is damaged" in str(now.problem)
        fresh = another_process().serving()
        assert (fresh.model.version, fresh.wanted, fresh.fallback) == (names[2], None, True)
        assert "current.json is damaged" in str(fresh.problem)

    def test_a_store_that_is_removed_leaves_what_serves(self, three: Path, names: list[str]) -> None:
        keeper = another_process()
        keeper.serving()
        rmtree(three)
        now = keeper.refresh()
        assert (now.model.version, now.wanted, now.fallback) == (names[2], names[2], False)
        assert now.problem == f"{three} has no active model. Train one: manage.py train_recommender."


class TestS3:
    @pytest.fixture
    def cut_off(self, three_in_s3: str) -> Iterator[Callable[..., None]]:
        """From its call on S3 cannot be reached; `spared` still can."""
        spare: list[str] = []

        def fail(request: Any, **_: Any) -> None:
            if not any(request.url.endswith(name) for name in spare):
                raise EndpointConnectionError(endpoint_url=request.url)

        def cut(*spared: str) -> None:
            spare.extend(spared)
            client("s3").meta.events.register_first("before-send.s3", fail)

        yield cut
        client("s3").meta.events.unregister("before-send.s3", fail)

    def copies(self, settings: Any) -> set[str]:
        return {path.name for path in settings.MODEL_CACHE.iterdir()}

    def test_the_active_model_is_copied_and_the_copy_used_again(
        self, three_in_s3: str, names: list[str], settings: Any
    ) -> None:
        assert another_process().serving().model.version == names[2]
        # Checking a version for activation makes copies too; here nothing was.
        assert self.copies(settings) == {names[2]}
        fetched: list[str] = []

        def note(params: dict[str, Any], **_: Any) -> None:
            fetched.append(params["Key"])

        events = client("s3").meta.events
        events.register("provide-client-params.s3.GetObject", note)
        assert another_process().serving().model.version == names[2]
        events.unregister("provide-client-params.s3.GetObject", note)
        assert fetched == ["some/models/current.json"]

    def test_two_copies_are_kept(self, three_in_s3: str, names: list[str], settings: Any) -> None:
        keeper = another_process()
        keeper.serving()
        for version in names[1::-1]:
            activate(version)
            assert keeper.refresh().model.version == version
        assert self.copies(settings) == set(names[:2])

    def test_a_damaged_copy_is_made_anew(self, three_in_s3: str, names: list[str], settings: Any) -> None:
        another_process().serving()
        flip(settings.MODEL_CACHE / names[2] / LAST)
        now = another_process().serving()
        assert (now.model.version, now.problem) == (names[2], None)

    @pytest.mark.parametrize("left", ["whole", "cut", "flipped"])
    def test_an_interrupted_copying_is_gone_on_with(
        self, three_in_s3: str, model_folders: list[Path], names: list[str], settings: Any, left: str
    ) -> None:
        content = (model_folders[2] / LAST).read_bytes()
        contents = {"whole": content, "cut": content[:-1], "flipped": bytes(len(content))}
        FolderObjects(settings.MODEL_CACHE).write(f"{names[2]}/{LAST}", contents[left])
        fetched: list[str] = []

        def note(params: dict[str, Any], **_: Any) -> None:
            fetched.append(params["Key"].rpartition("/")[2])

        events = client("s3").meta.events
        events.register("provide-client-params.s3.GetObject", note)
        now = another_process().serving()
        events.unregister("provide-client-params.s3.GetObject", note)
        assert (now.model.version, now.problem) == (names[2], None)
        assert fetched.count(LAST) == {"whole": 0, "cut": 1, "flipped": 1}[left]

    def test_a_damaged_version_is_fetched_once(self, three_in_s3: str, names: list[str]) -> None:
        client("s3").put_object(Bucket=three_in_s3, Key=f"some/models/{names[2]}/{LAST}", Body=b"cut")
        keeper = another_process()
        now = keeper.serving()
        assert (now.model.version, now.wanted) == (names[1], names[2])
        fetched: list[str] = []

        def note(params: dict[str, Any], **_: Any) -> None:
            fetched.append(params["Key"])

        events = client("s3").meta.events
        events.register("provide-client-params.s3.GetObject", note)
        keeper.refresh()
        events.unregister("provide-client-params.s3.GetObject", note)
        assert fetched == ["some/models/current.json"]

    def test_out_of_reach_what_is_held_serves_on(
        self, names: list[str], cut_off: Callable[..., None], warnings: Callable[[], list[str]]
    ) -> None:
        keeper = another_process()
        before = keeper.serving()
        cut_off()
        now = keeper.refresh()
        assert (now.model, now.wanted, now.fallback) == (before.model, names[2], False)
        assert str(now.problem).startswith("s3://movierec-")
        assert "Could not connect to the endpoint URL" in str(now.problem)
        assert warnings() == [f"{now.problem} Model {names[2]} serves meanwhile."]

    def test_out_of_reach_while_switching_what_is_held_serves_on(
        self, names: list[str], cut_off: Callable[..., None], settings: Any
    ) -> None:
        keeper = another_process()
        before = keeper.serving()
        activate(names[0])
        rmtree(settings.MODEL_CACHE / names[0])
        cut_off("current.json")
        now = keeper.refresh()
        assert (now.model, now.wanted, now.fallback) == (before.model, names[0], True)
        assert "Could not connect to the endpoint URL" in str(now.problem)

    def test_out_of_reach_at_the_start_the_newest_copy_serves(
        self, names: list[str], cut_off: Callable[..., None]
    ) -> None:
        another_process().serving()
        cut_off()
        now = another_process().serving()
        assert (now.model.version, now.wanted, now.fallback) == (names[2], None, True)

    def test_out_of_reach_at_the_start_without_a_copy_popularity_serves(self, cut_off: Callable[..., None]) -> None:
        cut_off()
        now = another_process().serving()
        assert (now.published, now.wanted, now.fallback) == (False, None, True)
