"""A second version that serves some of the people: who they are, and what holds while it comes and goes."""

from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Callable
from pathlib import Path
from time import time
from typing import Any

import pytest
from django.test import Client

from apps.recommendations.artifacts import Keeper, held, is_among, refresh, serving
from apps.recommendations.engine.artifact import load
from apps.recommendations.publishing import activate, publish, rollback, share, shelved
from apps.recommendations.selectors import model_facts
from apps.recommendations.stores.configured import configured_store
from apps.recommendations.stores.errors import ActivatedMeanwhile, NoRoom, NotACandidate, UnknownVersion
from apps.recommendations.stores.pointer import Pointer
from apps.recommendations.stores.store import ModelStore
from movierec import via
from movierec.api.authentication import COOKIE
from movierec.objects.folder import FolderObjects
from movierec.telemetry.series import counters

PEOPLE = [f"user-{number}" for number in range(2_000)]


@pytest.fixture
def names(model_folders: list[Path]) -> list[str]:
    return [load(folder).version for folder in model_folders]


@pytest.fixture
def two(store: Path, model_folders: list[Path]) -> Path:
    """The configured store with two models, of which the second is active."""
    for folder in model_folders[:2]:
        publish(folder)
    return store


def pointer() -> Pointer:
    found = configured_store().pointer()
    assert found
    return found


def another_process() -> Keeper:
    return Keeper(configured_store())


def of_share(version: str, percent: int) -> set[str]:
    return {person for person in PEOPLE if is_among(person, version, percent)}


class TestPeople:
    def test_the_share_is_the_share(self) -> None:
        assert of_share("v", 0) == set()
        assert of_share("v", 100) == set(PEOPLE)
        assert 0.08 < len(of_share("v", 10)) / len(PEOPLE) < 0.12

    def test_more_people_are_the_same_and_others(self) -> None:
        assert of_share("v", 10) < of_share("v", 11) < of_share("v", 50)

    def test_another_version_is_tried_on_others(self) -> None:
        both = of_share("v", 50) & of_share("w", 50)
        assert 0.2 < len(both) / len(PEOPLE) < 0.3


class TestPublishing:
    def test_the_pointer_names_the_candidate(self, two: Path, names: list[str]) -> None:
        share(names[0], 20)
        stored = json.loads((two / "current.json").read_bytes())
        assert (stored["version"], stored["candidate"], stored["share"]) == (names[1], names[0], 20)
        assert [(each.version, each.active, each.share) for each in shelved().versions] == [
            (names[1], True, 80),
            (names[0], False, 20),
        ]

    def test_ended_it_is_as_before(self, two: Path, names: list[str]) -> None:
        before = (two / "current.json").read_bytes()
        share(names[0], 20)
        share(names[0], 0)
        assert (two / "current.json").read_bytes() == before

    def test_what_is_activated_is_no_candidate_and_another_stays_one(
        self, two: Path, model_folders: list[Path], names: list[str]
    ) -> None:
        share(names[0], 20)
        publish(model_folders[2])
        assert (pointer().version, pointer().candidate, pointer().share) == (names[2], names[0], 20)
        activate(names[0])
        assert (pointer().version, pointer().candidate, pointer().share) == (names[0], None, 0)
        share(names[2], 5)
        assert rollback() == names[2]
        assert (pointer().version, pointer().candidate) == (names[2], None)

    def test_old_ones_go_and_the_candidate_stays(self, two: Path, model_folders: list[Path], names: list[str]) -> None:
        share(names[0], 20)
        for folder in model_folders[2:]:
            publish(folder)
        assert set(configured_store().versions()) == {names[0], *names[3:]}

    def test_what_cannot_be_tried_leaves_everything(self, two: Path, names: list[str], settings: Any) -> None:
        before = pointer()
        with pytest.raises(NotACandidate, match="is the active version"):
            share(names[1], 20)
        with pytest.raises(NotACandidate, match="is not tried on anybody"):
            share(names[0], 0)
        with pytest.raises(UnknownVersion):
            share("2020-01-01-none", 20)
        with pytest.raises(ValueError, match="percent must be 0 to 100, not 101"):
            share(names[0], 101)
        with pytest.raises(ActivatedMeanwhile):
            share(names[0], 20, seen="another")
        settings.PROCESS_MEMORY_MB = 256
        with pytest.raises(NoRoom, match=f"{names[0]} cannot be tried beside {names[1]}"):
            share(names[0], 20)
        assert pointer() == before

    def test_a_candidate_that_goes_while_it_is_chosen_is_none(
        self, two: Path, names: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before, replace = pointer(), FolderObjects.replace

        def removing(self: FolderObjects, name: str, content: bytes, seen: bytes | None) -> None:
            replace(self, name, content, seen)
            monkeypatch.undo()
            configured_store().remove(names[0])

        monkeypatch.setattr(FolderObjects, "replace", removing)
        with pytest.raises(UnknownVersion, match="was removed from"):
            share(names[0], 20)
        assert pointer() == before


class TestServing:
    def test_each_person_has_their_model(self, two: Path, names: list[str]) -> None:
        share(names[0], 20)
        current = another_process().serving()
        assert current.model.version == names[1]
        served = {person: current.for_person(person).model.version for person in PEOPLE}
        assert {person for person, version in served.items() if version == names[0]} == of_share(names[0], 20)
        assert not any(current.for_person(person).fallback for person in PEOPLE[:50])

    def test_it_is_held_only_while_it_is_tried(self, two: Path, names: list[str]) -> None:
        keeper = another_process()
        assert len(keeper.serving().models) == 1
        share(names[0], 20)
        candidate = weakref.ref(keeper.refresh().models[1])
        assert keeper.refresh().models[1] is candidate()
        share(names[0], 0)
        gc.disable()
        try:
            assert keeper.refresh().trial is None
            assert candidate() is None
        finally:
            gc.enable()

    def test_promoted_it_is_not_loaded_again(self, two: Path, names: list[str]) -> None:
        share(names[0], 20)
        keeper = another_process()
        candidate = keeper.serving().models[1]
        activate(names[0])
        assert keeper.refresh().models == [candidate]

    def test_one_that_cannot_be_loaded_leaves_everybody_the_active_one(
        self, two: Path, names: list[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        share(names[0], 100)
        (two / names[0] / "titles.jsonl").write_bytes(b"cut")
        keeper = another_process()
        current = keeper.serving()
        assert current.trial
        assert (current.problem, current.trial.model) == (None, None)
        assert "titles.jsonl: the file has 3 bytes" in str(current.trial.problem)
        assert {current.for_person(person).model.version for person in PEOPLE} == {names[1]}
        warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
        assert warnings == [f"{current.trial.problem} Model {names[1]} serves everybody meanwhile."]
        keeper.refresh()
        assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1

    def test_a_process_without_room_serves_the_active_one(self, two: Path, names: list[str], settings: Any) -> None:
        share(names[0], 100)
        settings.PROCESS_MEMORY_MB = 256
        current = another_process().serving()
        assert current.trial
        assert "and has 256. Give it more memory" in str(current.trial.problem)
        assert current.for_person("user-1").model.version == names[1]

    def test_out_of_reach_both_serve_on(self, two: Path, names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        share(names[0], 50)
        keeper = another_process()
        before = keeper.serving()
        (two / "current.json").write_bytes(b"{")
        now = keeper.refresh()
        assert (now.models, now.pointer) == (before.models, before.pointer)
        assert "current.json is damaged" in str(now.problem)
        somebody = next(iter(of_share(names[0], 50)))
        assert now.for_person(somebody).model.version == names[0]

    def test_a_pointer_of_before_still_reads(self, two: Path, names: list[str]) -> None:
        stored = json.loads((two / "current.json").read_bytes())
        assert stored.keys() == {"version", "activated_at", "previous"}
        assert another_process().serving().trial is None


class TestAnswers:
    @pytest.fixture(autouse=True)
    def nothing_counted(self) -> None:
        counters.process.forget()

    def counted(self) -> dict[str, float]:
        return dict(counters.process.waiting("DAY").get(int(time() // 86_400), {}))

    def test_they_come_from_the_persons_version_and_are_counted(
        self, two: Path, names: list[str], ask: Callable[..., Any], client: Any, sign_in: Callable[[str], Any]
    ) -> None:
        share(names[0], 50)
        refresh()
        among = of_share(names[0], 50)
        tried, other = next(iter(among)), next(person for person in PEOPLE if person not in among)
        for person, version in ((tried, names[0]), (other, names[1])):
            assert ask(user=person).json()["metadata"]["modelVersion"] == version
            body = client.get("/recommendations/rows", headers=sign_in(person)).json()
            assert body["metadata"]["modelVersion"] == version
            shown = 9 + sum(len(row["items"]) for row in body["rows"])
            assert self.counted()[f"model.{version}.shown"] == shown

    def test_links_lead_on_and_pages_and_keeping_are_counted(
        self, two: Path, names: list[str], client: Any, sign_in: Callable[[str], Any], untrained_catalogue: None
    ) -> None:
        refresh()
        browser = Client(headers={"accept": "text/html"})
        browser.cookies[COOKIE] = sign_in("user-1")["authorization"].removeprefix("Bearer ")
        page = browser.get("/recommendations").content.decode()
        assert f'href="/media/movie/1?via={names[1]}"' in page
        assert f'<input type="hidden" name="via" value="{names[1]}">' in page
        title = browser.get(f"/media/movie/1?via={names[1]}").content.decode()
        assert title.count(f'<input type="hidden" name="via" value="{names[1]}" data-sent>') == 2
        browser.get("/media/movie/1?via=made-up")
        browser.head(f"/media/movie/1?via={names[1]}")
        client.get(f"/media/movie/1?via={names[1]}")
        assert self.counted()[f"model.{names[1]}.opened"] == 1
        kept = {"mediaId": 1, "mediaType": "movie", "via": names[1]}
        plain = client.post("/user/favourites", {"mediaId": 1}, "application/json", headers=sign_in("user-2"))
        carried = client.post("/user/favourites", kept, "application/json", headers=sign_in("user-3"))
        assert plain.json().keys() == carried.json().keys()
        assert plain.json()["item"].keys() == carried.json()["item"].keys()
        for wrong in ("made-up", "../x", 7, None, ["a"]):
            body = {**kept, "via": wrong}
            assert (
                client.post("/user/watchlist", body, "application/json", headers=sign_in("user-3")).status_code == 200
            )
        feedback = {**kept, "kind": "more_like_this"}
        assert (
            client.post(
                "/recommendations/feedback", feedback, "application/json", headers=sign_in("user-3")
            ).status_code
            == 201
        )
        assert self.counted()[f"model.{names[1]}.kept"] == 2
        assert "made-up" not in str(self.counted())

    @pytest.fixture
    def untrained_catalogue(self, tables: None) -> None:
        from apps.media.services import store_titles  # noqa: PLC0415
        from tests.apps.recommendations.conftest import catalogue  # noqa: PLC0415

        assert sum(store_titles(catalogue())) > 0


class TestFacts:
    def test_they_are_told_without_loading_a_model_or_asking_dynamodb(
        self, two: Path, names: list[str], operations: list[str]
    ) -> None:
        share(names[0], 7)
        operations.clear()
        facts = model_facts()
        assert operations == []
        assert held() is None
        assert (facts.version, facts.candidate, facts.share, facts.serves) == (names[1], names[0], 7, None)
        assert facts.trained_at
        assert facts.trained_at.isoformat() == "2026-06-02T00:00:00+00:00"
        assert facts.activated_at == pointer().activated_at
        assert facts.problem is None

    def test_what_serves_is_told_once_something_does(self, two: Path, names: list[str]) -> None:
        serving()
        (two / "current.json").write_bytes(b"{")
        assert "current.json is damaged" in str(model_facts().problem)
        assert model_facts().serves == names[1]

    def test_an_empty_store_has_none(self, store: Path) -> None:
        assert (model_facts().version, model_facts().problem) == (None, "No model is active.")


def test_processes_know_the_versions_that_are_counted(two: Path, names: list[str]) -> None:
    counters.process.forget()
    Keeper(ModelStore(FolderObjects(two), two / "none")).serving()
    via.count(names[1], "opened")
    via.count(names[0], "opened")
    via.count(names[5], "opened")
    assert set(counters.process.waiting("DAY").popitem()[1]) == {f"model.{names[0]}.opened", f"model.{names[1]}.opened"}
