"""A veto removes what is known to break it, and nothing else."""

import random

import pytest

from apps.recommendations.engine.answers import Avoided, Liked, Request
from apps.recommendations.engine.artifact import content_only
from apps.recommendations.engine.filters import allowed_titles
from apps.recommendations.engine.taste import Taste


def shown(answer):
    return {item.title.key for item in answer.items}


VETOES = [
    ({"dislikedGenres": [27]}, {"genres": (27,)}),
    ({"dislikedGenres": ["27"]}, {"media_type": "tv", "genres": (18,), "keywords": ("slasher",)}),
    ({"dislikedGenres": [878]}, {"media_type": "tv", "genres": (10765,)}),
    ({"dislikedGenres": [10759]}, {"genres": (28,)}),
    ({"dealBreakers": ["violence"]}, {"keywords": ("gore",)}),
    ({"dealBreakers": ["violence"]}, {"keywords": ("Violence",)}),
    ({"dealBreakers": ["violence"]}, {"keywords": ("serial killer",)}),
    ({"dealBreakers": ["violence"]}, {"genres": (10752,)}),
    ({"dealBreakers": ["violence"]}, {"genres": (80,), "keywords": ("heist",), "certification": "R"}),
    ({"dealBreakers": ["jumpScares"]}, {"genres": (27,)}),
    ({"dealBreakers": ["sexualContent"]}, {"keywords": ("nudity",)}),
    ({"dealBreakers": ["profanity"]}, {"keywords": ("profanity",)}),
    ({"dealBreakers": ["slowPace"]}, {"keywords": ("slow burn",)}),
    ({"dealBreakers": ["cliffhangers"]}, {"keywords": ("cliffhanger",)}),
    ({"dealBreakers": ["openEndings"]}, {"keywords": ("open ending",)}),
    ({"dealBreakers": ["animalHarm"]}, {"keywords": ("animal death",)}),
    ({"dealBreakers": ["jumpScares"]}, {"keywords": ("jump scare",)}),
    ({"dealBreakers": ["subtitles"]}, {"language": "ja"}),
    ({"dealBreakers": ["blackAndWhite"]}, {"keywords": ("black and white",)}),
    ({"contentType": "movies"}, {"media_type": "tv"}),
    ({"contentType": "tv"}, {"media_type": "movie"}),
    ({"minRating": 7}, {"vote_average": 6.9, "vote_count": 10}),
    ({"maxRating": "7.5"}, {"vote_average": 7.6, "vote_count": 10}),
    ({"releaseYearStart": 1990}, {"release_date": "1989-12-31"}),
    ({"releaseYearEnd": 1990}, {"release_date": "1991"}),
    ({"releaseYearStart": 2000, "releaseYearEnd": 1990}, {"release_date": "2001"}),
    ({"maturityPreference": ["family"]}, {"certification": "PG-13"}),
    ({"maturityPreference": ["family"]}, {"certification": "TV-MA"}),
    ({"maturityPreference": ["family"]}, {"genres": (27,)}),
    ({"maturityPreference": ["family"]}, {"keywords": ("profanity",)}),
    ({"maturityPreference": ["teen"]}, {"certification": "R"}),
    ({"maturityPreference": ["family", "teen"]}, {"certification": "NC-17"}),
    ({"maturityPreference": ["teen"]}, {"keywords": ("gore",)}),
]


@pytest.mark.parametrize(("stored", "facts"), VETOES)
def test_a_veto_removes_what_breaks_it(make_title, ask, stored, facts):
    other = "movie" if facts.get("media_type") == "tv" else "tv"
    kept = make_title(1, media_type=other if "contentType" in stored else "movie")
    broken = make_title(2, **facts)
    assert shown(ask([kept, broken])) == {kept.key, broken.key}
    answer = ask([kept, broken], stored)
    assert shown(answer) == {kept.key}
    assert answer.total_candidates == 1


@pytest.mark.parametrize(
    ("stored", "facts"),
    [
        ({"maturityPreference": ["family", "mature"]}, {"certification": "R"}),
        ({"maturityPreference": ["family"]}, {"certification": "TV-PG", "genres": (27,)}),
        ({"maturityPreference": ["teen"]}, {"certification": "PG-13", "keywords": ("gore",)}),
        ({"dealBreakers": ["subtitles"]}, {"language": "en"}),
        ({"dealBreakers": ["violence"]}, {"genres": (10752,), "keywords": ("friendship",)}),
        ({"dealBreakers": ["violence"]}, {"genres": (80,), "keywords": ("heist",), "certification": "PG-13"}),
        ({"dealBreakers": ["violence"]}, {"genres": (18,), "certification": "R"}),
        ({"dealBreakers": ["jumpScares"]}, {"genres": (27,), "keywords": ("slow burn",)}),
        ({"dislikedGenres": [878]}, {"media_type": "tv", "genres": (10765,), "keywords": ("dragon",)}),
        ({"dislikedGenres": [10752]}, {"media_type": "tv", "genres": (10768,), "keywords": ("politics",)}),
        ({"minRating": 7, "maxRating": 8}, {"vote_average": 7.5, "vote_count": 3}),
        ({"releaseYearStart": 1990, "releaseYearEnd": 1990}, {"release_date": "1990-06-01"}),
    ],
)
def test_what_keeps_a_veto_stays(make_title, ask, stored, facts):
    title = make_title(1, **facts)
    assert shown(ask([title], stored)) == {title.key}


def test_a_title_of_which_nothing_is_known_breaks_no_veto(make_title, ask):
    stored = {
        "dislikedGenres": [27], "minRating": 8, "maxRating": 9, "releaseYearStart": 2000, "releaseYearEnd": 2001,
        "maturityPreference": ["family"], "dealBreakers": ["violence", "subtitles", "blackAndWhite", "profanity"],
    }  # fmt: skip
    assert len(ask([make_title(1)], stored).items) == 1


def test_a_request_for_one_kind_stands_above_the_content_type(make_title, ask):
    film, series = make_title(1), make_title(1, media_type="tv")
    stored = {"contentType": "movies"}
    assert shown(ask([film, series], stored, media_type="tv")) == {series.key}
    assert shown(ask([film, series], stored, media_type="both")) == {film.key}
    assert shown(ask([film, series], media_type="movie")) == {film.key}


def test_excluded_and_own_titles_are_not_recommended(make_title, ask):
    titles = [make_title(n) for n in range(1, 5)]
    answer = ask(titles, likes=[("movie", 1), ("tv", 4), ("movie", 99)], excluded={("movie", 2), ("tv", 3)})
    assert shown(answer) == {("movie", 3), ("movie", 4)}


def test_vetoes_may_leave_fewer_than_asked_for_or_none(make_title, ask):
    titles = [make_title(1, genres=(27,))]
    answer = ask(titles, {"dislikedGenres": [27]}, limit=9)
    assert (answer.items, answer.total_candidates) == ([], 0)


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_limit_outside_1_to_100_is_refused(make_title, ask, limit):
    with pytest.raises(ValueError, match="limit must be 1 to 100"):
        ask([make_title(1)], limit=limit)


def left(titles, **wish):
    """The numbers of the titles that the hard filters leave, which must agree with the count."""
    model = content_only(titles)
    values = {"taste": Taste(), "history": [], "excluded": frozenset(), "media_type": "both", "limit": 9}
    allowed = allowed_titles(model, Request(**(values | wish)))
    found = [i for i, flag in enumerate(allowed.flags) if flag]
    assert (allowed.count, len(allowed.flags)) == (len(found), len(model))
    return [model.titles[i].media_id for i in found]


def test_a_longest_runtime_removes_what_is_longer_or_of_unknown_length(make_title):
    titles = [make_title(1, runtime=90), make_title(2, runtime=91), make_title(3), make_title(4, runtime=70_000)]
    assert left(titles, max_runtime=90) == [1]
    assert left(titles, max_runtime=91) == [1, 2]
    assert left(titles, max_runtime=1) == []
    assert left(titles, max_runtime=10**9) == [1, 2, 4]


def test_only_titles_known_on_a_service_in_the_region_remain(make_title):
    titles = [
        make_title(1, services=("netflix",)),
        make_title(2, services=("SE/netflix", "US/hulu")),
        make_title(3, services=("mubi",)),
        make_title(4),
    ]
    assert left(titles, providers=frozenset({"netflix"})) == [1]
    assert left(titles, providers=frozenset({"netflix", "hulu"})) == [1, 2]
    assert left(titles, providers=frozenset({"netflix", "hulu"}), region="SE") == [2]
    assert left(titles, providers=frozenset({"netflix"}), region="se") == [2]
    assert left(titles, providers=frozenset({"peacock"})) == []
    assert left(titles) == [1, 2, 3, 4]


def test_avoided_genres_and_people_are_removed(make_title):
    titles = [
        make_title(1, genres=(27,)), make_title(2, makers=("Agnès Varda",)), make_title(3, cast=("Agnès Varda", "X")),
        make_title(4, genres=(18,), makers=("Agnes",)), make_title(5, media_type="tv", genres=(10765,)),
    ]  # fmt: skip
    assert left(titles, avoided=Avoided(genres=frozenset({27}))) == [2, 3, 4, 5]
    assert left(titles, avoided=Avoided(genres=frozenset({878}))) == [1, 2, 3, 4]
    assert left(titles, avoided=Avoided(people=frozenset({"agnes varda"}))) == [1, 4, 5]


def test_places_named_beside_the_request_are_removed(make_title):
    model = content_only([make_title(1), make_title(2)])
    request = Request(Taste(), [], frozenset(), "both", 9)
    assert allowed_titles(model, request, own=[1]).flags == b"\x01\x00"


@pytest.mark.parametrize("seed", range(20))
def test_the_filters_leave_what_looking_at_every_title_leaves(make_title, seed):
    chance = random.Random(seed)  # noqa: S311 - titles made up are no secret
    titles = [
        make_title(
            n, media_type=chance.choice(["movie", "tv"]),
            runtime=chance.choice([None, 80, 90, 100, 200]), release_date=chance.choice([None, "1985", "1995", "2005"]),
            vote_average=chance.choice([0.0, 4.5, 6.0, 7.2]), cast=(("Ann",), ("Bo",), ())[n % 3],
            genres=tuple(chance.sample((18, 27, 35), chance.randint(0, 2))),
        )
        for n in range(60)
    ]  # fmt: skip
    start, least, longest, genre = chance.choice([1990, 1995]), 6, chance.choice([89, 90, 150]), chance.choice([18, 27])
    excluded = frozenset(title.key for title in chance.sample(titles, 5))
    history = [Liked(titles[3].key, 1.0, "liked"), Liked(("movie", 9_999), 1.0, "liked")]
    taste = Taste.from_preferences({"releaseYearStart": start, "minRating": least, "dislikedGenres": [genre]})
    expected = {
        title.media_id
        for title in titles
        if genre not in title.genres
        and "Ann" not in title.cast
        and (title.year is None or title.year >= start)
        and (not title.vote_average or title.vote_average >= least)
        and title.runtime is not None
        and title.runtime <= longest
        and title.key not in {*excluded, titles[3].key}
    }
    wish = {"taste": taste, "excluded": excluded, "history": history, "max_runtime": longest}
    assert set(left(titles, avoided=Avoided(people=frozenset({"ann"})), **wish)) == expected
