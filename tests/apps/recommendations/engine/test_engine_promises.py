"""A thousand invented people: no list holds what it must not, and every reason can be worked out again."""

from random import Random

import pytest

from apps.recommendations.engine.answers import Avoided, Liked, Request
from apps.recommendations.engine.facts import genres_of
from apps.recommendations.engine.filters import allowed_titles
from apps.recommendations.engine.phrases import BECAUSE
from apps.recommendations.engine.recommend import ranking, recommend
from apps.recommendations.engine.scoring import FACTORS
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import normalise
from apps.recommendations.engine.vocabulary import CODE_TABLES, DEAL_BREAKERS

from .demo_models import demo

PROFILES = 1_000
VERBS = ("liked", "rated", "saved", "watched", "wanted")
GENRES = (28, 12, 16, 35, 80, 99, 18, 27, 9648, 10749, 878, 53)


def stored_answers(dice):
    """Answers to a few questions, hard ones among them."""
    stored = {}
    for attribute in dice.sample(sorted(CODE_TABLES), dice.randint(0, 3)):
        first, *rest = attribute.split("_")
        codes = dice.sample(sorted(CODE_TABLES[attribute]), dice.randint(1, 2))
        stored[first + "".join(map(str.capitalize, rest))] = codes
    hard = {
        "dislikedGenres": dice.sample(GENRES, 2),
        "dealBreakers": dice.sample(sorted(DEAL_BREAKERS), 2),
        "contentType": dice.choice(["movies", "tv"]),
        "releaseYearStart": dice.randint(1950, 2010),
        "minRating": dice.choice([5, 6, 7]),
        "favoriteContent": dice.choice(["Alien", "Heat, Blade Runner"]),
        "favoriteGenres": dice.sample(GENRES, 2),
    }
    return stored | {name: hard[name] for name in dice.sample(sorted(hard), dice.randint(0, 3))}


def invented(number):
    """One person's request; the number decides everything."""
    dice = Random(number)  # noqa: S311  (invented people guard nothing)
    keys = [demo().trained.key(i) for i in range(len(demo().trained))]
    people = [normalise(name) for title in demo().trained.titles[:40] for name in title.cast]
    history = [
        Liked(key, dice.choice([1.0, 0.9, 0.3, 0.15, -0.7]), dice.choice(VERBS))
        for key in dice.sample(keys, dice.choice([0, 0, 1, 3, 10, 40, 200]))
    ]
    return Request(
        taste=Taste.from_preferences(stored_answers(dice)),
        history=history,
        excluded=frozenset(dice.sample(keys, dice.choice([0, 5, 60]))),
        media_type=dice.choice(["movie", "tv", "both", "both"]),
        limit=dice.choice([1, 9, 20, 100]),
        novelty=dice.choice([0.0, 0.0, 0.3, 1.0]),
        diversity=dice.choice([0.0, 0.3, 1.0]),
        max_runtime=dice.choice([None, None, None, 100]),
        providers=frozenset(dice.choice([(), (), (), ("netflix", "disney")])),
        avoided=Avoided(frozenset(dice.sample(GENRES, dice.choice([0, 0, 2]))), frozenset(dice.sample(people, 2))),
    )


def breaks(request, title):
    """The promises that this title on the list would break, worked out from the title alone."""
    taste, facts = request.taste, genres_of(title)
    wanted = (
        request.media_type
        if request.media_type != "both"
        else {"movies": "movie"}.get(taste.content_type, taste.content_type)
    )
    names = {normalise(name) for name in (*title.makers, *title.cast)}
    return [
        name
        for name, broken in {
            "excluded": title.key in request.excluded,
            "own": title.key in {one.key for one in request.history},
            "favourite": title.title in taste.favorite_content,
            "genre": facts & {*taste.disliked_genres, *request.avoided.genres},
            "person": names & request.avoided.people,
            "kind": wanted not in ("both", title.media_type),
            "runtime": request.max_runtime is not None and not 0 < (title.runtime or 0) <= request.max_runtime,
            "service": request.providers and not request.providers & set(title.services),
            "year": taste.release_year_start is not None and title.year < taste.release_year_start,
            "rating": taste.min_rating is not None and 0 < title.vote_average < taste.min_rating,
            "subtitles": "subtitles" in taste.deal_breakers and title.language != "en",
            "gore": "violence" in taste.deal_breakers and {"violence", "gore"} & set(title.keywords),
        }.items()
        if broken
    ]


@pytest.mark.parametrize("hundred", range(PROFILES // 100))
def test_no_list_holds_what_it_must_not(hundred):
    for number in range(100 * hundred, 100 * hundred + 100):
        request = invented(number)
        model = demo().trained if number % 2 else demo().untrained
        ranked = ranking(model, request)
        titles = [model.titles[i] for i in ranked.places]
        assert [(title.title, breaks(request, title)) for title in titles if breaks(request, title)] == []
        own = [one.index for one in ranked.known]
        assert len(set(ranked.places)) == len(titles)
        assert len(titles) == min(request.limit, allowed_titles(model, request, own).count)


@pytest.mark.parametrize("hundred", range(2))
def test_the_parts_of_a_score_sum_to_it(hundred):
    for number in range(100 * hundred, 100 * hundred + 100):
        request = invented(number)
        model = demo().trained if number % 2 else demo().untrained
        scores = ranking(model, request).novelty.scores
        for item in recommend(model, request).items:
            assert sum(item.parts.values()) == pytest.approx(scores[model.place(item.title.key)], abs=1e-6)
            assert set(item.parts) == {"personal", "content", "fame", "quality", "taste", "novelty"}


@pytest.mark.parametrize("hundred", range(2))
def test_the_titles_a_reason_names_are_those_that_add_most(hundred):
    named = 0
    for number in range(100 * hundred, 100 * hundred + 100):
        request = invented(number)
        model = demo().trained
        scored = ranking(model, request).scored
        for item in recommend(model, request).items[:3]:
            for reason in item.reasons:
                if reason.kind == "because_liked":
                    named += 1
                    check_named(model, scored, item, reason)
    assert named > 50


def check_named(model, scored, item, reason):
    """Against the model's own numbers: the largest terms, in their order, all positive, all from one verb."""
    known, place = scored.evidence.known, model.place(item.title.key)
    terms = {model.key(one.index): term(model, scored, one, place) for one in known}
    ordered = sorted(terms, key=lambda key: (-terms[key], model.place(key)))
    assert list(reason.titles) == ordered[: len(reason.titles)]
    assert all(terms[key] > 0 for key in reason.titles)
    assert reason.weight == pytest.approx(sum(terms[key] for key in reason.titles))
    assert item.parts["personal"] == pytest.approx(sum(terms.values()))
    verbs = {one.verb for one in known if model.key(one.index) in reason.titles}
    assert len(verbs) == 1
    one, several = BECAUSE[verbs.pop()]
    assert reason.text.startswith((one if len(reason.titles) == 1 else several).split("{}")[0])
    assert all(model.titles[model.place(key)].title in reason.text for key in reason.titles)


def term(model, scored, one, place):
    """What one of the person's titles adds to a title's score by trained weights and by factors."""
    likes = sum(other.weight > 0 for other in scored.evidence.known)
    row = list(model.operator(max(1, likes)).rows.row(one.index))[: scored.evidence.most]
    sparse = scored.weights.personal * one.weight * dict(row).get(place, 0.0)
    if not scored.weights.factors:
        return sparse
    factors = model.factors[FACTORS]
    [dense] = factors.scores(factors.encode([(one.index, one.weight)]), [place])
    return sparse + scored.weights.factors * dense
