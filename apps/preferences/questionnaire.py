"""The taste questionnaire as data: validation, the OpenAPI document and forms derive from this one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from apps.media.genres import GENRES
from apps.preferences.kinds import (
    Flag,
    GenreRatings,
    Genres,
    Kind,
    ManyCodes,
    Mark,
    Marks,
    Number,
    OneCode,
    People,
    Text,
    Texts,
)

EARLIEST_YEAR: Final = 1870
LATEST_YEAR: Final = 2100


@dataclass(frozen=True, slots=True)
class Question:
    """One field of the questionnaire: its name, the kind of its answer, and a sentence for people."""

    name: str
    kind: Kind
    help: str

    def read(self, value: Any) -> Any:
        """The answer to store, None for no answer (null, or empty where one thing is chosen).

        Raises NotThisKind for what is no answer to this question.
        """
        if value is None or (value == "" and self.kind.blank_is_unanswered):
            return None
        return self.kind.read(value)

    def schema(self) -> dict[str, Any]:
        """The field's JSON Schema."""
        return {**self.kind.schema(), "description": self.help}


# Films and series have genres of their own; some ids mean the same in both.
_GENRES: Final = tuple({**GENRES["movie"], **GENRES["tv"]}.items())

QUESTIONS: Final = (
    Question("contentType", OneCode(("movies", "tv", "both")), "Films, series, or both."),
    Question("favoriteGenres", Genres(_GENRES), "Genres you like."),
    Question("dislikedGenres", Genres(_GENRES), "Genres that are never recommended."),
    Question("genreRatings", GenreRatings(_GENRES), "How much you like single genres, from 1 to 10."),
    Question(
        "moodPreferences",
        ManyCodes(("exciting", "thoughtful", "funny", "scary", "emotional")),
        "What a title should make you feel.",
    ),
    Question("watchingContext", ManyCodes(("alone", "partner", "family", "friends")), "With whom you watch."),
    Question(
        "streamingPlatforms",
        ManyCodes(("netflix", "prime", "hulu", "disney", "hbo", "apple", "paramount", "peacock", "other")),
        "The services you have.",
    ),
    Question(
        "watchingTime",
        ManyCodes(("mornings", "afternoons", "evenings", "latenight", "weekends")),
        "When you watch.",
    ),
    Question("eraPreferences", ManyCodes(("classic", "modern", "recent")), "The times your films come from."),
    Question(
        "languagePreferences",
        ManyCodes(("en", "es", "fr", "de", "hi", "ja", "ko", "zh", "any")),
        "Original languages you like.",
    ),
    Question(
        "subgenrePreferences",
        ManyCodes(
            (
                *("superhero", "spy", "disaster", "dystopian", "cyberpunk", "biographical", "psychological"),
                *("satire", "slasher", "noir", "comingofage", "historical"),
            )
        ),
        "Finer kinds of film you like.",
    ),
    Question(
        "aestheticPreferences",
        ManyCodes(("visuallyStunning", "minimalist", "colorful", "darkMoody", "retro", "experimental")),
        "How a film should look.",
    ),
    Question(
        "storyStructurePreferences",
        ManyCodes(("linear", "nonlinear", "anthology", "openEnded", "twist", "notSure")),
        "How a story should be told.",
    ),
    Question(
        "characterPreferences",
        ManyCodes(("complexProtagonist", "strongFemale", "antiHero", "ensemble", "character-driven")),
        "The characters you like to follow.",
    ),
    Question(
        "maturityPreference",
        ManyCodes(("family", "teen", "mature", "graphic")),
        "What a title may show; the most permissive choice is the ceiling.",
    ),
    Question(
        "criticalAcclaimPreferences",
        ManyCodes(("awardWinning", "criticallyAcclaimed", "cultClassic", "underrated", "blockbuster")),
        "The standing a title should have.",
    ),
    Question(
        "contentDiscoveryPreference",
        ManyCodes(("trending", "hiddenGems", "awardWinning", "classics", "newReleases")),
        "How you like to find new titles.",
    ),
    Question(
        "viewingBehaviorPreference",
        ManyCodes(("bingePerfect", "episodic", "quickWatch", "deepDive", "background")),
        "How you watch.",
    ),
    Question(
        "dealBreakers",
        ManyCodes(
            (
                *("violence", "sexualContent", "profanity", "slowPace", "cliffhangers", "openEndings"),
                *("animalHarm", "jumpScares", "subtitles", "blackAndWhite"),
            )
        ),
        "What you never want to see.",
    ),
    Question("runtimePreference", OneCode(("short", "medium", "long", "any")), "How long a title should be."),
    Question(
        "internationalContentPreference",
        OneCode(("veryOpen", "someOpen", "dubbedOnly", "englishPreferred", "noPreference")),
        "How open you are to titles from abroad.",
    ),
    Question("favoriteContent", Text(5000), "Titles you love, separated by commas."),
    Question("favoritePeople", People(most=100, longest=200), "Actors and directors you like."),
    Question("keywords", Texts(most=100, longest=100), "Words about plots, places and themes you like."),
    Question("minRating", Number(0, 10), "The lowest mean rating of viewers, 0 to 10."),
    Question("maxRating", Number(0, 10), "The highest mean rating of viewers, 0 to 10."),
    Question("releaseYearStart", Number(EARLIEST_YEAR, LATEST_YEAR, whole=True), "The first year of release."),
    Question("releaseYearEnd", Number(EARLIEST_YEAR, LATEST_YEAR, whole=True), "The last year of release."),
    Question("questionnaireCompleted", Flag(), "Whether the whole questionnaire was gone through."),
    Question("quickModeCompleted", Flag(), "Whether its short form was gone through."),
    Question(
        "completedOnboardingStages", Marks(most=100, longest=100), "The stages gone through, in the client's names."
    ),
    Question("updatedAt", Mark(longest=100), "When the client last changed the answers, as it writes times."),
)

BY_NAME: Final[Mapping[str, Question]] = {question.name: question for question in QUESTIONS}

# Pairs of bounds that must be in order.
BOUNDS: Final = (("minRating", "maxRating"), ("releaseYearStart", "releaseYearEnd"))


def crossed_bounds(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, sentence) of each lower bound that lies above its upper one."""
    for lower, upper in BOUNDS:
        if lower in answers and upper in answers and answers[lower] > answers[upper]:
            yield lower, f"{answers[lower]} is above {upper}, which is {answers[upper]}; lower it or raise {upper}."
