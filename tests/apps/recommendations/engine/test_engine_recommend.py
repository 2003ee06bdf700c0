"""What holds for every answer, whoever asks."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.recommendations.engine.answers import Liked, Request
from apps.recommendations.engine.artifact import content_only
from apps.recommendations.engine.recommend import recommend
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import Title
from apps.recommendations.engine.vocabulary import CODE_TABLES, DEAL_BREAKERS, GENRE_NAMES

REPOSITORY = Path(__file__).parents[4]
KEYWORDS = (
    "violence", "gore", "nudity", "profanity", "slow burn", "cliffhanger", "open ending", "animal death", "jump scare",
    "black and white", "scary", "funny", "magic", "space", "war", "politics", "heist", "satire",
)  # fmt: skip
CERTIFICATIONS = (None, "G", "PG", "PG-13", "R", "NC-17", "TV-PG", "TV-14", "TV-MA", "Unrated")
FIELDS = {
    attribute: "".join(part.capitalize() if n else part for n, part in enumerate(attribute.split("_")))
    for attribute in CODE_TABLES
}


def catalogue():
    """Ninety titles with every kind of fact, also missing ones and figures that are not numbers."""
    titles = []
    for n in range(90):
        titles.append(
            Title(
                media_type="tv" if n % 3 == 0 else "movie", media_id=n // 2, title=f"Title {n % 40}",
                original_title=None, overview="", poster_path=None, backdrop_path=None,
                release_date=(None, "1950-01-01", "1994", "2015-06-01", "x")[n % 5],
                genres=tuple(sorted(GENRE_NAMES))[n % 27 : n % 27 + n % 4], runtime=(None, 25, 100, 190)[n % 4],
                language=(None, "en", "fr", "ja")[n % 4], countries=(), makers=(f"Maker {n % 7}",) if n % 2 else (),
                cast=(f"Player {n % 9}", f"Player {n % 11}") if n % 3 else (),
                keywords=KEYWORDS[n % 18 : n % 18 + n % 5], certification=CERTIFICATIONS[n % 10],
                acclaim=("awardWinning",) if n % 6 == 0 else (), services=("netflix",) if n % 5 == 0 else (),
                vote_average=(0.0, 5.5, 7.5, 8.9)[n % 4], vote_count=n * 7 % 50, popularity=float(n * 13 % 29),
            )
        )  # fmt: skip
    return titles


MODEL = content_only(catalogue())
KEYS = [title.key for title in MODEL.titles]
NUMBERS = st.one_of(st.integers(-5, 2100), st.floats(), st.text(max_size=4), st.none())
PROFILES = st.fixed_dictionaries(
    {},
    optional={
        **{
            name: st.lists(st.sampled_from(sorted(CODE_TABLES[attribute])), max_size=4)
            for attribute, name in FIELDS.items()
        },
        "favoriteGenres": st.lists(st.sampled_from(sorted(GENRE_NAMES)), max_size=5),
        "dislikedGenres": st.lists(st.sampled_from(sorted(GENRE_NAMES)), max_size=3),
        "dealBreakers": st.lists(st.sampled_from(sorted(DEAL_BREAKERS)), max_size=3),
        "contentType": st.sampled_from(["movies", "tv", "both", "neither"]),
        "genreRatings": st.dictionaries(st.sampled_from(["28", "18", "10765", "x"]), NUMBERS, max_size=3),
        "favoriteContent": st.sampled_from(["Title 3", "title 4, Title 9", "Nothing"]),
        "favoritePeople": st.fixed_dictionaries({"actors": st.lists(st.sampled_from(["Player 1", "Player 2"]))}),
        "keywords": st.lists(st.sampled_from(["war", "space", ""]), max_size=2),
        "minRating": NUMBERS,
        "maxRating": NUMBERS,
        "releaseYearStart": NUMBERS,
        "releaseYearEnd": NUMBERS,
    },
)
HISTORIES = st.lists(
    st.builds(
        Liked,
        key=st.sampled_from([*KEYS, ("movie", 10_000)]),
        weight=st.one_of(st.floats(), st.just(1.0)),
        verb=st.sampled_from(["liked", "rated", "saved", "watched", "wanted"]),
    ),
    max_size=12,
)


BREAKERS = {
    "violence": {"violence", "gore"}, "sexualContent": {"nudity"}, "profanity": {"profanity"},
    "slowPace": {"slow burn"}, "cliffhangers": {"cliffhanger"}, "openEndings": {"open ending"},
    "animalHarm": {"animal death"}, "jumpScares": {"jump scare"}, "blackAndWhite": {"black and white"},
}  # fmt: skip
ADULT = ("PG-13", "R", "NC-17", "TV-14", "TV-MA")


def broken_breakers(taste, title):
    broken = {code for code in taste.deal_breakers if set(title.keywords) & BREAKERS.get(code, set())}
    return broken | ({"subtitles"} & set(taste.deal_breakers) if title.language not in (None, "en") else set())


def outside(low, value, high):
    return value is not None and ((low is not None and value < low) or (high is not None and value > high))


def violations(taste, title):
    """What of `title` breaks a veto of `taste`, told from the title's raw facts."""
    return broken_breakers(taste, title) | {
        name
        for name, broken in {
            "genre": title.media_type == "movie" and set(title.genres) & set(taste.disliked_genres),
            "rating": outside(taste.min_rating, title.vote_average or None, taste.max_rating),
            "year": outside(taste.release_year_start, title.year, taste.release_year_end),
            "maturity": taste.maturity_preference == ("family",) and title.certification in ADULT,
        }.items()
        if broken
    }


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    stored=PROFILES,
    history=HISTORIES,
    excluded=st.frozensets(st.sampled_from(KEYS), max_size=10),
    media_type=st.sampled_from(["movie", "tv", "both"]),
    limit=st.integers(1, 100),
    wishes=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_an_answer_never_breaks_its_promises(stored, history, excluded, media_type, limit, wishes):
    taste = Taste.from_preferences(stored)
    request = Request(taste, history, excluded, media_type, limit, *wishes)
    answer = recommend(MODEL, request)
    keys = [item.title.key for item in answer.items]
    assert len(keys) == len(set(keys)) == min(limit, answer.total_candidates)
    assert not set(keys) & (excluded | {liked.key for liked in history})
    for item in answer.items:
        assert media_type in ("both", item.title.media_type)
        assert violations(taste, item.title) == set()
        assert 0 <= item.score <= 1
        assert 1 <= len(item.reasons) <= 3
        assert all(math.isfinite(reason.weight) and reason.text for reason in item.reasons)
    assert recommend(MODEL, request) == answer


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*FIELDS.values(), "favoriteGenres", "dislikedGenres", "dealBreakers",
       "contentType", "genreRatings", "favoriteContent", "favoritePeople", "keywords", "minRating"]),
       st.recursive(NUMBERS | st.booleans(), lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=5)))  # fmt: skip
def test_any_stored_profile_can_be_read(stored):
    assert isinstance(Taste.from_preferences(stored), Taste)


def test_the_source_tells_what_the_order_rests_on(make_title, make_trained, ask):
    titles = [make_title(n, genres=(18,)) for n in range(4)]
    model = make_trained(titles, {0: {1: 50}})
    for likes, stored, source, fallback in (
        ([("movie", 0)], {}, "personal", False),
        ([], {"favoriteGenres": [18]}, "taste", False),
        ([], {}, "popular", False),
        ([("movie", 3)], {}, "popular", True),
        ([("movie", 77)], {}, "popular", True),
    ):
        answer = ask(model, stored, likes=likes)
        assert (answer.source, answer.fallback_used) == (source, fallback)
    assert ask(titles).fallback_used is True


def test_the_score_rises_with_the_evidence(make_title, make_trained, ask):
    model = make_trained([make_title(n) for n in range(5)], {0: {1: -50, 3: 20, 4: 50}})
    answer = ask(model, likes=[("movie", 0)])
    assert [item.title.media_id for item in answer.items] == [4, 3, 2, 1]
    scores = [item.score for item in answer.items]
    assert scores == sorted(scores, reverse=True)
    assert scores[2] == 0.5


def test_the_list_is_varied(make_title, make_trained, ask):
    twins = [make_title(n, genres=(878,), makers=("A",), cast=("B", "C"), keywords=("x", "y")) for n in range(1, 4)]
    other = make_title(4, genres=(35,), makers=("D",), cast=("E", "F"), keywords=("z", "w"))
    rest = [make_title(n, genres=(18,)) for n in range(10, 60)]
    model = make_trained([make_title(0), *twins, other, *rest], {0: {1: 100, 2: 99, 3: 98, 4: 90, 5: -100}})
    order = [item.title.media_id for item in ask(model, likes=[("movie", 0)], limit=4).items]
    assert order[:2] == [1, 4]
    assert set(order) == {1, 2, 3, 4}


def test_a_large_catalogue_still_finds_what_was_asked_for(make_title, ask):
    """Where not every title is weighed, a rare fact of an unknown title must still be found."""
    titles = [make_title(n, genres=(18,), popularity=10.0 + n % 50) for n in range(5_000)]
    titles.append(make_title(9_999, makers=("Ann Lee",), popularity=10.0))
    assert ask(titles, {"favoritePeople": {"directors": ["Ann Lee"]}}, limit=3).items[0].title.media_id == 9_999


SCRIPT = """
import sys
from pathlib import Path
from apps.recommendations.engine.artifact import content_only, load
from apps.recommendations.engine.recommend import recommend
from apps.recommendations.engine.answers import Liked, Request
from apps.recommendations.engine.taste import Taste
taste = Taste.from_preferences({"favoriteGenres": [37, 18], "eraPreferences": ["modern", "recent"]})
trained = load(Path(sys.argv[1]))
for model in (trained, content_only(list(trained.titles))):
    history = [Liked(model.key(i), 1.0, "liked") for i in range(0, len(model), 5)]
    for novelty, diversity in ((0.0, 0.0), (0.4, 0.3)):
        answer = recommend(model, Request(taste, history, frozenset(), "both", 50, novelty, diversity))
        print([(item.title.key, item.score, item.reasons, item.parts) for item in answer.items])
"""


def _run(code, seed, *arguments):
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def test_the_same_question_gets_the_same_answer_in_another_process(model_folder):
    answers = [_run(SCRIPT, seed, str(model_folder)).stdout for seed in ("1", "2")]
    assert answers[0] == answers[1]
    assert answers[0].count("\n") == 4


@pytest.mark.parametrize("module", ["django", "numpy", "scipy", "pynamodb"])
def test_the_engine_needs_nothing_but_the_standard_library(module):
    code = f"import sys; import apps.recommendations.engine.recommend; print({module!r} in sys.modules)"
    assert _run(code, "0").stdout == "False\n"
