"""Baselines against their formulas, figures of contenders, and runs that go on where they were stopped."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from apps.recommendations.training import evaluation_runs
from apps.recommendations.training.baselines import by_ease, by_item_cosine, by_popularity, ease_weights
from apps.recommendations.training.evaluation import CONTENDERS, Figures, World, measure, some_people, summary, to_json
from apps.recommendations.training.evaluation_runs import NobodyToAsk, Run, run
from apps.recommendations.training.metrics import Sums, self_information
from apps.recommendations.training.plots import Bar, Chart, draw
from apps.recommendations.training.protocols import HeldOut, temporal_split


def silent(sentence, fraction):
    pass


@pytest.fixture(scope="module")
def likes():
    generator = np.random.default_rng(3)
    matrix = (generator.random((60, 150)) < np.linspace(0.4, 0.02, 150)).astype(np.float32)
    matrix[:, 149] = 0
    return sparse.csr_matrix(matrix)


def test_popularity_ranks_by_likes_without_the_history(likes):
    counts = likes.toarray().sum(axis=0)
    expected = [i for i in np.argsort(-counts, kind="stable").tolist() if i not in (0, 5)]
    assert by_popularity(likes)([0, 5]) == expected[:100]


def test_item_cosine_ranks_by_the_sum_of_cosines(likes):
    x = likes.toarray().astype(np.float64)
    norms = np.maximum(np.sqrt(x.sum(axis=0)), 1)
    cosine = (x / norms).T @ (x / norms)
    scores = cosine[[2, 9]].sum(axis=0)
    found = by_item_cosine(likes)([2, 9])
    assert len(found) == 100
    assert not {2, 9} & set(found)
    assert scores[found] == pytest.approx(np.sort(np.delete(scores, [2, 9]))[::-1][:100], abs=1e-5)


def test_ease_is_the_closed_form(likes):
    titles = np.flatnonzero(likes.toarray().sum(axis=0))
    x = likes.toarray()[:, titles].astype(np.float64)
    inverse = np.linalg.inv(x.T @ x + 400 * np.eye(len(titles)))
    expected = np.eye(len(titles)) - inverse / np.diag(inverse)
    np.testing.assert_allclose(ease_weights(likes, titles, 400.0), expected, atol=1e-6)
    found = by_ease(likes)([2, 9, 149])
    scores = np.where(np.isin(np.arange(len(titles)), [2, 9]), -np.inf, expected[[2, 9]].sum(axis=0))
    assert found == np.argsort(-scores, kind="stable")[:100].tolist()


def test_figures_are_those_of_the_rankings(likes):
    people = [HeldOut([0], frozenset({1, 2})), HeldOut([0], frozenset({5}))]
    bits = self_information(np.asarray(likes.sum(axis=0)).ravel(), 60)
    figures = measure(lambda _: [1, 9, 2], people, World(likes, bits, frozenset(range(10))))
    assert figures.sums["recall_at_20"] == Sums.of([1.0, 0.0])
    assert figures.sums["hit_rate_at_10"].mean == 0.5
    assert figures.sums["novelty_bits"].mean == pytest.approx(bits[[1, 9, 2]].mean())
    assert figures.coverage == (0.3, 0)
    assert len(figures.seconds) == 2


def test_what_somebody_watched_before_counts_in_nobodys_list(likes):
    people = [HeldOut([0], frozenset({2}), watched=frozenset({1, 9}))]
    bits = self_information(np.asarray(likes.sum(axis=0)).ravel(), 60)
    figures = measure(lambda _: [1, 9, 2], people, World(likes, bits, frozenset(range(10))))
    assert figures.sums["ndcg_at_10"].mean == 1.0


def test_much_data_is_evaluated_on_whole_people_drawn_at_random(world):
    _, interactions = world
    some = some_people(interactions, 300)
    assert 290 < len(some) <= 300
    events = np.bincount(interactions.user_indices, minlength=len(interactions.users))
    kept = np.bincount(some.user_indices, minlength=len(interactions.users))
    assert all(kept[events != kept] == 0)
    assert not kept[:20].all()
    assert some_people(interactions, 300).user_indices.tolist() == some.user_indices.tolist()
    assert some_people(interactions, len(interactions)) is interactions


def test_seeds_are_pooled_over_people():
    def seed(values, coverage, seconds):
        figures = Figures({"recall_at_20": Sums.of(values)}, (coverage, 0.1), seconds)
        return json.loads(json.dumps(to_json({"served": {"all": figures}})))

    found = summary([seed([1, 0], 0.2, [0.001]), seed([1], 0.4, [0.003])])["served"]["all"]
    assert found == {
        "people": 3,
        "recall_at_20": {"mean": 0.66667, "standard_error": 0.33333},
        "coverage_at_20": {"mean": 0.3, "standard_error": 0.1},
        "p50_ms": 2.0,
        "p99_ms": 2.0,
    }


def steps_of(asked):
    steps = []
    return run(asked, lambda sentence, fraction: steps.append((sentence, fraction))), steps


def test_a_run_is_written_with_its_plot(world, tmp_path):
    titles, interactions = world
    found, steps = steps_of(Run(interactions, titles, "strong", 2, tmp_path))
    assert json.loads((tmp_path / "evaluation.json").read_text()) == found
    assert (found["protocol"], found["seeds"], found["users"], found["titles"]) == ("strong", 2, 120, 40)
    assert tuple(found["contenders"]) == CONTENDERS
    assert list(found["contenders"]["served"]) == ["1", "3", "5", "10", "all"]
    best = {name: cases["all"]["ndcg_at_100"]["mean"] for name, cases in found["contenders"].items()}
    assert best["served"] > best["popularity"]
    assert found["contenders"]["served"]["all"]["people"] == 24
    plot = ET.fromstring((tmp_path / "evaluation.svg").read_text())  # noqa: S314 - our own file
    description = plot.find("{http://www.w3.org/2000/svg}desc")
    shown = found["contenders"]["served"]["all"]["ndcg_at_20"]["mean"]
    assert f"All likes known: the served engine {shown:.4f}, popularity" in description.text
    fractions = [fraction for _, fraction in steps]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_a_stopped_run_goes_on_behind_the_last_finished_seed(world, tmp_path):
    titles, interactions = world
    whole = run(Run(interactions, titles, "cold", 2, tmp_path / "whole"), silent)
    asked = Run(interactions, titles, "cold", 2, tmp_path / "stopped")

    def stop(sentence, fraction):
        if "seed 1" in sentence:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(asked, stop)
    assert not (tmp_path / "stopped" / "evaluation.json").exists()
    (kept,) = (tmp_path / "stopped").glob("seeds-*/cold-0.json")
    before = kept.read_bytes()
    found, steps = steps_of(asked)
    assert kept.read_bytes() == before
    assert [sentence for sentence, _ in steps if "seed 0" in sentence] == []
    assert "Seed 0 was finished before" in [sentence for sentence, _ in steps]

    def quality(figures):
        return {
            (name, likes, metric): value
            for name, cases in figures["contenders"].items()
            for likes, values in cases.items()
            for metric, value in values.items()
            if not metric.endswith("_ms")
        }

    assert quality(found) == quality(whole)
    run(replace(asked, fresh=True), silent)
    assert kept.read_bytes() != before


@pytest.mark.parametrize("damage", [b"", b"\0" * 20, b'{"served": {"1"', b"\xff"])
def test_the_damaged_figures_of_a_seed_are_computed_again(world, tmp_path, damage):
    titles, interactions = world
    kept = tmp_path / "cold-0.json"
    asked = Run(interactions, titles, "cold", 1, tmp_path)
    kept.write_bytes(damage)
    found = evaluation_runs._seed(asked, titles, 0, kept, silent)
    assert list(found) == list(CONTENDERS)
    assert json.loads(kept.read_bytes()) == found


def test_what_was_only_seen_counts_as_no_like(world, tmp_path):
    titles, interactions = world
    weights = interactions.weights
    seen = replace(interactions, weights=np.where(weights < 0, np.float32(0.3), weights))
    found = run(Run(seen, titles, "cold", 1, tmp_path), silent)
    assert (found["likes"], found["users"]) == (960, 120)
    only_seen = replace(interactions, weights=np.where(interactions.item_indices == 0, np.float32(0.3), weights))
    assert run(Run(only_seen, titles, "cold", 1, tmp_path), silent)["titles"] == 39


def test_figures_of_other_data_or_another_protocol_are_not_reused(world, tmp_path):
    titles, interactions = world
    digests = {
        evaluation_runs.digest_of(interactions, titles, "strong"),
        evaluation_runs.digest_of(interactions, titles, "cold"),
        evaluation_runs.digest_of(interactions, titles[1:], "strong"),
        evaluation_runs.digest_of(replace(interactions, weights=interactions.weights * 2), titles, "strong"),
    }
    assert len(digests) == 4


def test_temporal_takes_one_seed(world, tmp_path):
    titles, interactions = world
    spread = replace(interactions, timestamps=np.arange(len(interactions), dtype=np.float64)[::-1] % 97)
    found = run(Run(spread, titles, "temporal", 5, tmp_path), silent)
    assert found["seeds"] == 1
    people = found["contenders"]["served"]["all"]["people"]
    assert people == len(temporal_split(spread, titles).cases["all"]) == 18


@pytest.mark.parametrize("protocol", ["strong", "temporal"])
def test_nobody_to_ask_is_told(world, tmp_path, protocol):
    titles, interactions = world
    alone = replace(interactions, weights=np.zeros_like(interactions.weights))
    with pytest.raises(NobodyToAsk, match=f"The {protocol} protocol finds nobody"):
        run(Run(alone, titles, protocol, 1, tmp_path), silent)
    assert not (tmp_path / "evaluation.json").exists()


def test_a_plot_escapes_what_it_is_given():
    svg = draw("a < b", "R&D", [Chart("<all>", [Bar("x & y", 0.5, 0.1, 0), Bar("none", 0, 0, 9)])])
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "a < b"
    assert {"<all>", "x & y", "0.5000", "none", "0.0000"} <= set(texts)
    assert root.get("role") == "img"
