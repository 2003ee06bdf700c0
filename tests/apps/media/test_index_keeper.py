"""Which index serves, how another takes its place, and what serves when none can be had."""

from __future__ import annotations

import gc
import logging
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Event, Thread
from threading import enumerate as enumerate_threads
from typing import Any

import pytest
import time_machine
from botocore.exceptions import EndpointConnectionError

from apps.media import index_keeper
from apps.media.errors import IndexMissing
from apps.media.index.build import build_index
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index.errors import REMEDY, IndexDamaged
from apps.media.index_keeper import INDEX_NAME, Keeper, index, is_published, publish_index
from apps.media.titles import CatalogueTitle, FullTitle
from movierec.aws import client as aws_client
from movierec.objects import StoreUnreachable, objects_at
from movierec.objects.folder import FolderObjects


def built(*ids: int, at: str = "2026-05-01T12:00:00Z") -> bytes:
    """An index of films with these numbers."""
    return build_index((FullTitle(CatalogueTitle("movie", n, f"Film {n}", "demo")) for n in ids), built_at=at)


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Path:
    """The configured store: a folder that is not there yet."""
    settings.CATALOGUE_STORE = str(tmp_path / "catalogue")
    return tmp_path / "catalogue"


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The warnings logged since the last call."""
    caplog.set_level(logging.WARNING)

    def said() -> list[str]:
        messages = [record.message for record in caplog.records if record.name == index_keeper.__name__]
        caplog.clear()
        return messages

    return said


@pytest.fixture
def clock() -> Iterator[Any]:
    """The time stands still until it is shifted."""
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as traveller:
        yield traveller


def written_by_another(store: Path, content: bytes) -> None:
    """Another process publishes."""
    FolderObjects(store).write(INDEX_NAME, content)


def looked() -> None:
    """Waits for the look that the last call started."""
    for thread in enumerate_threads():
        if thread.name == "catalogue":
            thread.join(timeout=10)
            assert not thread.is_alive()


def test_what_is_published_serves_at_once(store: Path) -> None:
    publish_index(built(1, 2))
    first = index()
    assert (len(first), index() is first, is_published()) == (2, True, True)
    publish_index(built(1, 2, 3))
    assert len(index()) == 3
    assert [path.name for path in store.iterdir()] == [INDEX_NAME]


class TestWithoutAnIndex:
    def test_asking_is_503_and_says_when_to_come_back(self, store: Path, warnings: Callable[[], list[str]]) -> None:
        with pytest.raises(IndexMissing) as raised:
            index()
        assert raised.value.status == 503
        assert raised.value.headers == {"Retry-After": "5"}
        assert raised.value.error_code == "CatalogueIndexMissing"
        assert not is_published()
        assert warnings() == [
            f"{store} has no index of the catalogue. {REMEDY} Until then search and filters answer 503."
        ]

    def test_the_store_is_asked_every_five_seconds_and_not_by_every_request(self, store: Path, clock: Any) -> None:
        assert not is_published()
        written_by_another(store, built(1))
        clock.shift(4.9)
        assert not is_published()
        clock.shift(0.2)
        assert is_published()

    def test_a_damaged_one_is_none(self, store: Path, warnings: Callable[[], list[str]], clock: Any) -> None:
        written_by_another(store, built(1)[:-1])
        assert not is_published()
        (said,) = warnings()
        assert said.startswith(f"{store}/{INDEX_NAME}: The index of the catalogue is damaged")
        clock.shift(60)
        assert not is_published()
        assert warnings() == []


class TestPublishing:
    def test_a_damaged_index_is_refused_and_stores_nothing(self, store: Path) -> None:
        with pytest.raises(IndexDamaged):
            publish_index(built(1)[:-1])
        assert not store.exists()

    def test_the_one_before_stays_where_the_new_one_is_damaged(self, store: Path) -> None:
        publish_index(built(1))
        with pytest.raises(IndexDamaged):
            publish_index(b"")
        assert CatalogueIndex.read((store / INDEX_NAME).read_bytes()).key(0) == ("movie", 1)

    def test_a_store_that_cannot_be_written_says_so(self, store: Path) -> None:
        store.write_text("a file", encoding="utf-8")
        with pytest.raises(StoreUnreachable, match="cannot be read or written"):
            publish_index(built(1))


class TestLookingAnew:
    def test_another_is_taken_up_beside_the_requests(self, store: Path, settings: Any, clock: Any) -> None:
        publish_index(built(1))
        before = index()
        written_by_another(store, built(1, 2))
        clock.shift(settings.MODEL_CHECK_SECONDS - 0.1)
        assert index() is before
        looked()
        assert index() is before
        clock.shift(0.2)
        assert index() is before  # nobody waits
        looked()
        assert len(index()) == 2
        assert before.key(0) == ("movie", 1)

    def test_a_clock_that_was_set_back_does_not_stop_the_looks(self, store: Path, clock: Any) -> None:
        publish_index(built(1))
        index()
        written_by_another(store, built(1, 2))
        clock.shift(-3600)
        index()
        looked()
        assert len(index()) == 2

    def test_what_did_not_change_is_not_read_again(self, store: Path, clock: Any) -> None:
        objects = Counting(store)
        keeper = Keeper(objects)
        written_by_another(store, built(1))
        keeper.index()
        for _ in range(3):
            clock.shift(60)
            keeper.index()
            looked()
        assert (objects.listings, objects.reads) == (4, 1)

    @pytest.mark.parametrize("damage", [b"", b"no index", built(1)[:-1]])
    def test_a_damaged_one_changes_nothing_and_is_said_once(
        self, store: Path, warnings: Callable[[], list[str]], clock: Any, damage: bytes
    ) -> None:
        publish_index(built(1))
        before = index()
        written_by_another(store, damage)
        for _ in range(3):
            clock.shift(60)
            assert index() is before
            looked()
        (said,) = warnings()
        assert said.startswith(f"{store}/{INDEX_NAME}: The ")
        assert said.endswith(f"{REMEDY} The index of 2026-05-01T12:00:00Z serves meanwhile.")
        written_by_another(store, built(1, 2))
        clock.shift(60)
        index()
        looked()
        assert (len(index()), warnings()) == (2, [])

    def test_one_that_is_gone_goes_on_serving(self, store: Path, warnings: Callable[[], list[str]], clock: Any) -> None:
        publish_index(built(1))
        before = index()
        (store / INDEX_NAME).unlink()
        clock.shift(60)
        index()
        looked()
        assert index() is before
        assert [said.split(". ")[0] for said in warnings()] == [f"{store} has no index of the catalogue"]

    def test_the_old_one_is_freed_without_the_collector(self, store: Path) -> None:
        publish_index(built(1))
        old = weakref.ref(index())
        index().search.find("film", kinds=frozenset({"movie"}), limit=1)
        gc.disable()
        try:
            publish_index(built(2))
            assert index().key(0) == ("movie", 2)
            assert old() is None
        finally:
            gc.enable()


class TestThreads:
    def test_many_first_requests_read_once(self, store: Path) -> None:
        objects = Counting(store)
        keeper = Keeper(objects)
        written_by_another(store, built(1))
        together = Barrier(20)
        found: list[CatalogueIndex] = []

        def ask() -> None:
            together.wait(timeout=10)
            found.append(keeper.index())

        threads = [Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=10)
        assert len(found) == 20
        assert len({id(each) for each in found}) == 1
        assert (objects.listings, objects.reads) == (1, 1)

    def test_a_slow_look_holds_nobody_up_and_is_not_doubled(self, store: Path, clock: Any) -> None:
        objects = Slow(store)
        keeper = Keeper(objects)
        written_by_another(store, built(1))
        objects.goes_on.set()
        before = keeper.index()
        objects.goes_on.clear()
        written_by_another(store, built(1, 2))
        for _ in range(5):
            clock.shift(60)
            assert keeper.index() is before
        objects.goes_on.set()
        looked()
        assert len(keeper.index()) == 2
        assert objects.listings == 2


class TestInABucket:
    @pytest.fixture
    def in_s3(self, bucket: str, settings: Any) -> str:
        settings.CATALOGUE_STORE = f"s3://{bucket}/catalogue"
        return bucket

    def test_it_is_published_and_taken_up_anew(self, in_s3: str, settings: Any, clock: Any) -> None:
        publish_index(built(1))
        assert len(index()) == 1
        objects_at(settings.CATALOGUE_STORE).write(INDEX_NAME, built(1, 2))
        clock.shift(60)
        index()
        looked()
        assert len(index()) == 2

    def test_a_bucket_that_does_not_answer_changes_nothing(
        self,
        in_s3: str,
        settings: Any,
        warnings: Callable[[], list[str]],
        clock: Any,
    ) -> None:
        publish_index(built(1))
        before = index()

        def silent(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://s3.example")

        events = aws_client("s3").meta.events
        events.register("before-call.s3", silent)
        try:
            for _ in range(2):
                clock.shift(60)
                assert index() is before
                looked()
        finally:
            events.unregister("before-call.s3", silent)
        (said,) = warnings()
        assert said.startswith(f"{settings.CATALOGUE_STORE} cannot be used (Could not connect")
        assert said.endswith("The index of 2026-05-01T12:00:00Z serves meanwhile.")


class Counting(FolderObjects):
    """Counts how often it is asked."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.listings = self.reads = 0

    def listed(self, folder: str = "") -> Any:
        self.listings += 1
        return super().listed(folder)

    def read(self, name: str) -> bytes | None:
        self.reads += 1
        return super().read(name)


class Slow(Counting):
    """Answers when it is let go on."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.goes_on = Event()

    def listed(self, folder: str = "") -> Any:
        found = super().listed(folder)
        assert self.goes_on.wait(timeout=10)
        return found
