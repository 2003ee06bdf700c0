"""Which model serves."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from apps.recommendations.artifacts import serving


def test_the_trained_model_is_loaded_once(trained: None) -> None:
    first = serving()
    assert (first.problem, first.fallback, first.model.trained) == (None, False, True)
    assert len(first.model.titles) == 36
    assert serving() is first


def test_without_one_the_most_popular_titles_serve_and_a_log_line_says_so(
    untrained: Path, operations: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    operations.clear()
    with caplog.at_level(logging.WARNING):
        first = serving()
    assert operations == ["BatchGetItem", "BatchGetItem"]
    assert (first.fallback, first.model.trained) == (True, False)
    assert len(first.model.titles) == 36
    assert first.model.version.startswith("untrained-")
    assert first.problem == (
        f"{untrained / 'manifest.json'}: the file cannot be read (No such file or directory). "
        "Train again: manage.py train_recommender"
    )
    assert f"{first.problem} Recommendations fall back on popularity." in caplog.messages
    operations.clear()
    assert serving() is first
    assert operations == []


def test_a_damaged_one_falls_back_too(
    tables: None, settings: Any, model_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MODEL_DIR = copytree(model_folder, tmp_path / "damaged")
    path = settings.MODEL_DIR / "titles.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Western", b"Eastern"))
    found = serving()
    assert found.fallback
    assert found.problem is not None
    assert "titles.jsonl: the file was altered" in found.problem
    # Nothing is known of any title where the catalogue is empty, too.
    assert found.model.titles == []


def test_an_empty_catalogue_without_a_model_recommends_nothing(
    tables: None, settings: Any, tmp_path: Path, ask: Callable[..., Any]
) -> None:
    settings.MODEL_DIR = tmp_path / "nothing"
    response = ask()
    assert response.status_code == 200
    assert response.json()["items"] == []
    assert response.json()["metadata"]["fallbackUsed"] is True
