"""`manage.py tune_recommender`, and `train_recommender --tuned` with the file that it writes."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.recommendations.engine.artifact import load
from apps.recommendations.training import tuning
from tests.apps.recommendations.conftest import ratings


def run(command: str, *arguments: Any, **options: Any) -> str:
    output = io.StringIO()
    call_command(command, *map(str, arguments), stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def interactions(tmp_path: Path) -> Path:
    """Ratings of the viewers of films as CSV, with a malformed line."""
    path = tmp_path / "ratings.csv"
    rows = [f"{row.user_id},{row.key[1]},{row.rating}" for row in ratings() if row.key[0] == "movie"]
    path.write_text("\n".join(["userId,movieId,rating", *rows, "x,1,9"]))
    return path


@pytest.fixture
def few_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that is over soon."""
    monkeypatch.setattr(tuning, "LONG_HISTORIES", ({"watched": 0.0, "disliked": 0.0}, {"dropout": 0.9}))


@pytest.mark.usefixtures("few_alternatives")
def test_a_search_prints_a_line_for_each_alternative_and_its_file_trains(
    interactions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "settings.json"
    lines = run("tune_recommender", "--interactions", interactions, "--seeds", 1, "--output", output).splitlines()
    assert "  Reading ratings.csv" in lines
    start = lines.index("1 seeds, 4 people asked, 40 people, 30 titles")
    found = json.loads(output.read_text())
    assert len(lines[start + 1 : -1]) == len(found["found"])
    first, mixture = found["found"][0], found["found"][2]
    assert re.split(r"  +", lines[start + 1]) == [
        "watched, disliked",
        "0.0/0.0",
        f"NDCG@100 (all) {first['ndcg_at_100']:.4f}",
        f"{first['difference']:+.4f} ± {first['standard_error']:.4f}",
        *(["taken"] if first["taken"] else []),
    ]
    assert lines[start + 3].startswith("mixture to 4         plain EDLAE, dropout 0.9    NDCG@20 (1, 3) ")
    assert f"{mixture['ndcg_at_20']:.4f}" in lines[start + 3]
    assert lines[-1] == f"The settings are in {output}; train with manage.py train_recommender --tuned {output}"
    assert "line 482: rating '9'" in capsys.readouterr().err

    found["settings"]["rank"] = 7
    output.write_text(json.dumps(found))
    arguments = ["--interactions", interactions, "--output", tmp_path / "model", "--no-evaluation"]
    run("train_recommender", *arguments, "--tuned", output)
    assert load(tmp_path / "model").report["settings"] == found["settings"]
    assert load(tmp_path / "model").factors["lowrank"].dimensions == 7
    run("train_recommender", *arguments)
    assert load(tmp_path / "model").report["settings"]["rank"] == 128


@pytest.mark.usefixtures("untrained")
def test_a_training_on_the_tables_takes_settings_too(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"settings": {"rank": 5}}')
    run("train_recommender", "--tuned", path, "--output", tmp_path / "model", "--no-evaluation")
    model = load(tmp_path / "model")
    assert (model.report["settings"]["rank"], model.factors["lowrank"].dimensions) == (5, 5)


@pytest.mark.parametrize("interactions_given", [True, False])
def test_wrong_settings_are_refused_before_anything_is_read(tmp_path: Path, interactions_given: bool) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"settings": {"dropout": 2}}')
    arguments = ["--interactions", tmp_path / "none.csv"] if interactions_given else []
    with pytest.raises(CommandError, match=r"settings\.json: dropout must be a number from 0 to 0\.99, not 2\.$"):
        run("train_recommender", *arguments, "--tuned", path, "--output", tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seeds", "0"], "--seeds must be from 1 to 100."),
        (["--interactions", "none.csv"], "none.csv cannot be read"),
        ([], "The split leaves nobody to ask; give it more people with 5 likes or more."),
    ],
)
def test_a_search_that_cannot_be_done_is_refused(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "r.csv").write_text("userId,movieId\n1,1\n2,1\n")
    output = tmp_path / "settings.json"
    with pytest.raises(CommandError, match=re.escape(message)):
        run("tune_recommender", "--interactions", tmp_path / "r.csv", "--output", output, *arguments)
    assert not output.exists()


def test_a_place_that_cannot_be_written_is_refused(interactions: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"The settings cannot be written to .*file/settings\.json \("):
        run("tune_recommender", "--interactions", interactions, "--output", tmp_path / "file" / "settings.json")
