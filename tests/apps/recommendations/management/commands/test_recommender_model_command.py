"""`manage.py recommender_model`."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.recommendations.engine.artifact import load
from apps.recommendations.stores.configured import configured_store

TAKEN_UP = "Running processes take it up within a minute."


def run(*arguments: Any) -> str:
    output = io.StringIO()
    call_command("recommender_model", *map(str, arguments), stdout=output)
    return output.getvalue().rstrip("\n")


def active() -> str:
    pointer = configured_store().pointer()
    assert pointer
    return pointer.version


@pytest.fixture
def names(model_folders: list[Path]) -> list[str]:
    return [load(folder).version for folder in model_folders]


def test_an_empty_store_says_what_to_do(store: Path) -> None:
    assert run("list") == f"{store} has no models. Train one: manage.py train_recommender"
    assert json.loads(run("list", "--json")) == []
    assert not store.exists()


def test_a_walk_through_all_of_it(store: Path, model_folders: list[Path], names: list[str]) -> None:
    assert run("publish", model_folders[0]) == f"{names[0]} is published and active. {TAKEN_UP}"
    assert run("publish", model_folders[1], "--no-activate") == f"{names[1]} is published."
    assert active() == names[0]
    assert run("activate", names[1]) == f"{names[1]} is active. {TAKEN_UP}"
    assert active() == names[1]
    first, second = run("list").splitlines()
    assert first.startswith(f"* {names[1]}  trained 2026-06-02 00:00  0.")
    assert first.split("  ")[2].endswith(" MB")
    assert second.startswith(f"  {names[0]}  trained 2026-06-01 00:00  0.")
    assert run("rollback") == f"{names[0]} is active again. {TAKEN_UP}"
    assert active() == names[0]


def test_scripts_get_json(store: Path, model_folders: list[Path], names: list[str]) -> None:
    published = json.loads(run("publish", model_folders[0], "--json"))
    assert published == {"published": names[0], "activated": True}
    run("publish", model_folders[1], "--no-activate", "--json")
    assert json.loads(run("activate", names[1], "--json")) == {"active": names[1]}
    found = json.loads(run("list", "--json"))
    assert [(entry["version"], entry["active"]) for entry in found] == [(names[1], True), (names[0], False)]
    assert found[0].keys() == {"version", "trained_at", "bytes", "active", "report", "share"}
    assert json.loads(run("rollback", "--json")) == {"active": names[0]}


def test_one_is_tried_on_some_of_the_people(store: Path, model_folders: list[Path], names: list[str]) -> None:
    run("publish", model_folders[0])
    run("publish", model_folders[1])
    assert run("share", names[0], 25) == f"{names[0]} serves 25 % of the people. {TAKEN_UP}"
    first, second = run("list").splitlines()
    assert first.startswith(f"* {names[1]}  ")
    assert "  75 % of the people" in first
    assert second.startswith(f"+ {names[0]}  ")
    assert "  25 % of the people" in second
    assert json.loads(run("share", names[0], 0, "--json")) == {"candidate": names[0], "share": 0}
    assert "people" not in run("list")


def test_the_list_shows_what_was_measured(store: Path, model_folders: list[Path]) -> None:
    run("publish", model_folders[0])
    manifest = store / load(model_folders[0]).version / "manifest.json"
    report = {"evaluation": {"served": {"recall_at_20": 0.25, "ndcg_at_100": 0.41236, "note": "x"}}}
    manifest.write_text(json.dumps({"trained_at": "2026-06-01T00:00:00+00:00", "report": report}))
    assert run("list").endswith(" MB  recall_at_20 0.250  ndcg_at_100 0.412")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["activate", "2020-01-01-none"], "has no version 2020-01-01-none. See manage.py recommender_model list."),
        (["share", "2020-01-01-none", "5"], "has no version 2020-01-01-none. See manage.py recommender_model list."),
        (["share", "2020-01-01-none", "101"], "'101' is no whole number from 0 to 100"),
        (["activate", "../x"], "'../x' is no version. See manage.py recommender_model list."),
        (["rollback"], "No version is active in"),
        (["publish", "/nowhere"], "/nowhere/manifest.json: the file cannot be read (No such file or directory)."),
        ([], "the following arguments are required"),
        (["remove"], "invalid choice: 'remove'"),
    ],
)
def test_errors_are_a_sentence_and_change_nothing(store: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert message in str(caught.value)
    assert not store.exists()
