"""Scores taken apart: the terms add up to the very score, and what was removed to all titles."""

import math

from apps.recommendations.engine.answers import Avoided, Request
from apps.recommendations.engine.breakdown import broken_down
from apps.recommendations.engine.filters import CAUSES, allowed_titles, removals
from apps.recommendations.engine.recommend import ranking
from apps.recommendations.engine.taste import Taste

from .demo_models import demo
from .test_engine_promises import invented

PROFILES = 150


def test_the_terms_of_a_score_add_up_to_it_exactly():
    kinds, titles = set(), 0
    for number in range(PROFILES):
        model = demo().trained
        for one in broken_down(model, ranking(model, invented(number))):
            total = 0.0
            for term in one.terms:
                total += term.contribution
            assert total == one.score
            kinds |= {term.kind for term in one.terms}
            titles += 1
    assert kinds == {"personal", "content", "fame", "quality", "factors", "taste", "novelty"}
    assert titles > 1_000


def test_the_titles_and_answers_add_up_to_their_terms():
    told = 0
    for number in range(PROFILES):
        model = demo().trained
        for one in broken_down(model, ranking(model, invented(number))):
            of = {term.kind: term.contribution for term in one.terms}
            trained = of["personal"] + of.get("factors", 0.0)
            assert math.isclose(math.fsum(added for _, added in one.trained), trained, abs_tol=1e-4)
            assert math.isclose(math.fsum(added for _, added in one.content), of["content"], abs_tol=1e-6)
            assert math.isclose(math.fsum(added for _, added in one.answers), of.get("taste", 0.0), abs_tol=1e-9)
            told += len(one.trained)
    assert told > 1_000


def test_what_was_removed_and_what_is_left_are_all_titles():
    causes = set()
    for number in range(PROFILES):
        model, request = demo().trained, invented(number)
        own = [one.index for one in ranking(model, request).known]
        removed = removals(model, request, own)
        assert sum(removed.values()) + allowed_titles(model, request, own).count == len(model)
        assert 0 not in removed.values()
        assert list(removed) == [cause for cause in CAUSES if cause in removed]
        causes |= set(removed)
    assert causes >= {"kind", "genre", "deal_breaker", "bounds", "runtime", "own", "excluded"}


def test_a_title_counts_for_the_first_cause_that_takes_it(make_title, make_trained):
    titles = [
        make_title(1, genres=(27,), runtime=200, makers=("Jane Doe",)),
        make_title(2, genres=(35,), runtime=200, makers=("Jane Doe",)),
        make_title(3, genres=(35,), runtime=90, makers=("Jane Doe",)),
        make_title(4, genres=(35,), runtime=90),
        make_title(5, genres=(35,), runtime=90),
        make_title(6, genres=(35,)),
    ]
    model = make_trained(titles, {})
    request = Request(
        taste=Taste.from_preferences({"dislikedGenres": [27]}),
        history=[],
        excluded=frozenset({("movie", 4)}),
        media_type="both",
        limit=9,
        max_runtime=100,
        avoided=Avoided(people=frozenset({"jane doe"})),
    )
    assert removals(model, request, own=[0]) == {"genre": 1, "person": 2, "runtime": 1, "excluded": 1}
    assert allowed_titles(model, request, own=[0]).count == 1
