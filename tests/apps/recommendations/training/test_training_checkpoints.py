"""Parts that outlive a training that was killed."""

import os
import time
from datetime import UTC, datetime

import numpy as np
import pytest

from apps.recommendations.training.checkpoints import Checkpoints, Forgetful, digest_of
from apps.recommendations.training.packing import PackedRows, pack
from apps.recommendations.training.settings import Settings
from apps.recommendations.training.train import train

NOW = datetime(2026, 3, 4, tzinfo=UTC)
WEEK = 7 * 24 * 3600


def rows(weight=1.0):
    return pack([(np.array([1]), np.array([weight], dtype=np.float32)), None])


def counting(calls, made):
    def make():
        calls.append(1)
        return made

    return make


def test_a_part_is_made_once_and_comes_back_as_it_was(tmp_path):
    calls = []
    first = Checkpoints(tmp_path, "d").part("rows", PackedRows, counting(calls, rows()))
    again = Checkpoints(tmp_path, "d").part("rows", PackedRows, counting(calls, rows(9.0)))
    assert len(calls) == 1
    assert again.to_bytes() == first.to_bytes()


def test_a_damaged_part_is_made_again_and_kept_whole(tmp_path):
    checkpoints, path = Checkpoints(tmp_path, "d"), tmp_path / "d" / "rows.npz"
    checkpoints.part("rows", PackedRows, rows)
    whole = path.read_bytes()
    cuts = [whole[:length] for length in range(0, len(whole), 41)]
    altered = [whole[:i] + bytes([whole[i] ^ 255]) + whole[i + 1 :] for i in range(0, len(whole), 7)]
    for damaged in (*cuts, *altered):
        path.write_bytes(damaged)
        assert checkpoints.part("rows", PackedRows, rows).to_bytes() == rows().to_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    calls = []
    for _ in range(2):
        checkpoints.part("rows", PackedRows, counting(calls, rows()))
    assert len(calls) == 1
    assert [one.name for one in path.parent.iterdir()] == ["rows.npz"]


def test_a_part_without_one_of_its_arrays_is_made_again(tmp_path):
    checkpoints, path = Checkpoints(tmp_path, "d"), tmp_path / "d" / "rows.npz"
    checkpoints.part("rows", PackedRows, rows)
    np.savez(path, starts=rows().starts)
    assert checkpoints.part("rows", PackedRows, rows).to_bytes() == rows().to_bytes()


def test_another_training_makes_its_own(tmp_path):
    Checkpoints(tmp_path, "d").part("rows", PackedRows, rows)
    other = Checkpoints(tmp_path, "e").part("rows", PackedRows, lambda: rows(9.0))
    assert other.scales[0] == pytest.approx(9 / 127)


def test_without_a_folder_every_part_is_made_anew():
    calls = []
    for _ in range(2):
        Forgetful().part("rows", PackedRows, counting(calls, rows()))
    assert len(calls) == 2


def test_a_part_that_fails_leaves_nothing(tmp_path):
    def broken():
        raise ArithmeticError("no")

    with pytest.raises(ArithmeticError):
        Checkpoints(tmp_path, "d").part("rows", PackedRows, broken)
    assert list(tmp_path.rglob("*")) == []


def test_clearing_takes_the_own_parts_and_leaves_those_of_others(tmp_path):
    mine, theirs = Checkpoints(tmp_path / "parts", "d"), Checkpoints(tmp_path / "parts", "e")
    for one in (mine, theirs):
        one.part("rows", PackedRows, rows)
    mine.clear()
    assert [path.name for path in (tmp_path / "parts").iterdir()] == ["e"]
    theirs.clear()
    assert not (tmp_path / "parts").exists()


def test_what_nobody_came_back_for_goes_after_a_week(tmp_path):
    Checkpoints(tmp_path, "old").part("rows", PackedRows, rows)
    os.utime(tmp_path / "old", (time.time() - WEEK - 60,) * 2)
    Checkpoints(tmp_path, "d").part("rows", PackedRows, rows)
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_the_digest_tells_apart_what_only_flows_differently():
    assert digest_of([b"ab", b"c"]) != digest_of([b"a", b"bc"])
    assert digest_of([np.array([1, 2])]) == digest_of([np.array([1, 2]).tobytes()])


def test_a_training_killed_half_way_goes_on_and_ends_as_if_it_had_not_been(world, tmp_path):
    titles, interactions = world
    steps = []

    def killed_late(sentence, fraction):
        if sentence == "Writing the model":
            raise KeyboardInterrupt

    def noted(sentence, fraction):
        steps.append(sentence)

    whole = train(interactions, titles, tmp_path / "whole", progress=noted, now=NOW, evaluated=False)
    assert "Solving for what people's titles lead to" in steps
    steps.clear()
    with pytest.raises(KeyboardInterrupt):
        train(interactions, titles, tmp_path / "model", progress=killed_late, now=NOW, evaluated=False)
    resumed = train(interactions, titles, tmp_path / "model", progress=noted, now=NOW, evaluated=False)
    assert "Solving for what people's titles lead to" not in steps
    assert resumed.version == whole.version
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "whole"]


def test_parts_of_other_settings_are_not_taken(world, tmp_path):
    titles, interactions = world
    other = Settings(dropout=0.9)

    def killed_late(sentence, fraction):
        if sentence == "Writing the model":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(interactions, titles, tmp_path / "model", progress=killed_late, now=NOW, evaluated=False)
    silent = {"progress": lambda *_: None, "now": NOW, "evaluated": False, "settings": other}
    resumed = train(interactions, titles, tmp_path / "model", **silent)
    whole = train(interactions, titles, tmp_path / "whole", **silent)
    assert resumed.version == whole.version
