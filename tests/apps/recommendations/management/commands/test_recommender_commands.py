"""`manage.py train_recommender`, `evaluate_recommender` and `recommend` over the catalogue of two kinds of films."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.lists import services as lists
from apps.lists.services import RatingRow, put_ratings
from apps.recommendations.engine.artifact import Model, load
from apps.recommendations.evidence import NOT_INTERESTED_WEIGHT, WATCHED_WEIGHT
from apps.recommendations.feedback.services import give
from apps.recommendations.feedback.statements import Statement
from apps.recommendations.training_data import weighted_interactions
from movierec.dynamo import registry
from tests.apps.recommendations.conftest import NOW, ratings

STEPS = ["Reading the catalogue", "Reading lists and ratings", "The model is ready"]


def run(command: str, *arguments: Any, **options: Any) -> str:
    output = io.StringIO()
    call_command(command, *arguments, stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def store(untrained: Path) -> Path:
    """The store of models, which is empty; the tables are filled."""
    return untrained


def active(store: Path) -> Model:
    return load(store / json.loads((store / "current.json").read_text())["version"])


def test_training_publishes_a_model_of_what_the_tables_hold(store: Path) -> None:
    lists.add("favourites", "newcomer", ("movie", 1), lists.Display(title="Western 1"))
    lists.add("watchlist", "newcomer", ("movie", 2), lists.Display(title="Western 2"))
    output = run("train_recommender")
    model = active(store)
    lines = output.splitlines()
    assert [step for step in STEPS if f"  {step}" in lines] == STEPS
    found = re.fullmatch(r"Trained on (\d+) likes of 41 people over 36 titles in [\d.]+ s; .* is (\S+)\.", lines[-2])
    assert found
    assert found.group(2) == model.version
    assert lines[-1] == (
        f"It is published in {store}. Running servers take it up within a minute; "
        "manage.py recommender_model rollback goes back."
    )
    assert len(model.titles) == 36


def test_a_training_on_empty_tables_leaves_the_model_that_serves(store: Path) -> None:
    for table in registry.tables():
        table.delete_rows(list(table.scan_rows()))
    with pytest.raises(CommandError, match="There is no title to recommend, so nothing is published"):
        call_command("train_recommender")
    assert not (store / "current.json").exists()


def test_training_can_write_elsewhere_and_publish_nothing(store: Path, tmp_path: Path) -> None:
    output = run("train_recommender", "--output", str(tmp_path / "other"), "--no-evaluation")
    model = load(tmp_path / "other")
    assert len(model.titles) == 36
    assert model.report["evaluation"] == {"note": "Not evaluated: it was not asked for."}
    assert output.splitlines()[-1] == f"The model is in {tmp_path / 'other'}."
    assert not store.exists()


def test_neutral_ratings_and_feedback_are_evidence_and_unused_titles_are_not(store: Path) -> None:
    rows = [RatingRow("someone", ("movie", number), stars, NOW) for number, stars in ((1, 3.0), (2, 5.0), (3, 5.0))]
    assert sum(put_ratings(rows)) == 3
    said = [(2, "do_not_use"), (4, "already_seen"), (3, "already_seen"), (5, "not_interested"), (5, "already_seen")]
    for number, kind in said:
        give("someone", Statement(("movie", number), kind, "title"))
    found = sorted((key[1], weight) for user, key, weight, _ in weighted_interactions() if user == "someone")
    assert found == [(1, 0.0), (3, 1.0), (4, WATCHED_WEIGHT), (5, NOT_INTERESTED_WEIGHT)]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Ratings and titles of the viewers as CSV, one line of each malformed."""
    interactions, titles = tmp_path / "ratings.csv", tmp_path / "movies.csv"
    rows = [
        f"{row.user_id},{row.key[1] if row.key[0] == 'movie' else f'tv#{row.key[1]}'},{row.rating},{index}"
        for index, row in enumerate(ratings())
    ]
    interactions.write_text("\n".join(["userId,movieId,rating,timestamp", *rows, "x,1,9,1"]))
    titles.write_text("movieId,title,genres\n1,Western 1 (1971),Western|Drama\n500,Nobody's (1999),Comedy\n7\n")
    return interactions, titles


def test_training_from_files_asks_no_table(
    files: tuple[Path, Path], tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MODEL_STORE = str(tmp_path / "store")
    interactions, titles = files
    output = run(
        "train_recommender", "--interactions", str(interactions), "--titles", str(titles),
        "--output", str(tmp_path / "model"), "--no-evaluation",
    )  # fmt: skip
    model = load(tmp_path / "model")
    assert len(model) == 37
    assert [model.key(place) for place in (0, 30, 31)] == [("movie", 1), ("movie", 500), ("tv", 1)]
    assert [model.titles[place].title for place in (0, 1, 31)] == ["Western 1", "Film 2", "Series 1"]
    assert "Trained on 560 likes of 40 people over 37 titles" in output
    assert "  Reading ratings.csv\n" in output
    assert not (tmp_path / "store").exists()
    assert capsys.readouterr().err.splitlines() == [
        f"{interactions}, line 562: rating '9' is not 0.5 to 5; write it on that scale.",
        f"{titles}, line 4: 1 fields instead of 3; write one for each column of the header, in quotes if it has "
        "commas.",
    ]


def test_training_from_files_publishes_unless_told_where_to_write(files: tuple[Path, Path], store: Path) -> None:
    run("train_recommender", "--interactions", str(files[0]), "--no-evaluation")
    assert len(active(store)) == 36


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--interactions", "none.csv"], "none.csv cannot be read (No such file or directory); name a CSV file."),
        (["--titles", "movies.csv"], "--titles describes the titles of --interactions; name that file as well."),
    ],
)
def test_files_that_cannot_be_used_are_refused_in_a_sentence(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=f"^{re.escape(message)}$"):
        run("train_recommender", *arguments, "--output", str(tmp_path / "model"))
    assert not (tmp_path / "model").exists()


def test_a_folder_that_cannot_be_written_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"The model cannot be written to .*file/model \("):
        run(
            "train_recommender", "--interactions", str(files[0]), "--output", str(tmp_path / "file" / "model"),
            "--no-evaluation",
        )  # fmt: skip


@pytest.mark.parametrize("name", ["thesis", "thesis/chapter.txt", "."])
def test_what_is_no_model_is_never_replaced_and_nothing_is_trained(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("Years of work.")
    monkeypatch.chdir(tmp_path)
    before, output = sorted(tmp_path.rglob("*")), io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("train_recommender", "--interactions", str(files[0]), "--output", name, stdout=output)
    place = tmp_path if name == "." else tmp_path / name
    assert str(caught.value) == f"{place} holds something else than a model. Move it away, or name another folder."
    assert output.getvalue() == ""
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "Years of work."


def test_the_working_folder_can_be_written_to(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    monkeypatch.chdir(folder)
    run("train_recommender", "--interactions", str(files[0]), "--output", ".", "--no-evaluation")
    assert len(load(folder)) == 36


def test_an_evaluation_prints_a_table_and_writes_its_figures(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--interactions", str(files[0]), "--protocol", "cold", "--seeds", "2", "--output", str(tmp_path / "e")]
    lines = run("evaluate_recommender", *arguments).splitlines()
    start = lines.index("cold, 2 seeds, 40 people, 36 titles")
    assert lines[start + 1].split() == ["served", "popularity", "item", "cosine", "ease"]
    labels = [line[:34].strip() for line in lines[start + 2 : -1]]
    assert labels == [
        "Recall@20 (5 likes)",
        "Recall@50 (5 likes)",
        "NDCG@100 (5 likes)",
        "NDCG@20 (5 likes)",
        "NDCG@10 (5 likes)",
        "HR@10 (5 likes)",
        "coverage@20 (5 likes)",
        "novelty, bits (5 likes)",
        "intra-list diversity (5 likes)",
        "p50, ms (5 likes)",
        "p99, ms (5 likes)",
        "NDCG@20, 1 like (8)",
        "NDCG@20, 3 likes (8)",
        "NDCG@20, 5 likes (8)",
    ]
    figures = json.loads((tmp_path / "e" / "evaluation.json").read_text())
    served = figures["contenders"]["served"]["1"]["ndcg_at_20"]
    assert f"{served['mean']:.4f} ± {served['standard_error']:.4f}" in lines[-4]
    assert (tmp_path / "e" / "evaluation.svg").exists()
    assert "line 562: rating '9'" in capsys.readouterr().err
    again = run("evaluate_recommender", *arguments).splitlines()
    assert "  Seed 1 was finished before" in again
    assert again[-15:] == lines[-15:]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seeds", "0"], "--seeds must be from 1 to 100."),
        (["--protocol", "temporal"], "The temporal protocol finds nobody with likes before and after"),
    ],
)
def test_an_evaluation_that_cannot_be_done_is_refused(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "r.csv").write_text("userId,movieId\n1,1\n2,1\n")
    with pytest.raises(CommandError, match=re.escape(message)):
        run("evaluate_recommender", "--interactions", str(tmp_path / "r.csv"), "--output", str(tmp_path), *arguments)


def test_a_viewers_likes_and_recommendations_are_shown(store: Path) -> None:
    run("train_recommender")
    lines = run("recommend", "viewer-2", "--limit", "5").splitlines()
    assert lines[0] == "viewer-2 likes 14 titles, such as:"
    assert len(lines[1:11]) == 10
    assert all(re.fullmatch(r"  (Western|Series) \d+( \(\d{4}\))?", line) for line in lines[1:11])
    assert lines[11] == f"Recommended (personal, model {active(store).version}):"
    places = [line for line in lines[12:] if re.match(r" +\d+\. ", line)]
    assert [place.split(".")[0].strip() for place in places] == ["1", "2", "3", "4", "5"]


def test_someone_unknown_gets_what_is_popular(store: Path) -> None:
    run("train_recommender")
    lines = run("recommend", "nobody", "--media-type", "tv", "--limit", "3").splitlines()
    assert lines[:2] == ["nobody likes 0 titles, such as:", f"Recommended (popular, model {active(store).version}):"]
    assert sum("Series" in line for line in lines) == 3


@pytest.mark.parametrize("limit", ["0", "101"])
def test_a_limit_out_of_range_is_refused(store: Path, limit: str) -> None:
    with pytest.raises(CommandError, match=re.escape("--limit must be from 1 to 100.")):
        run("recommend", "nobody", "--limit", limit)
