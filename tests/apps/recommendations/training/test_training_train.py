"""A training from end to end: the folder it writes, what is served from it, and what a kill leaves."""

from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from apps.recommendations.engine.answers import Liked, Request
from apps.recommendations.engine.artifact import load
from apps.recommendations.engine.recommend import recommend
from apps.recommendations.engine.taste import Taste
from apps.recommendations.training import writing
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.settings import DEFAULTS, Settings
from apps.recommendations.training.train import train

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def trained(destination, interactions, titles, progress=lambda *_: None):
    return train(interactions, titles, destination, progress=progress, now=NOW)


@pytest.fixture(scope="module")
def world_model(world, tmp_path_factory):
    titles, interactions = world
    folder = tmp_path_factory.mktemp("trained") / "model"
    steps = []
    report = trained(folder, interactions, titles, lambda sentence, fraction: steps.append((sentence, fraction)))
    return folder, report, steps


def ask(model, likes, limit=10):
    history = [Liked(("movie", n), 1.0, "liked") for n in likes]
    return recommend(model, Request(Taste(), history, frozenset(), "both", limit))


def test_the_model_learns_what_is_liked_together(world_model):
    folder, _, _ = world_model
    answer = ask(load(folder), [0, 2, 4])
    assert [item.title.media_id % 2 for item in answer.items] == [0] * 10
    assert answer.source == "personal"
    assert answer.fallback_used is False
    assert answer.items[0].reasons[0].text.startswith("Because you liked Title")


def test_the_report_has_the_figures_on_people_set_aside(world_model):
    folder, report, _ = world_model
    assert (report.titles, report.users, report.likes, report.unknown_items) == (40, 120, 960, 0)
    assert report.evaluation["users"] == 24
    assert report.evaluation["served"]["ndcg_at_100"] > report.evaluation["popularity"]["ndcg_at_100"]
    stored = load(folder)
    assert stored.version == report.version
    assert stored.trained_at == NOW
    assert stored.report["evaluation"] == asdict(report)["evaluation"]
    assert report.version.startswith("2026-03-04-")
    assert Settings.from_json(stored.report["settings"]) == DEFAULTS


def test_other_settings_give_another_model_that_names_them_and_another_evaluation(world_model, world, tmp_path):
    titles, interactions = world
    settings = Settings(dropout=0.8, ridge=100.0, factors_share=0.0, mixtures=())
    report = train(interactions, titles, tmp_path / "m", progress=lambda *_: None, now=NOW, settings=settings)
    stored = load(tmp_path / "m")
    assert report.version != world_model[1].version
    assert Settings.from_json(stored.report["settings"]) == settings
    assert ([stored.operator(1).history], dict(stored.factors)) == ([None], {})
    assert report.evaluation["popularity"] == world_model[1].evaluation["popularity"]
    assert report.evaluation["served"] != world_model[1].evaluation["served"]


@pytest.mark.parametrize(
    "change",
    [
        {"dropout": 0.6},
        {"ridge": 13.0},
        {"kept_per_row": 5},
        {"disliked": 0.0},
        {"rank": 3},
        {"popularity_exponent": 0.0},
        {"factors_share": 0.7},
        {"mixtures": DEFAULTS.mixtures[1:]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_setting_changes_what_is_served(world_model, world, tmp_path, change):
    titles, interactions = world
    quiet = {"progress": lambda *_: None, "now": NOW, "evaluated": False}
    report = train(interactions, titles, tmp_path / "m", settings=replace(DEFAULTS, **change), **quiet)
    assert report.version != world_model[1].version


def test_progress_rises_from_0_to_1(world_model):
    fractions = [fraction for _, fraction in world_model[2]]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert len(fractions) > 10


def test_training_twice_gives_the_same_version(world_model, world, tmp_path):
    titles, interactions = world
    assert trained(tmp_path / "again", interactions, list(reversed(titles))).version == world_model[1].version


@pytest.mark.parametrize(
    "events",
    [
        [],
        [("u", ("movie", 1), 1.0, 0.0)],
        [("u", ("movie", 1), -1.0, 0.0)],
        [("u", ("movie", 1), 1.0, 0.0), ("u", ("movie", 2), 1.0, 0.0)],
        [("u", ("movie", 1), 1.0, 0.0), ("v", ("movie", 1), 1.0, 0.0)],
        [("u", ("movie", 77), 1.0, 0.0)],
    ],
)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_any_small_input_gives_a_model(make_title, tmp_path, events, count):
    titles = [make_title(n, genres=(18,)) for n in range(count)]
    report = trained(tmp_path / "model", Interactions.from_events(events), titles)
    assert report.evaluation["note"].startswith("Not evaluated: 0 people")
    answer = ask(load(tmp_path / "model"), [1])
    assert len(answer.items) == len({0, 1, 2, 77} & set(range(count)) - {1})


def test_likes_of_titles_outside_the_catalogue_are_counted_and_left_out(make_title, tmp_path):
    interactions = Interactions.from_events([("u", ("movie", 1), 1.0, 0.0), ("u", ("tv", 1), 1.0, 0.0)])
    report = trained(tmp_path / "model", interactions, [make_title(1)])
    assert (report.likes, report.unknown_items) == (1, 1)


def test_titles_with_few_likes_still_lead_somewhere(world, make_title, tmp_path):
    titles, interactions = world
    events = [
        (interactions.users[u], interactions.items[i], float(w), float(t))
        for u, i, w, t in zip(
            interactions.user_indices, interactions.item_indices, interactions.weights, interactions.timestamps,
            strict=True,
        )
    ]  # fmt: skip
    events.append(("u001", ("movie", 500), 1.0, 1_700_000_000.0))
    trained(tmp_path / "model", Interactions.from_events(events), [*titles, make_title(500)])
    model = load(tmp_path / "model")
    answer = ask(model, [500], limit=5)
    assert [item.title.media_id % 2 for item in answer.items] == [1] * 5
    assert list(model.neighbours(model.index["movie", 500])) != []


def copy_of(folder, tmp_path):
    target = tmp_path / "model"
    target.mkdir()
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


class Killed(BaseException):
    """Stands for the process ending where it is raised."""


def killed_at(number):
    """Progress that ends the training at its `number`th call."""
    calls = iter(range(number))

    def progress(sentence, fraction):
        if next(calls, None) is None:
            raise Killed

    return progress


@pytest.mark.parametrize("number", [0, 3, 8])
def test_a_training_that_dies_leaves_the_old_model(world_model, world, tmp_path, number):
    folder = copy_of(world_model[0], tmp_path)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    titles, interactions = world
    with pytest.raises(Killed):
        trained(folder, interactions, titles[:30], killed_at(number))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert list(tmp_path.iterdir()) == [folder]


def test_a_failed_write_leaves_the_old_model_and_no_rest(world_model, tmp_path):
    folder = copy_of(world_model[0], tmp_path)
    with pytest.raises(FileNotFoundError):
        writing.write_model(folder, {"no/such/folder.rows": b"x"}, {}, NOW)
    assert load(folder).version == world_model[1].version
    assert list(tmp_path.iterdir()) == [folder]


def test_between_the_renames_the_old_model_is_served_and_then_restored(world_model, world, tmp_path):
    folder = copy_of(world_model[0], tmp_path)
    folder.rename(tmp_path / "model.previous")
    assert load(folder).version == world_model[1].version
    writing.write_model(folder, {}, {}, NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
