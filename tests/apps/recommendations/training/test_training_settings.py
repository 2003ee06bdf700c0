"""Settings of the method: the file they are written to, and what a wrong one is told."""

import json
import re
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.recommendations.training.settings import DEFAULTS, Mixture, Settings, SettingsError, read_settings


@pytest.fixture
def read(tmp_path):
    def write_and_read(value):
        path = tmp_path / "settings.json"
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return read_settings(path)

    return write_and_read


PARTS = st.floats(0, 0.99)
SHARES = st.floats(0.001, 100)
MIXTURES = st.builds(
    Mixture,
    history=st.integers(1, 1000),
    kernels=st.dictionaries(PARTS, SHARES, min_size=1, max_size=3),
    edlae=st.dictionaries(st.tuples(PARTS, st.floats(0.001, 50)), SHARES, max_size=3),
    low_rank=st.dictionaries(st.integers(1, 512), SHARES, max_size=2),
)
SETTINGS = st.builds(
    Settings,
    dropout=PARTS,
    ridge=st.floats(0.001, 1e6),
    kept_per_row=st.integers(1, 1000),
    disliked=st.floats(-1, 1),
    rank=st.integers(1, 512),
    mixtures=st.lists(MIXTURES, max_size=3, unique_by=lambda one: one.history).map(
        lambda found: tuple(sorted(found, key=lambda one: one.history))
    ),
)


@given(SETTINGS)
def test_what_is_written_is_read_again(settings):
    assert Settings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


def test_what_a_file_leaves_out_is_as_by_default(read):
    assert read({"settings": {}, "found": []}) == DEFAULTS
    assert read({"settings": {"dropout": 0, "mixtures": []}}) == Settings(dropout=0.0, mixtures=())
    found = read({"settings": {"mixtures": [{"history": 3, "low_rank": [{"rank": 8, "share": 1}]}]}})
    assert found.mixtures == (Mixture(3, low_rank={8: 1.0}),)


EDLAE = {"dropout": 0.9, "ridge": 7.5, "share": 1.0}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ([], "settings must be an object"),
        ({"dropuot": 0.5}, "settings has no dropuot; it has dropout, ridge, "),
        ({"dropout": 1.0}, "dropout must be a number from 0 to 0.99, not 1.0"),
        ({"dropout": "0.5"}, 'dropout must be a number from 0 to 0.99, not "0.5"'),
        ({"dropout": None}, "dropout must be a number from 0 to 0.99, not null"),
        ({"ridge": 0}, "ridge must be a number from 0.001 to 1e+06, not 0"),
        ({"ridge": float("nan")}, "ridge must be a number from 0.001 to 1e+06, not NaN"),
        ({"ridge": True}, "ridge must be a number from 0.001 to 1e+06, not true"),
        ({"rank": 64.0}, "rank must be a whole number from 1 to 512, not 64.0"),
        ({"kept_per_row": 0}, "kept_per_row must be a whole number from 1 to 1000, not 0"),
        ({"watched": 1.5}, "watched must be a number from -1 to 1, not 1.5"),
        ({"mixtures": {}}, "mixtures must be a list"),
        ({"mixtures": [3]}, "mixtures[0] must be an object"),
        ({"mixtures": [{"edlae": [EDLAE]}]}, "mixtures[0].history must be a whole number from 1 to 1000, not null"),
        ({"mixtures": [{"history": 4}]}, "mixtures[0] has no part; give it one of kernels, edlae, low_rank"),
        (
            {"mixtures": [{"history": 4, "edlae": [{**EDLAE, "ridge": -1}]}]},
            "mixtures[0].edlae[0].ridge must be a number from 0.001 to 1e+06, not -1",
        ),
        (
            {"mixtures": [{"history": 4, "kernels": [{"exponent": 0.4}]}]},
            "mixtures[0].kernels[0].share must be a number from 0.001 to 100, not null",
        ),
        ({"mixtures": [{"history": 4, "edlae": [EDLAE, EDLAE]}]}, "mixtures[0].edlae[1] is there twice; leave one"),
        (
            {"mixtures": [{"history": 4, "edlae": [EDLAE]}, {"history": 4, "edlae": [EDLAE]}]},
            "mixtures must be in the order of their history, each of another",
        ),
    ],
)
def test_a_wrong_field_is_named_with_what_it_may_be(read, tmp_path, settings, message):
    with pytest.raises(SettingsError, match=re.escape(f"{tmp_path / 'settings.json'}: {message}")):
        read({"settings": settings})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "settings.json is not JSON; write it with manage.py tune_recommender."),
        ("[" * 100_000, "settings.json is not JSON; write it with manage.py tune_recommender."),
        ('{"dropout": 0.5}', 'settings.json has no "settings"; write it with manage.py tune_recommender.'),
        ("3", 'settings.json has no "settings"; write it with manage.py tune_recommender.'),
    ],
)
def test_a_file_that_holds_no_settings_is_refused(read, content, message):
    with pytest.raises(SettingsError, match=re.escape(message)):
        read(content)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(
        SettingsError, match=r"none\.json cannot be read \(No such file or directory\); name a settings"
    ):
        read_settings(tmp_path / "none.json")


@pytest.mark.parametrize("name", [one.name for one in fields(Settings) if one.name != "mixtures"])
def test_every_default_is_one_that_a_file_may_hold(name):
    assert Settings.from_json({name: getattr(DEFAULTS, name)}) == DEFAULTS
