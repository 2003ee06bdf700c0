"""Where a model may be written: nothing but a model is ever replaced."""

import json
from datetime import UTC, datetime

import pytest

from apps.recommendations.training.writing import DestinationError, check_destination, write_model

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def written(place):
    return write_model(place, {"a.rows": b"x"}, {}, NOW)


def contents(parent):
    return {path.relative_to(parent).as_posix(): path.read_bytes() for path in parent.rglob("*") if path.is_file()}


@pytest.mark.parametrize("before", ["absent", "empty", "model", "format 1"])
def test_nothing_an_empty_folder_and_a_model_are_replaced(tmp_path, before):
    folder = tmp_path / "model"
    if before == "model":
        write_model(folder, {"b.rows": b"y"}, {}, NOW)
    elif before != "absent":
        folder.mkdir()
    if before == "format 1":
        (folder / "manifest.json").write_text('{"format": 1, "version": "old", "files": {}}')
    version = written(folder)
    assert sorted(contents(tmp_path)) == ["model/a.rows", "model/manifest.json"]
    assert json.loads((folder / "manifest.json").read_bytes())["version"] == version


@pytest.mark.parametrize(
    "held",
    [
        {"model/thesis.txt": b"years of work"},
        {"model/manifest.json": b'{"manifest_version": 3, "version": "1"}'},
        {"model/manifest.json": b"[" * 100_000},
        {"model/manifest.json": b"\xff"},
        {"model/manifest.json/inner": b""},
        {"model": b"a file"},
        {"model.previous/thesis.txt": b"years of work"},
        {"model.previous": b"a file"},
    ],
)
def test_anything_else_stays_and_is_named_with_the_remedy(tmp_path, held):
    for name, content in held.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    place = tmp_path / next(iter(held)).split("/")[0]
    sentence = f"{place} holds something else than a model. Move it away, or name another folder."
    for act in (written, check_destination):
        with pytest.raises(DestinationError) as caught:
            act(tmp_path / "model")
        assert str(caught.value) == sentence
    assert contents(tmp_path) == held


def test_what_is_not_ours_beside_a_model_stays_too(tmp_path):
    written(tmp_path / "model")
    (tmp_path / "model.previous").mkdir()
    (tmp_path / "model.previous" / "thesis.txt").write_bytes(b"years of work")
    before = contents(tmp_path)
    with pytest.raises(DestinationError, match=r"model\.previous holds something else"):
        written(tmp_path / "model")
    assert contents(tmp_path) == before


def test_a_link_beside_it_is_not_followed(tmp_path):
    written(tmp_path / "other")
    (tmp_path / "model.previous").symlink_to(tmp_path / "other")
    with pytest.raises(DestinationError):
        written(tmp_path / "model")
    assert len(contents(tmp_path / "other")) == 2


@pytest.mark.parametrize("name", [".", "../model", "link"])
def test_other_names_of_a_folder_do(tmp_path, monkeypatch, name):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.chdir(tmp_path if name == "link" else folder)
    written(name)
    assert len(contents(folder)) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"model", "link"}
