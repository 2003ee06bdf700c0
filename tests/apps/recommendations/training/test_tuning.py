"""The search for settings: what it tries, what it takes, what it shares between models, and that it goes on."""

import json
from dataclasses import replace

import numpy as np
import pytest

from apps.recommendations.training import tuning
from apps.recommendations.training.building import build, likes_of
from apps.recommendations.training.evaluation_runs import NobodyToAsk
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.metrics import Sums
from apps.recommendations.training.protocols import HeldOut, validation_split
from apps.recommendations.training.settings import DEFAULTS, Mixture, Settings
from apps.recommendations.training.tuning import Measure, Search, Shared, alternatives, tune


def silent(sentence, fraction):
    pass


@pytest.fixture(scope="module")
def crowd(make_title):
    """120 people who dislike at random and like 18 titles of one of three tastes, and one more has seen one.

    The 18 are more than a mixture is for.
    """
    generator = np.random.default_rng(11)
    events = []
    for user in range(120):
        own = [n for n in range(90) if n % 3 == user % 3]
        others = [n for n in range(90) if n % 3 != user % 3]
        events += [(f"u{user:03}", ("movie", int(n)), 1.0, 0.0) for n in generator.choice(own, 18, replace=False)]
        events += [(f"u{user:03}", ("movie", int(n)), -1.0, 0.0) for n in generator.choice(others, 40, replace=False)]
    events.append(("viewer", ("movie", 0), 0.3, 0.0))
    return [make_title(n) for n in range(90)], Interactions.from_events(events)


@pytest.fixture(scope="module")
def tuned(crowd, tmp_path_factory):
    titles, interactions = crowd
    output = tmp_path_factory.mktemp("tuned") / "settings.json"
    steps = []
    found = tune(Search(interactions, titles, 2, output), lambda *step: steps.append(step))
    return output, found, steps


def test_every_alternative_is_tried_beside_the_defaults():
    found = [(one.setting, one.value, one.measure.likes) for one in alternatives(DEFAULTS)]
    assert found[:3] == [
        ("watched, disliked", [0.0, 0.0], "all"),
        ("watched, disliked", [0.7, 0.4], "all"),
        ("dropout", 0.33, "all"),
    ]
    assert found[23:] == [
        ("mixture to 4", "plain EDLAE, dropout 0.9", "1, 3"),
        ("mixture to 4", "without kernel 0", "1, 3"),
        ("mixture to 4", "without kernel 0.4", "1, 3"),
        ("mixture to 4", "without EDLAE 0.97, 15", "1, 3"),
        ("mixture to 4", "without rank 32", "1, 3"),
        ("mixture to 12", "plain EDLAE, dropout 0.9", "5, 10"),
        ("mixture to 12", "without kernel 0.4", "5, 10"),
        ("mixture to 12", "without EDLAE 0.97, 15", "5, 10"),
        ("mixture to 12", "without EDLAE 0.9, 7.5", "5, 10"),
        ("mixture to 12", "without rank 32", "5, 10"),
        ("mixture to 12", "without rank 64", "5, 10"),
    ]


def test_an_alternative_changes_what_it_names_and_nothing_else():
    changed = {(one.setting, str(one.value)): one.change(DEFAULTS) for one in alternatives(DEFAULTS)}
    assert changed["watched, disliked", "[0.0, 0.0]"] == Settings(watched=0.0, disliked=0.0)
    assert changed["ridge", "24.0"] == Settings(ridge=24.0)
    first, second = DEFAULTS.mixtures
    assert changed["mixture to 4", "plain EDLAE, dropout 0.9"].mixtures == (
        Mixture(4, edlae={(0.9, 7.5): 1.0}),
        second,
    )
    assert changed["mixture to 12", "without rank 32"].mixtures == (first, replace(second, low_rank={64: 0.5}))


def test_the_last_member_of_a_mixture_stays():
    alone = Settings(mixtures=(Mixture(4, kernels={0.4: 1.0}),))
    without = alternatives(alone)[-1]
    assert (without.value, without.change(alone)) == ("without kernel 0.4", alone)


def test_a_mixture_is_asked_for_the_histories_it_serves():
    assert Measure(100, (None,)).asked(DEFAULTS) is DEFAULTS
    assert Measure(20, (5, 10), 1).asked(DEFAULTS) == replace(DEFAULTS, mixtures=DEFAULTS.mixtures[1:])


def test_only_those_with_enough_likes_are_shown_with_so_many():
    person = HeldOut([7, 8, 9], frozenset({1}))
    assert tuning._histories(person, (1, 3, 5)) == [[7], [7, 8, 9]]
    assert tuning._histories(person, (None,)) == [[7, 8, 9]]


@pytest.mark.parametrize("one", alternatives(DEFAULTS), ids=lambda one: f"{one.setting} {one.value}")
def test_shared_parts_give_the_model_that_is_built_anew(world, one):
    titles, interactions = world
    shared = Shared()

    def files(settings, **kept):
        return build(likes_of(interactions, titles, settings), titles, silent, settings=settings, **kept).to_files()[0]

    files(DEFAULTS, kept=shared.under(DEFAULTS))
    other = one.change(DEFAULTS)
    assert files(other, kept=shared.under(other)) == files(other)


def test_parts_that_the_settings_lead_to_are_kept_and_others_are_not(world):
    titles, interactions = world
    shared, made = Shared(), []

    def asked(settings):
        made.clear()
        build(
            likes_of(interactions, titles, settings),
            titles,
            lambda *step: made.append(step[0]),
            kept=shared.under(settings),
            settings=settings,
        )
        return "Solving for what people's titles lead to" in made

    low, high = replace(DEFAULTS, dropout=0.33), replace(DEFAULTS, factors_share=0.4)
    assert [asked(one) for one in (DEFAULTS, low, DEFAULTS, high, low)] == [True, True, False, False, False]
    shared.keep(DEFAULTS)
    assert [asked(one) for one in (DEFAULTS, low)] == [False, True]


def test_the_file_holds_the_settings_and_what_was_found(tuned, crowd):
    output, found, _ = tuned
    assert json.loads(output.read_text()) == json.loads(json.dumps(found))
    assert (found["data"]["users"], found["data"]["titles"], found["data"]["seeds"]) == (121, 90, 2)
    assert (found["data"]["likes"], found["data"]["people"]) == (2160, 24)
    assert len(found["data"]["digest"]) == 32
    assert found["seconds"] > 0
    keys = {"setting", "value", "likes", "difference", "standard_error", "taken"}
    assert all(one.keys() - {"ndcg_at_20", "ndcg_at_100"} == keys for one in found["found"])
    assert [one["setting"] for one in found["found"] if "ndcg_at_100" in one].count("dropout") == 2


def test_what_is_taken_is_better_by_more_than_one_standard_error_and_leads_on(tuned):
    _, found, _ = tuned
    # Here dislikes say nothing, so it helps to leave them out.
    first = found["found"][0]
    assert (first["setting"], first["value"], first["taken"]) == ("watched, disliked", [0.0, 0.0], True)
    assert not all(one["taken"] for one in found["found"])
    assert all((one["difference"] > one["standard_error"]) is one["taken"] for one in found["found"])
    settings = DEFAULTS
    by_name = {(one.setting, str(one.value)): one.change for one in alternatives(DEFAULTS)}
    for one in found["found"]:
        if one["taken"]:
            settings = by_name[one["setting"], str(one["value"])](settings)
    assert Settings.from_json(found["settings"]) == settings


def test_the_figures_are_those_of_the_served_engine_on_the_validation_people(tuned, crowd):
    titles, interactions = crowd
    _, found, _ = tuned
    first = found["found"][0]
    gained, reached = [], []
    for seed in range(2):
        chosen = validation_split(interactions, titles, seed)

        def asked(settings, chosen=chosen):
            likes = likes_of(chosen.training, titles, settings)
            ranker = tuning.served(build(likes, titles, silent, settings=settings).to_model("anew"))
            return [tuning.ndcg(ranker(one.history), one.targets, 100) for one in chosen.cases["all"]]

        before, after = asked(DEFAULTS), asked(Settings(watched=0.0, disliked=0.0))
        reached += after
        gained += (np.array(after) - np.array(before)).tolist()
    assert first["ndcg_at_100"] == round(Sums.of(reached).mean, 5)
    assert first["difference"] == round(Sums.of(gained).mean, 5)
    assert first["standard_error"] == round(Sums.of(gained).standard_error, 5)


def test_progress_rises_and_says_what_came_out(tuned):
    _, found, steps = tuned
    fractions = [fraction for _, fraction in steps]
    assert fractions == sorted(fractions)
    first = found["found"][0]
    outcome = f"{first['difference']:+.4f} ± {first['standard_error']:.4f}"
    sentences = [sentence for sentence, _ in steps]
    assert sentences[0] == "Trying watched, disliked [0.0, 0.0] (seed 0)"
    assert any(one.startswith(f"watched, disliked [0.0, 0.0]: {outcome}") for one in sentences)


class Killed(BaseException):
    """Stands for the process ending where it is raised."""


def test_a_search_that_was_killed_goes_on_and_ends_the_same(tuned, crowd, tmp_path, monkeypatch):
    titles, interactions = crowd
    output = tmp_path / "settings.json"
    search = Search(interactions, titles, 2, output)
    asked = []
    figures = tuning._Seed.figures

    def counted(self, *arguments):
        asked.append(arguments)
        return figures(self, *arguments)

    monkeypatch.setattr(tuning._Seed, "figures", counted)

    def killed(sentence, fraction):
        if sentence == "Trying dropout 0.67 (seed 1)":
            raise Killed

    with pytest.raises(Killed):
        tune(search, killed)
    assert not output.exists()
    before = len(asked)
    found = tune(search, silent)
    assert {**found, "seconds": 0} == {**tuned[1], "seconds": 0}
    whole = len(asked)
    assert 0 < before < whole
    again = tune(search, silent)
    assert (again["found"], len(asked)) == (found["found"], whole)
    tune(replace(search, fresh=True), silent)
    assert len(asked) == 2 * whole
    assert sorted(path.name for path in tmp_path.iterdir()) == [".settings.json.found", "settings.json"]


@pytest.mark.parametrize("damage", ["", "[0.5, 0.2", "\0\0"])
def test_damaged_figures_are_computed_again(crowd, tmp_path, damage):
    titles, interactions = crowd
    figures = tuning._Figures(Search(interactions, titles, 1, tmp_path / "settings.json"), titles)
    measure = Measure(20, (1,), 0)
    before = figures.of(DEFAULTS, measure, silent)
    (kept,) = tmp_path.glob(".settings.json.found/*/*.json")
    kept.write_text(damage)
    assert figures.of(DEFAULTS, measure, silent) == before
    assert json.loads(kept.read_text()) == before


def test_only_the_parts_of_the_settings_so_far_stay_in_memory(crowd, tmp_path, monkeypatch):
    titles, interactions = crowd
    stores = []

    class Noted(Shared):
        def __init__(self):
            super().__init__()
            stores.append(self)

    monkeypatch.setattr(tuning, "Shared", Noted)
    monkeypatch.setattr(tuning, "LONG_HISTORIES", ({"dropout": 0.33}, {"rank": 64}))
    found = tune(Search(interactions, titles, 1, tmp_path / "settings.json"), silent)
    (kept,) = [store._kept for store in stores]
    chosen = Settings.from_json(found["settings"])
    assert {name.partition(" ")[0] for name in kept} >= {"operator-any", "factors"}
    assert all(name == tuning._full_name(name.partition(" ")[0], chosen) for name in kept)


def test_nobody_to_ask_is_refused(make_title, tmp_path):
    few = Interactions.from_events([("u", ("movie", 1), 1.0, 0.0), ("v", ("movie", 1), 1.0, 0.0)])
    with pytest.raises(NobodyToAsk, match="give it more people with 5 likes or more"):
        tune(Search(few, [make_title(1)], 1, tmp_path / "settings.json"), silent)
    assert not (tmp_path / "settings.json").exists()
