"""Novelty takes fame off a list, diversity makes it less alike and brings it to the person's own mix of genres."""

import math
from itertools import combinations, pairwise
from statistics import fmean

import pytest

from apps.recommendations.engine.answers import Request
from apps.recommendations.engine.artifact import content_only
from apps.recommendations.engine.recommend import genre_mix, rank, ranking
from apps.recommendations.engine.standing import WELL_KNOWN
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.variety import best_first, varied

from .demo_models import demo, liked

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
PEOPLE = range(12)


@pytest.fixture(params=["trained", "untrained"])
def model(request):
    return getattr(demo(), request.param)


def wish(likes, person, limit=20, novelty=0.0, diversity=0.0):
    history = liked(demo().histories[person][:likes])
    return Request(Taste(), history, frozenset(), "both", limit, novelty, diversity)


def content(model, i):
    return {fact for fact in model.facts.of[i] if fact.split(":")[0] in ("genre", "keyword", "maker", "cast")}


def difference(model, places):
    """Intra-list diversity: the mean Jaccard distance of the content of two titles of the list."""
    facts = [content(model, i) for i in places]
    return fmean(1 - len(a & b) / len(a | b) for a, b in combinations(facts, 2))


def divergence(model, places, mix):
    """Kullback-Leibler divergence of the list's genres from the person's, smoothed as Steck (RecSys 2018) does."""
    shown = dict.fromkeys(mix, 0.0)
    for i in places:
        genres = model.facts.genres(i)
        for fact in genres:
            shown[fact] = shown.get(fact, 0.0) + 1 / (len(genres) * len(places))
    return sum(p * math.log(p / (0.99 * shown[fact] + 0.01 * p)) for fact, p in mix.items() if p)


@pytest.mark.parametrize("likes", [0, 3, 30])
def test_fame_falls_with_novelty_until_hardly_anything_famous_remains(model, likes):
    known = set(model.facts.titles_with(WELL_KNOWN))
    for person in PEOPLE:
        lists = [rank(model, wish(likes, person, novelty=step)) for step in STEPS]
        fame = [fmean(model.standing.fame[i] for i in places) for places in lists]
        assert all(later <= earlier + 1e-9 for earlier, later in pairwise(fame))
        assert fame[-1] < fame[0]
        assert len(known.intersection(lists[-1])) <= 1


@pytest.mark.parametrize("taste", [{}, {"favoriteGenres": [18]}])
def test_somebody_without_likes_is_led_off_the_beaten_track_step_by_step(make_title, taste):
    titles = [make_title(n, popularity=1000 / (n + 1), vote_count=5_000 // (n + 1), genres=(18,)) for n in range(900)]
    model = content_only(titles)
    fame = model.standing.fame
    found = []
    for novelty in (0.0, 0.25, 0.5, 1.0):
        request = Request(Taste.from_preferences(taste), [], frozenset(), "both", 20, novelty, 0.0)
        found.append(fmean(fame[i] for i in rank(model, request)))
    assert found[0] > found[1] > found[2] > found[3]
    assert found[3] < 0.8


def test_without_novelty_and_diversity_the_order_is_that_of_the_scores():
    model = demo().trained
    ranked = ranking(model, wish(30, 0, limit=100))
    scores = ranked.scored.relevance
    assert ranked.places == sorted(scores, key=lambda i: (-scores[i], i))[:100]


@pytest.mark.parametrize("likes", [3, 30])
def test_lists_get_less_alike_with_diversity(model, likes):
    means = [
        fmean(difference(model, rank(model, wish(likes, person, diversity=step))) for person in PEOPLE)
        for step in STEPS
    ]
    assert all(later > earlier for earlier, later in pairwise(means))


@pytest.mark.parametrize("diversity", [0.3, 1.0])
def test_calibration_brings_the_list_to_the_persons_mix_of_genres(diversity):
    model = demo().trained
    with_mix, without = [], []
    for person in PEOPLE:
        ranked = ranking(model, wish(30, person))
        mix = genre_mix(model, ranked.known, ranked.wanted)
        scores = ranked.scored.relevance
        with_mix.append(divergence(model, varied(model, scores, mix, 20, diversity), mix))
        without.append(divergence(model, varied(model, scores, {}, 20, diversity), mix))
    assert fmean(with_mix) < fmean(without)


def test_the_best_first_are_those_of_a_full_sort_with_equals_in_the_order_of_the_model():
    scores = {5: 1.0, 3: 2.0, 9: 1.0, 1: 1.0, 7: -1.0}
    assert best_first(scores, 3) == [3, 1, 5]
    assert best_first(scores, 9) == [3, 1, 5, 9, 7]
    assert best_first({}, 2) == []


def test_without_diversity_nothing_is_looked_up():
    """Not even the model is asked for anything: here there is none."""
    assert varied(None, {0: 1.0, 1: 3.0, 2: 2.0}, {"genre:18": 1.0}, 2, 0.0) == [1, 2]


@pytest.mark.parametrize(("name", "value"), [("novelty", -0.1), ("novelty", 1.1), ("diversity", float("nan"))])
def test_a_wish_outside_0_to_1_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} must be 0 to 1"):
        rank(demo().trained, wish(0, 0, **{name: value}))
