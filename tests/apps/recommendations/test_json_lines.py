"""Rankings for programs: what a line may hold, what is answered, and what is refused in words."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.recommendations.engine.answers import Liked, Request
from apps.recommendations.engine.artifact import Model, content_only, load
from apps.recommendations.engine.recommend import rank
from apps.recommendations.engine.taste import Taste
from apps.recommendations.json_lines import LineError, answers, parse


@pytest.fixture(scope="session")
def model(model_folder: Path) -> Model:
    return load(model_folder)


@pytest.fixture(scope="session")
def ask(model: Model) -> Any:
    def answer(line: Any) -> Any:
        (found,) = answers(model, [line if isinstance(line, bytes) else json.dumps(line).encode()])
        assert found.endswith(b"\n")
        assert found.count(b"\n") == 1
        return json.loads(found)

    return answer


def test_a_list_of_likes_is_answered_by_the_engines_ranking(ask: Any, model: Model) -> None:
    liked = [Liked(("movie", 1), 1.0, "liked"), Liked(("tv", 2), 1.0, "liked")]
    places = rank(model, Request(Taste(), liked, frozenset(), "both", 100, diversity=0.0))
    expected = [key[1] if key[0] == "movie" else f"tv#{key[1]}" for key in map(model.key, places)]
    assert ask([1, "tv#2"]) == expected
    assert len(expected) == 34
    assert not {1, "tv#2"} & set(expected)
    assert {2, "tv#1"} <= set(expected)


def test_the_forms_of_ids_mean_the_same(ask: Any) -> None:
    assert ask([1, "tv#2"]) == ask({"likes": ["1", "tv#2"]}) == ask({"likes": ["tv#2", 1, 1], "limit": 100})


def test_dislikes_push_down_and_are_not_shown(ask: Any) -> None:
    disliked = {16, 17}
    first = [one for one in ask([]) if one not in disliked]
    found = ask({"dislikes": sorted(disliked)})
    assert not disliked & set(found)
    comedies = set(range(18, 31))
    assert sum(map(found.index, comedies)) > sum(map(first.index, comedies))


def test_excluded_titles_are_left_out_and_the_limit_holds(ask: Any) -> None:
    whole = ask([1])
    assert ask({"likes": [1], "limit": 3}) == whole[:3]
    assert (
        ask({"likes": [1], "limit": 3, "exclude": [whole[0], "tv#3"]})
        == [one for one in whole[1:] if one != "tv#3"][:3]
    )


def test_novelty_reaches_the_engine(make_title: Any) -> None:
    model = content_only([make_title(n, popularity=10.0**n, vote_count=10**n) for n in range(1, 7)])
    plain, novel = map(json.loads, answers(model, [b"[]", b'{"novelty": 1}']))
    assert plain[0] == 6
    assert novel[0] != 6


def test_diversity_reaches_the_engine(ask: Any) -> None:
    plain = ask({"likes": [1, 2, 3, 4]})
    assert ask({"likes": [1, 2, 3, 4], "diversity": 0.0}) == plain
    assert ask({"likes": [1, 2, 3, 4], "diversity": 1}) != plain


@pytest.mark.parametrize("line", [[], {}, [999_999], {"likes": [0, -5, 2**53, "tv#77"]}, b" [ ] \r\n"])
def test_who_likes_nothing_known_gets_what_is_popular(ask: Any, line: Any) -> None:
    assert ask(line) == ask([])
    assert len(ask(line)) == 36


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"\n", "The line is not JSON"),
        (b"nonsense\n", "The line is not JSON"),
        (b"[1,\n", "The line is not JSON"),
        (b"\xff[1]\n", "The line is not JSON"),
        (b"[NaN]", "The line is not JSON"),
        (b"[" * 3000, "The line is not JSON"),
        ("603", "The line is neither a list of ids nor an object"),
        (None, "The line is neither a list of ids nor an object"),
        ([1, None], "likes[1] is no id; write a number such as 603, or tv#1396 for a series."),
        ([True], "likes[0] is no id"),
        ([1.0], "likes[0] is no id"),
        (["tv#"], "likes[0] is no id"),
        (["-1"], "likes[0] is no id"),
        ([{"id": 1}], "likes[0] is no id"),
        ({"likes": 1}, "likes is not a list; write a list of ids."),
        ({"likes": None}, "likes is not a list"),
        ({"dislikes": [1, "x"]}, "dislikes[1] is no id"),
        ({"exclude": "1"}, "exclude is not a list"),
        ({"limit": 0}, "limit is not from 1 to 100; write a whole number from 1 to 100."),
        ({"limit": 101}, "limit is not from 1 to 100"),
        ({"limit": 1.5}, "limit is not from 1 to 100"),
        ({"limit": "5"}, "limit is not from 1 to 100"),
        ({"limit": True}, "limit is not from 1 to 100"),
        ({"novelty": 1.1}, "novelty is not from 0 to 1; write a number from 0 to 1."),
        ({"diversity": -0.1}, "diversity is not from 0 to 1"),
        ({"diversity": True}, "diversity is not from 0 to 1"),
        ({"like": [1]}, "like is not known; write likes, dislikes, exclude, limit, novelty or diversity."),
    ],
)
def test_a_line_that_makes_no_sense_is_answered_with_an_error(ask: Any, line: Any, message: str) -> None:
    found = ask(line)
    assert list(found) == ["error"]
    assert found["error"].startswith(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_line_is_understood_or_refused(line: bytes) -> None:
    with suppress(LineError):
        assert 1 <= parse(line).limit <= 100
