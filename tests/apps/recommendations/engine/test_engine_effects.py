"""Every answer of the questionnaire moves the demo catalogue's lists in its direction, with and without likes."""

from functools import cache
from math import log2

import pytest

from apps.recommendations.engine.answers import Request
from apps.recommendations.engine.recommend import rank
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import normalise
from apps.recommendations.engine.vocabulary import CODE_TABLES

from .demo_models import demo, liked

SINGLE = ("runtimePreference", "internationalContentPreference")
GENRES = (28, 12, 16, 35, 80, 99, 18, 10751, 14, 36, 27, 10402, 9648, 10749, 878, 53, 10752, 37)
# Where few titles have the fact, or the answer says little, they rise below the first twenty.
FEW = 5
MILD_RATING = 7
SATURATED = 0.97
PEOPLE = 3
LIKES = (0, 3, 30)


def name_of(attribute):
    first, *rest = attribute.split("_")
    return first + "".join(part.capitalize() for part in rest)


def code_cases():
    for attribute, codes in CODE_TABLES.items():
        name = name_of(attribute)
        for code, facts in codes.items():
            if facts:
                yield f"{name}-{code}", {name: code if name in SINGLE else [code]}, facts


def genre_cases():
    for genre in GENRES:
        fact = f"genre:{genre}"
        yield f"favoriteGenres-{genre}", {"favoriteGenres": [genre]}, {fact: 1}
        for rating in (9, 7, 4, 1):
            direction = 1 if rating > 5 else -1
            yield f"genreRatings-{genre}-{rating}", {"genreRatings": {str(genre): rating}}, {fact: direction}


def free_cases():
    for word in ("heist", "time travel", "revenge", "friendship"):
        yield f"keywords-{word}", {"keywords": [word]}, {f"keyword:{word}": 1}
    for name in ("Christopher Nolan", "Hayao Miyazaki"):
        yield f"directors-{name}", {"favoritePeople": {"directors": [name]}}, {f"maker:{normalise(name)}": 1}
    for name in ("Tom Hanks", "Brad Pitt"):
        yield f"actors-{name}", {"favoritePeople": {"actors": [name]}}, {f"cast:{normalise(name)}": 1}


CASES = [*code_cases(), *genre_cases(), *free_cases()]


def asked(trained, likes, person, stored, limit=20, diversity=0.0):
    model = demo().trained if trained else demo().untrained
    history = liked(demo().histories[person][:likes])
    return rank(model, Request(Taste.from_preferences(stored), history, frozenset(), "both", limit, 0.0, diversity))


@cache
def unasked(trained, likes, person, limit):
    return asked(trained, likes, person, {}, limit)


def share(places, having):
    """The share of a list that is in `having`, its head counting more than its tail."""
    weights = [1 / log2(n + 2) for n in range(len(places))]
    return sum(weight for weight, i in zip(weights, places, strict=True) if i in having) / sum(weights)


def moved(trained, likes, stored, facts):
    """The mean share of titles that the answer raises (or else lowers), before and after it was given."""
    index = (demo().trained if trained else demo().untrained).facts
    raised = {i for fact, weight in facts.items() if weight > 0 for i in index.titles_with(fact)}
    lowered = {i for fact, weight in facts.items() if weight < 0 for i in index.titles_with(fact)}
    watched = raised or lowered
    mild = MILD_RATING in stored.get("genreRatings", {}).values()
    limit = 100 if mild or len(watched) < FEW else 20
    people = range(PEOPLE if likes else 1)
    before = sum(share(unasked(trained, likes, person, limit), watched) for person in people)
    after = sum(share(asked(trained, likes, person, stored, limit), watched) for person in people)
    return before / len(people), after / len(people), bool(raised)


@pytest.mark.parametrize("trained", [True, False], ids=["trained", "untrained"])
@pytest.mark.parametrize(("stored", "facts"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_answer_changes_the_share_of_what_it_speaks_of(trained, stored, facts):
    for likes in LIKES:
        before, after, rises = moved(trained, likes, stored, facts)
        if rises:
            assert after > before or before > SATURATED, f"{likes} likes: {before:.3f} -> {after:.3f}"
        else:
            assert after < before or before == 0, f"{likes} likes: {before:.3f} -> {after:.3f}"


@pytest.mark.parametrize("trained", [True, False], ids=["trained", "untrained"])
def test_every_code_has_titles_it_can_move(trained):
    index = (demo().trained if trained else demo().untrained).facts
    missing = [name for name, _, facts in CASES if not any(index.titles_with(fact) for fact in facts)]
    assert missing == []


@pytest.mark.parametrize("likes", LIKES)
@pytest.mark.parametrize(
    ("stored", "keeps"),
    [
        ({"contentType": "tv"}, lambda title: title.media_type == "tv"),
        ({"contentType": "movies"}, lambda title: title.media_type == "movie"),
        ({"minRating": 7}, lambda title: title.vote_average >= 7 or not title.vote_average),
        ({"maxRating": 6.5}, lambda title: title.vote_average <= 6.5),
        ({"releaseYearStart": 2015}, lambda title: title.year >= 2015),
        ({"releaseYearEnd": 1969}, lambda title: title.year <= 1969),
        ({"dislikedGenres": [18]}, lambda title: 18 not in title.genres),
        ({"dealBreakers": ["subtitles"]}, lambda title: title.language == "en"),
        ({"dealBreakers": ["violence"]}, lambda title: not {"violence", "gore", "slasher"} & set(title.keywords)),
        ({"maturityPreference": ["family"]}, lambda title: title.certification not in ("PG-13", "R", "TV-MA", "TV-14")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_bound_holds_for_the_whole_list_and_did_not_without_it(likes, stored, keeps):
    titles = demo().trained.titles
    assert not all(keeps(titles[i]) for i in asked(True, likes, 0, {}, limit=100))
    bounded = asked(True, likes, 0, stored, limit=100)
    assert bounded
    assert all(keeps(titles[i]) for i in bounded)


def test_a_named_favourite_is_a_like():
    named = asked(True, 0, 0, {"favoriteContent": "Alien, Blade Runner"})
    keys = [
        key for key in map(demo().trained.key, range(len(demo().trained))) if titled(key) in ("Alien", "Blade Runner")
    ]
    request = Request(Taste(), liked(keys), frozenset(), "both", 20, 0.0, 0.0)
    assert named == rank(demo().trained, request)


def titled(key):
    return demo().trained.titles[demo().trained.index[key]].title
