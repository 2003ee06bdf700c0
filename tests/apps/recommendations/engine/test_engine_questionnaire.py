"""Every code of the questionnaire moves the list in its own direction."""

import pytest

from apps.recommendations.engine.phrases import KINDS, PHRASES
from apps.recommendations.engine.vocabulary import CODE_TABLES, DEAL_BREAKERS

YEAR = {"classic": "1950-01-01", "modern": "1995-01-01", "recent": "2015-01-01"}


def keywords(*words):
    return {"keywords": words}


# field -> code -> (facts of a title that should rise, facts of the one it should overtake)
WANTED = {
    "moodPreferences": {
        "exciting": ({"genres": (28,)}, {"genres": (99,)}),
        "thoughtful": (keywords("thought provoking"), keywords("heist")),
        "funny": ({"genres": (35,)}, {"genres": (18,)}),
        "scary": ({"genres": (27,)}, {"genres": (35,)}),
        "emotional": (keywords("tearjerker"), keywords("heist")),
    },
    "watchingContext": {
        "alone": (keywords("character study"), keywords("heist")),
        "partner": ({"genres": (10749,)}, {"genres": (27,)}),
        "family": ({"genres": (10751,)}, {"genres": (27,)}),
        "friends": ({"genres": (35,)}, {"genres": (18,)}),
    },
    "streamingPlatforms": {
        **{
            code: ({"services": (code,)}, {})
            for code in ("netflix", "prime", "hulu", "disney", "hbo", "apple", "paramount", "peacock")
        },
        "other": ({"services": ("elsewhere",)}, {"services": ("netflix",)}),
    },
    "watchingTime": {
        "mornings": (keywords("feel good"), {}),
        "afternoons": ({"genres": (12,)}, {"genres": (27,)}),
        "evenings": ({"genres": (80,)}, {"genres": (16,)}),
        "latenight": ({"genres": (27,)}, {"genres": (16,)}),
        "weekends": ({"runtime": 180}, {"runtime": 80}),
    },
    "eraPreferences": {
        code: ({"release_date": date}, {"release_date": YEAR["modern" if code == "classic" else "classic"]})
        for code, date in YEAR.items()
    },
    "languagePreferences": {
        **{code: ({"language": code}, {"language": "it"}) for code in ("en", "es", "fr", "de", "hi", "ja", "ko", "zh")},
        "any": None,
    },
    "subgenrePreferences": {
        code: (keywords(word), keywords("bakery"))
        for code, word in {
            "superhero": "superhero", "spy": "spy", "disaster": "disaster", "dystopian": "dystopia",
            "cyberpunk": "cyberpunk", "biographical": "biography", "psychological": "psychological thriller",
            "satire": "satire", "slasher": "slasher", "noir": "film noir", "comingofage": "coming of age",
            "historical": "historical",
        }.items()
    },
    "aestheticPreferences": {
        code: (keywords(word), keywords("bakery"))
        for code, word in {
            "visuallyStunning": "visually stunning", "minimalist": "minimalist", "colorful": "colorful",
            "darkMoody": "dark and moody", "retro": "retro", "experimental": "experimental",
        }.items()
    },
    "storyStructurePreferences": {
        "linear": (keywords("linear narrative"), {}),
        "nonlinear": (keywords("nonlinear timeline"), {}),
        "anthology": (keywords("anthology"), {}),
        "openEnded": (keywords("open ending"), {}),
        "twist": (keywords("twist ending"), {}),
        "notSure": None,
    },
    "characterPreferences": {
        "complexProtagonist": (keywords("complex protagonist"), {}),
        "strongFemale": (keywords("strong female lead"), {}),
        "antiHero": (keywords("anti hero"), {}),
        "ensemble": (keywords("ensemble cast"), {}),
        "character-driven": (keywords("character study"), {}),
    },
    "maturityPreference": {
        "family": ({"certification": "PG"}, {}),
        "teen": ({"certification": "PG-13"}, {}),
        "mature": ({"certification": "R"}, {"certification": "G"}),
        "graphic": ({"certification": "NC-17"}, {"certification": "G"}),
    },
    "criticalAcclaimPreferences": {
        code: ({"acclaim": (code,)}, {})
        for code in ("awardWinning", "criticallyAcclaimed", "cultClassic", "underrated", "blockbuster")
    },
    "contentDiscoveryPreference": {
        "trending": None,
        "hiddenGems": ({"acclaim": ("underrated",)}, {"acclaim": ("blockbuster",)}),
        "awardWinning": ({"acclaim": ("awardWinning",)}, {}),
        "classics": ({"release_date": "1950-01-01"}, {"release_date": "1995-01-01"}),
        "newReleases": ({"release_date": "2020-01-01"}, {"release_date": "1995-01-01"}),
    },
    "viewingBehaviorPreference": {
        "bingePerfect": (keywords("cliffhanger"), {}),
        "episodic": (keywords("anthology"), {}),
        "quickWatch": ({"runtime": 80}, {"runtime": 180}),
        "deepDive": (keywords("thought provoking"), {}),
        "background": (keywords("feel good"), keywords("thought provoking")),
    },
    "runtimePreference": {
        "short": ({"runtime": 80}, {"runtime": 180}),
        "medium": ({"runtime": 110}, {"runtime": 180}),
        "long": ({"runtime": 180}, {"runtime": 80}),
        "any": None,
    },
    "internationalContentPreference": {
        "veryOpen": ({"language": "it"}, {"language": "en"}),
        "someOpen": ({"language": "it"}, {"language": "en"}),
        "dubbedOnly": ({"language": "en"}, {"language": "it"}),
        "englishPreferred": ({"language": "en"}, {"language": "it"}),
        "noPreference": None,
    },
}  # fmt: skip
SINGLE = ("runtimePreference", "internationalContentPreference")
CASES = [(field, code, pair) for field, codes in WANTED.items() for code, pair in codes.items()]
MOVING = [case for case in CASES if case[2]]
STILL = [case for case in CASES if not case[2] and case[1] != "trending"]


def snake(field):
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in field)


def as_stored(field, code):
    return {field: code if field in SINGLE else [code]}


@pytest.fixture
def catalogue(make_title):
    """Fillers of many kinds around the two rivals, so that no fact is everywhere."""

    def build(risen, overtaken):
        fillers = [make_title(n, genres=(g,), release_date="2020-05-05") for n, g in enumerate((18, 37, 36), 100)]
        return [make_title(1, **overtaken), make_title(2, **risen), *fillers]

    return build


def places(answer):
    return {item.title.media_id: place for place, item in enumerate(answer.items)}


def test_the_table_has_every_code_the_engine_knows():
    assert {snake(field): set(codes) for field, codes in WANTED.items()} == {
        attribute: set(codes) for attribute, codes in CODE_TABLES.items()
    }
    assert set(KINDS) == set(PHRASES) == set(CODE_TABLES)


@pytest.mark.parametrize(("field", "code", "pair"), MOVING, ids=lambda value: value if isinstance(value, str) else "")
def test_a_code_lifts_what_it_asks_for(catalogue, ask, field, code, pair):
    titles = catalogue(*pair)
    before = places(ask(titles))
    after = places(ask(titles, as_stored(field, code)))
    assert before[1] < before[2]
    assert after[2] < after[1]


@pytest.mark.parametrize(("field", "code", "pair"), MOVING, ids=lambda value: value if isinstance(value, str) else "")
def test_a_code_that_lifts_a_title_is_told_as_its_reason(catalogue, ask, field, code, pair):
    answer = ask(catalogue(*pair), as_stored(field, code))
    risen = next(item for item in answer.items if item.title.media_id == 2)
    phrase = PHRASES[snake(field)].get(code)
    assert phrase is None or phrase in [reason.text for reason in risen.reasons]


@pytest.mark.parametrize(("field", "code", "pair"), STILL, ids=lambda value: value if isinstance(value, str) else "")
def test_a_code_without_an_opinion_changes_nothing(catalogue, ask, field, code, pair):
    titles = catalogue({"language": "it", "runtime": 80}, {"language": "en", "runtime": 180})
    assert ask(titles, as_stored(field, code)) == ask(titles)


def test_trending_lifts_the_most_popular(make_title, ask):
    titles = [make_title(1, genres=(35,), popularity=40.0), *(make_title(n, popularity=1.0) for n in range(3, 40))]
    titles.append(make_title(2, acclaim=("cultClassic",), popularity=39.0))
    stored = {"criticalAcclaimPreferences": ["cultClassic"]}
    assert places(ask(titles, stored))[2] < places(ask(titles, stored))[1]
    trending = stored | {"contentDiscoveryPreference": ["trending"], "moodPreferences": ["funny"]}
    assert places(ask(titles, trending))[1] < 2
    both = ask(titles, trending).items[0].reasons + ask(titles, trending).items[1].reasons
    assert "Among the most popular titles" in [reason.text for reason in both]


def test_favourite_genre_reaches_series_under_their_own_genre(make_title, ask):
    titles = [
        make_title(1, genres=(18,)),
        make_title(2, media_type="tv", genres=(10765,)),
        make_title(3, media_type="tv", genres=(10765,), keywords=("magic",)),
    ]
    answer = ask(titles, {"favoriteGenres": [878]})
    first, fantasy = answer.items[0], next(item for item in answer.items if item.title.media_id == 3)
    assert first.title.media_id == 2
    assert first.reasons[0].text == "Science Fiction, one of your favourite genres"
    assert "Science Fiction, one of your favourite genres" not in [reason.text for reason in fantasy.reasons]


@pytest.mark.parametrize(("rating", "first"), [(9, 2), (2, 1)])
def test_a_genre_rating_lifts_or_lowers(make_title, ask, rating, first):
    titles = [make_title(1, genres=(99,)), make_title(2, genres=(37,))]
    assert ask(titles, {"genreRatings": {"37": rating}}).items[0].title.media_id == first


@pytest.mark.parametrize(
    ("stored", "facts", "text"),
    [
        ({"favoritePeople": {"directors": ["Agnès Varda"]}}, {"makers": ("AGNES VARDA",)},
         "Directed by Agnès Varda, one of your favourites"),
        ({"favoritePeople": {"actors": ["Toshirō Mifune"]}}, {"cast": ("Toshiro Mifune",)},
         "With Toshirō Mifune, one of your favourites"),
        ({"keywords": ["Time Travel"]}, {"keywords": ("time travel",)}, "About time travel, one of your keywords"),
        ({"keywords": ["war"]}, {"keywords": ("civil war",)}, "About war, one of your keywords"),
        ({"favoriteGenres": [37]}, {"genres": (37,)}, "Western, one of your favourite genres"),
        ({"genreRatings": {"37": 9}}, {"genres": (37,)}, "Western, which you rate highly"),
    ],
)  # fmt: skip
def test_free_answers_lift_and_are_told(make_title, ask, stored, facts, text):
    titles = [make_title(1), make_title(2, **facts)]
    assert ask(titles).items[0].title.media_id == 1
    answer = ask(titles, stored)
    assert answer.items[0].title.media_id == 2
    assert answer.items[0].reasons[0].text == text


def test_many_answered_questions_share_what_three_may_weigh(make_title, ask):
    western = make_title(1, genres=(37,), language="fr", release_date="1960")
    other = make_title(
        2, genres=(27, 35, 10751), services=("hbo",), acclaim=("cultClassic",),
        keywords=("retro", "spy", "twist ending", "anti hero"),
    )  # fmt: skip
    titles = [western, other]
    three = {"favoriteGenres": [37], "languagePreferences": ["fr"], "eraPreferences": ["classic"]}
    twelve = {
        **three, "streamingPlatforms": ["hbo"], "aestheticPreferences": ["retro"], "moodPreferences": ["scary"],
        "watchingContext": ["family"], "subgenrePreferences": ["spy"], "storyStructurePreferences": ["twist"],
        "characterPreferences": ["antiHero"], "watchingTime": ["mornings"],
        "criticalAcclaimPreferences": ["cultClassic"],
    }  # fmt: skip

    def weight_of_the_genre(stored):
        reasons = next(item.reasons for item in ask(titles, stored).items if item.title == western)
        return next(reason.weight for reason in reasons if reason.text.startswith("Western"))

    assert weight_of_the_genre(three) == pytest.approx(weight_of_the_genre({"favoriteGenres": [37]}))
    assert weight_of_the_genre(twelve) == pytest.approx(weight_of_the_genre(three) / 2)


def test_a_favourite_maker_of_series_created_it(make_title, ask):
    titles = [make_title(1, media_type="tv", makers=("Ann Lee",)), make_title(2)]
    answer = ask(titles, {"favoritePeople": {"directors": "Ann Lee"}})
    assert answer.items[0].reasons[0].text == "Created by Ann Lee, one of your favourites"


def test_a_named_favourite_acts_as_a_like_and_is_not_shown(make_title, ask):
    titles = [
        make_title(1, title="The Good, the Bad and the Ugly", genres=(37,), keywords=("treasure", "duel")),
        make_title(2, genres=(35,)),
        make_title(3, genres=(37,), keywords=("treasure", "duel")),
    ]
    answer = ask(titles, {"favoriteContent": "Unknown, good the bad and the ugly, the"})
    assert [item.title.media_id for item in answer.items] != [1, 2, 3]
    answer = ask(titles, {"favoriteContent": "Something else, The Good, the Bad and the Ugly"})
    assert [item.title.media_id for item in answer.items] == [3, 2]
    assert answer.source == "personal"
    assert answer.items[0].reasons[0].text == (
        "Shares duel, treasure and Western with The Good, the Bad and the Ugly, which you liked"
    )


def test_every_deal_breaker_is_in_the_vocabulary():
    assert set(DEAL_BREAKERS) == {
        "violence", "sexualContent", "profanity", "slowPace", "cliffhangers", "openEndings", "animalHarm",
        "jumpScares", "subtitles", "blackAndWhite",
    }  # fmt: skip
