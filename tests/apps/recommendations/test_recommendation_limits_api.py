"""The limits of one request: running time, services in a region, novelty and variety."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.recommendations.engine.titles import Title
from apps.recommendations.publishing import publish
from apps.recommendations.stores.store import ModelStore
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.train import train
from movierec.objects.folder import FolderObjects

Ask = Callable[..., Any]
SignIn = Callable[[str], dict[str, str]]
FILMS = range(1, 31)
RUNTIMES = {n: 60 + 5 * n for n in FILMS if n % 10}  # every tenth is of unknown length
SERVICES = {n: ("netflix",) if n % 3 == 0 else ("hbo", "SE/netflix") if n % 3 == 1 else () for n in FILMS}


@pytest.fixture(scope="module")
def limited_store(make_title: Callable[..., Title], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a model of films whose lengths and services differ; the first are the most liked."""
    parent = tmp_path_factory.mktemp("limits")
    genres = ((28,), (35,), (18,), (27,))
    titles = [
        make_title(
            n, runtime=RUNTIMES.get(n), services=SERVICES[n], genres=genres[n // 8], keywords=(f"theme {n // 8}",)
        )
        for n in FILMS
    ]
    events = ((f"viewer-{viewer}", ("movie", n), 1.0, 1.7e9) for n in FILMS for viewer in range(120 // n))
    train(
        Interactions.from_events(events),  # type: ignore[arg-type]
        titles,
        parent / "model",
        progress=lambda *_: None,
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )
    publish(parent / "model", store=ModelStore(FolderObjects(parent / "store"), parent / "no-cache"))
    return parent / "store"


@pytest.fixture(autouse=True)
def limited(tables: None, settings: Any, limited_store: Path) -> None:
    settings.MODEL_STORE = str(limited_store)


def films(response: Any) -> list[int]:
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


def message(response: Any) -> str | None:
    found: str | None = response.json()["metadata"]["message"]
    return found


class TestRunningTime:
    @pytest.mark.parametrize("minutes", [75, 90, 91, "120"])
    def test_no_longer_title_and_none_of_unknown_length(self, ask: Ask, minutes: Any) -> None:
        fitting = {n for n, runtime in RUNTIMES.items() if runtime <= int(minutes)}
        assert set(films(ask({"limit": 100, "maxRuntime": minutes}))) == fitting

    def test_without_a_limit_the_unknown_are_there(self, ask: Ask) -> None:
        assert set(films(ask({"limit": 100}))) == set(FILMS)

    def test_nothing_that_short_is_no_error(self, ask: Ask) -> None:
        response = ask({"maxRuntime": 1})
        assert films(response) == []
        assert message(response) == "No titles are left of at most 1 minutes."


class TestServices:
    @pytest.mark.parametrize("providers", ["netflix", ["netflix"], "netflix,netflix", " netflix ,"])
    def test_only_titles_known_there(self, ask: Ask, providers: Any) -> None:
        assert set(films(ask({"limit": 100, "providers": providers}))) == {n for n in FILMS if n % 3 == 0}

    def test_one_of_several_is_enough(self, ask: Ask) -> None:
        assert set(films(ask({"limit": 100, "providers": ["netflix", "hbo"]}))) == {n for n in FILMS if n % 3 != 2}

    @pytest.mark.parametrize("region", ["SE", "se"])
    def test_in_the_region(self, ask: Ask, region: str) -> None:
        found = films(ask({"limit": 100, "providers": ["netflix"], "region": region}))
        assert set(found) == {n for n in FILMS if n % 3 == 1}

    def test_a_region_alone_leaves_nothing_out(self, ask: Ask) -> None:
        assert set(films(ask({"limit": 100, "region": "SE"}))) == set(FILMS)

    def test_none_named_is_no_limit(self, ask: Ask) -> None:
        assert set(films(ask({"limit": 100, "providers": []}))) == set(FILMS)

    def test_a_query_says_the_same(self, client: Client, sign_in: SignIn) -> None:
        query = "limit=100&providers=netflix&providers=hbo&maxRuntime=90&region=us&novelty=0.5&diversity=0"
        response = client.get(f"/recommendations?{query}", headers=sign_in("user-1"))
        assert set(films(response)) == {n for n in RUNTIMES if n % 3 != 2 and RUNTIMES[n] <= 90}


class TestMessage:
    def test_a_full_answer_has_none(self, ask: Ask) -> None:
        assert message(ask({"limit": 30})) is None

    @pytest.mark.parametrize(
        ("wish", "sentence"),
        [
            ({"maxRuntime": 65}, "1 title is left of at most 65 minutes."),
            (
                {"maxRuntime": 90, "providers": "netflix,hbo"},
                "4 titles are left of at most 90 minutes and on HBO or Netflix in US.",
            ),
            ({"limit": 40}, "30 titles are left."),
        ],
    )
    def test_a_short_one_says_why(self, ask: Ask, wish: dict[str, Any], sentence: str) -> None:
        assert message(ask(wish)) == sentence


class TestOrder:
    def test_novelty_brings_what_few_know(self, ask: Ask) -> None:
        known, new = (films(ask({"limit": 10, "novelty": novelty, "diversity": 0})) for novelty in (0, 1))
        assert sum(known) / 10 < sum(new) / 10

    def test_variety_parts_titles_that_are_alike(self, ask: Ask) -> None:
        plain, varied = (films(ask({"limit": 12, "maxRuntime": 140, "diversity": share})) for share in (0, 1))
        assert plain == [n for n in FILMS if RUNTIMES.get(n, 999) <= 140][:12]
        assert varied != plain

    def test_the_default_is_a_little_variety(self, ask: Ask) -> None:
        assert films(ask()) == films(ask({"diversity": 0.3, "novelty": 0}))
