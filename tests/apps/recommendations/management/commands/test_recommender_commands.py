"""`manage.py train_recommender` and `manage.py recommend` over the catalogue of two kinds of films."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.lists import services as lists
from apps.recommendations.artifacts import is_trained
from apps.recommendations.engine.artifact import load

STEPS = ["Reading the catalogue", "Reading lists and ratings", "The model is ready"]


def run(command: str, *arguments: Any, **options: Any) -> str:
    output = io.StringIO()
    call_command(command, *arguments, stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def folder(untrained: Path) -> Path:
    """Where the model goes; the tables are filled."""
    return untrained


def test_training_writes_a_model_of_what_the_tables_hold(folder: Path) -> None:
    lists.add("favourites", "newcomer", ("movie", 1), lists.Display(title="Western 1"))
    lists.add("watchlist", "newcomer", ("movie", 2), lists.Display(title="Western 2"))
    assert not is_trained()
    output = run("train_recommender")
    model = load(folder)
    assert is_trained()
    lines = output.splitlines()
    assert [step for step in STEPS if f"  {step}" in lines] == STEPS
    found = re.fullmatch(r"Trained on (\d+) likes of 41 people over 36 titles in [\d.]+ s; .* is (\S+)\.", lines[-2])
    assert found
    assert found.group(2) == model.version
    assert lines[-1] == f"The model is in {folder}. Restart the server to use it."
    assert len(model.titles) == 36


def test_training_can_write_elsewhere(folder: Path, tmp_path: Path) -> None:
    run("train_recommender", "--output", str(tmp_path / "other"))
    assert len(load(tmp_path / "other").titles) == 36
    assert not folder.exists()


def test_a_viewers_likes_and_recommendations_are_shown(folder: Path) -> None:
    run("train_recommender")
    lines = run("recommend", "viewer-2", "--limit", "5").splitlines()
    assert lines[0] == "viewer-2 likes 14 titles, such as:"
    assert len(lines[1:11]) == 10
    assert all(re.fullmatch(r"  (Western|Series) \d+( \(\d{4}\))?", line) for line in lines[1:11])
    assert lines[11] == f"Recommended (personal, model {load(folder).version}):"
    places = [line for line in lines[12:] if re.match(r" +\d+\. ", line)]
    assert [place.split(".")[0].strip() for place in places] == ["1", "2", "3", "4", "5"]


def test_someone_unknown_gets_what_is_popular(folder: Path) -> None:
    run("train_recommender")
    lines = run("recommend", "nobody", "--media-type", "tv", "--limit", "3").splitlines()
    assert lines[:2] == ["nobody likes 0 titles, such as:", f"Recommended (popular, model {load(folder).version}):"]
    assert sum("Series" in line for line in lines) == 3


@pytest.mark.parametrize("limit", ["0", "101"])
def test_a_limit_out_of_range_is_refused(folder: Path, limit: str) -> None:
    with pytest.raises(CommandError, match=re.escape("--limit must be from 1 to 100.")):
        run("recommend", "nobody", "--limit", limit)
