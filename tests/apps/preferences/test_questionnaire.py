from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.preferences.json_values import unstorable
from apps.preferences.kinds import NotThisKind
from apps.preferences.questionnaire import BY_NAME, QUESTIONS
from apps.preferences.serializers import PreferencesSerializer

CODES = {
    "moodPreferences": "exciting, thoughtful, funny, scary, emotional",
    "watchingContext": "alone, partner, family, friends",
    "streamingPlatforms": "netflix, prime, hulu, disney, hbo, apple, paramount, peacock, other",
    "watchingTime": "mornings, afternoons, evenings, latenight, weekends",
    "eraPreferences": "classic, modern, recent",
    "languagePreferences": "en, es, fr, de, hi, ja, ko, zh, any",
    "subgenrePreferences": "superhero, spy, disaster, dystopian, cyberpunk, biographical, psychological, satire, "
    "slasher, noir, comingofage, historical",
    "aestheticPreferences": "visuallyStunning, minimalist, colorful, darkMoody, retro, experimental",
    "storyStructurePreferences": "linear, nonlinear, anthology, openEnded, twist, notSure",
    "characterPreferences": "complexProtagonist, strongFemale, antiHero, ensemble, character-driven",
    "maturityPreference": "family, teen, mature, graphic",
    "criticalAcclaimPreferences": "awardWinning, criticallyAcclaimed, cultClassic, underrated, blockbuster",
    "contentDiscoveryPreference": "trending, hiddenGems, awardWinning, classics, newReleases",
    "viewingBehaviorPreference": "bingePerfect, episodic, quickWatch, deepDive, background",
    "dealBreakers": "violence, sexualContent, profanity, slowPace, cliffhangers, openEndings, animalHarm, jumpScares, "
    "subtitles, blackAndWhite",
}
SINGLE = {
    "contentType": "movies, tv, both",
    "runtimePreference": "short, medium, long, any",
    "internationalContentPreference": "veryOpen, someOpen, dubbedOnly, englishPreferred, noPreference",
}


@pytest.mark.parametrize("name", sorted(CODES))
def test_lists_of_codes(name: str) -> None:
    codes = CODES[name].split(", ")
    assert BY_NAME[name].read(codes) == codes
    assert BY_NAME[name].read([]) == []
    with pytest.raises(NotThisKind, match=rf'^"other-code" is not one of {CODES[name]}\.$'):
        BY_NAME[name].read(["other-code"])


@pytest.mark.parametrize("name", sorted(SINGLE))
def test_single_codes(name: str) -> None:
    for code in SINGLE[name].split(", "):
        assert BY_NAME[name].read(code) == code
    with pytest.raises(NotThisKind, match=rf'^"x" is not one of {SINGLE[name]}\.$'):
        BY_NAME[name].read("x")


@pytest.mark.parametrize("name", ["favoriteGenres", "dislikedGenres"])
def test_all_genres_of_films_and_series(name: str) -> None:
    films = [28, 12, 16, 35, 80, 99, 18, 10751, 14, 36, 27, 10402, 9648, 10749, 878, 10770, 53, 10752, 37]
    series = [10759, 16, 35, 80, 99, 18, 10751, 10762, 9648, 10763, 10764, 10765, 10766, 10767, 10768, 37]
    assert BY_NAME[name].read(films) == films
    assert BY_NAME[name].read(list(map(str, series))) == list(map(str, series))


def test_every_question_has_a_schema_and_a_sentence() -> None:
    assert len(BY_NAME) == len(QUESTIONS) == 32
    for question in QUESTIONS:
        schema = question.schema()
        assert schema["description"] == question.help
        assert question.help.endswith(".")
        assert "type" in schema or "oneOf" in schema


def test_the_serializer_has_the_questions_as_fields() -> None:
    assert list(PreferencesSerializer().fields) == [question.name for question in QUESTIONS]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=10,
)


@given(st.sampled_from(QUESTIONS), ANYTHING)
def test_answers_read_the_same_twice_or_are_refused(question: Any, value: Any) -> None:
    with suppress(NotThisKind):
        answer = question.read(value)
        assert question.read(answer) == answer


@given(st.dictionaries(st.text(min_size=1, max_size=5), ANYTHING, max_size=3))
def test_paths_name_what_cannot_be_kept(fields: dict[str, Any]) -> None:
    for path, sentence in unstorable(fields):
        assert any(path.startswith(name) for name in fields)
        assert sentence.endswith(".")


def test_depth_is_bounded_without_recursion() -> None:
    nested: Any = 1
    for _ in range(5000):
        nested = [nested]
    assert [sentence for _, sentence in unstorable({"x": nested})] == ["At most 30 levels of nesting are taken."]
