"""A veto removes what is known to break it, and nothing else."""

import pytest


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
