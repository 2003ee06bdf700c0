"""The sentences of reasons: one a deed, one a questionnaire code, so that people read what they did and told us."""

from collections.abc import Mapping
from typing import Final

from .answers import Verb

# What a person did with their own titles: the reason that names one, and the reason that names several.
BECAUSE: Final[Mapping[Verb, tuple[str, str]]] = {
    "liked": ("Because you liked {}", "Because you liked {}"),
    "rated": ("Because you rated {} highly", "Because you rated {} highly"),
    "saved": ("Because {} is on your watchlist", "Because {} are on your watchlist"),
    "watched": ("Because you watched {}", "Because you watched {}"),
    "wanted": ("Because you asked for more like {}", "Because you asked for more like {}"),
}
# The same after a title's name.
WHICH: Final[Mapping[Verb, str]] = {
    "liked": "which you liked",
    "rated": "which you rated highly",
    "saved": "which is on your watchlist",
    "watched": "which you watched",
    "wanted": "which you asked for more of",
}

# Attribute of Taste -> kind of the reason.
KINDS: Final[Mapping[str, str]] = {
    "mood_preferences": "mood",
    "watching_context": "context",
    "streaming_platforms": "service",
    "watching_time": "time",
    "era_preferences": "era",
    "language_preferences": "language",
    "subgenre_preferences": "subgenre",
    "aesthetic_preferences": "look",
    "story_structure_preferences": "story",
    "character_preferences": "character",
    "maturity_preference": "maturity",
    "critical_acclaim_preferences": "acclaim",
    "content_discovery_preference": "discovery",
    "viewing_behavior_preference": "viewing",
    "runtime_preference": "runtime",
    "international_content_preference": "language",
}

SERVICE_NAMES: Final[Mapping[str, str]] = {
    "netflix": "Netflix", "prime": "Prime Video", "hulu": "Hulu", "disney": "Disney+", "hbo": "HBO",
    "apple": "Apple TV+", "paramount": "Paramount+", "peacock": "Peacock",
}  # fmt: skip

LANGUAGE_NAMES: Final[Mapping[str, str]] = {
    "en": "English", "es": "Spanish", "fr": "French", "de": "German", "hi": "Hindi", "ja": "Japanese",
    "ko": "Korean", "zh": "Chinese",
}  # fmt: skip

PHRASES: Final[Mapping[str, Mapping[str, str]]] = {
    "mood_preferences": {
        "exciting": "Exciting, the mood you look for",
        "thoughtful": "Thoughtful, the mood you look for",
        "funny": "Funny, the mood you look for",
        "scary": "Scary, the mood you look for",
        "emotional": "Emotional, the mood you look for",
    },
    "watching_context": {
        "alone": "Good to watch on your own",
        "partner": "Good to watch as a couple",
        "family": "Good to watch with the family",
        "friends": "Good to watch with friends",
    },
    "streaming_platforms": {
        **{code: f"At home on {name}, which you use" for code, name in SERVICE_NAMES.items()},
        "other": "Not tied to one of the large streaming services",
    },
    "watching_time": {
        "mornings": "Light enough for a morning",
        "afternoons": "Made for an afternoon",
        "evenings": "Made for an evening",
        "latenight": "Made for late at night",
        "weekends": "Made for a weekend",
    },
    "era_preferences": {
        "classic": "A classic, from an era you like",
        "modern": "From the 1980s to the 2000s, an era you like",
        "recent": "Recent, as you like it",
    },
    "language_preferences": {code: f"In {name}, a language you watch in" for code, name in LANGUAGE_NAMES.items()},
    "subgenre_preferences": {
        "superhero": "A superhero story, a subgenre you like",
        "spy": "A spy story, a subgenre you like",
        "disaster": "A disaster story, a subgenre you like",
        "dystopian": "A dystopia, a subgenre you like",
        "cyberpunk": "Cyberpunk, a subgenre you like",
        "biographical": "About a real life, a subgenre you like",
        "psychological": "A psychological thriller, a subgenre you like",
        "satire": "A satire, a subgenre you like",
        "slasher": "A slasher, a subgenre you like",
        "noir": "Film noir, a subgenre you like",
        "comingofage": "A coming-of-age story, a subgenre you like",
        "historical": "Historical, a subgenre you like",
    },
    "aesthetic_preferences": {
        "visuallyStunning": "Visually stunning, a look you like",
        "minimalist": "Minimalist, a look you like",
        "colorful": "Colourful, a look you like",
        "darkMoody": "Dark and moody, a look you like",
        "retro": "Retro, a look you like",
        "experimental": "Experimental, a look you like",
    },
    "story_structure_preferences": {
        "linear": "Told straight through, as you like it",
        "nonlinear": "Told out of order, as you like it",
        "anthology": "An anthology, as you like it",
        "openEnded": "Open-ended, as you like it",
        "twist": "Has a twist, as you like it",
    },
    "character_preferences": {
        "complexProtagonist": "Has a complex protagonist, as you like it",
        "strongFemale": "Has a strong female lead, as you like it",
        "antiHero": "Has an anti-hero, as you like it",
        "ensemble": "Has an ensemble cast, as you like it",
        "character-driven": "Driven by its characters, as you like it",
    },
    "maturity_preference": {
        "family": "Rated for the whole family",
        "teen": "Rated for teenagers and below",
        "mature": "Made for adults, as you like it",
        "graphic": "Unsparing, as you like it",
    },
    "critical_acclaim_preferences": {
        "awardWinning": "Winner of major awards",
        "criticallyAcclaimed": "Highly praised",
        "cultClassic": "A cult classic",
        "underrated": "Better than its fame",
        "blockbuster": "A great success with audiences",
    },
    "content_discovery_preference": {
        "trending": "Among the most popular titles",
        "hiddenGems": "A hidden gem",
        "awardWinning": "Winner of major awards",
        "classics": "A classic to discover",
        "newReleases": "A new release",
    },
    "viewing_behavior_preference": {
        "bingePerfect": "Good for watching in one go",
        "episodic": "Good an episode at a time",
        "quickWatch": "A quick watch",
        "deepDive": "Rewards a closer look",
        "background": "Easy to have on in the background",
    },
    "runtime_preference": {
        "short": "Short, as you like it",
        "medium": "Of the length you like",
        "long": "Long, as you like it",
    },
    "international_content_preference": {
        "veryOpen": "Not in English, which you are open to",
        "someOpen": "Not in English, which you are open to",
        "englishPreferred": "In English, as you prefer",
    },
}
