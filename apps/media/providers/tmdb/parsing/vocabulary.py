"""What TMDB's words and numbers mean in the terms of the questionnaire and the recommender."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

# TMDB's numbers of the services that the questionnaire knows, with those of their cheaper and older offers. Their
# channels at Amazon, Apple or Roku are left out: whoever pays the service itself cannot watch there.
SERVICE_CODES: Final[Mapping[int, str]] = {
    8: "netflix", 1796: "netflix",
    9: "prime", 119: "prime", 613: "prime", 2100: "prime",
    15: "hulu",
    122: "disney", 337: "disney", 390: "disney",
    384: "hbo", 1899: "hbo",
    350: "apple",
    531: "paramount", 2303: "paramount", 2304: "paramount", 2616: "paramount",
    386: "peacock", 387: "peacock",
}  # fmt: skip

# The recommender's word for several of TMDB's keywords, in small letters.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "aliens": ("alien", "alien invasion", "alien life-form", "extraterrestrial"),
    "animal death": ("animal cruelty", "animal killing", "death of dog", "death of pet"),
    "anti hero": ("antihero", "anti-hero"),
    "artificial intelligence": ("artificial intelligence (a.i.)",),
    "based on novel": ("based on novel or book", "based on young adult novel"),
    "biography": ("biographical", "biopic"),
    "black and white": ("black-and-white",),
    "colorful": ("vibrant",),
    "coming of age": ("coming-of-age",),
    "dark and moody": ("bleak", "dark", "gloomy", "ominous"),
    "disaster": ("disaster film", "disaster movie", "natural disaster"),
    "dystopia": ("dystopian", "dystopian future"),
    "ensemble cast": ("ensemble",),
    "experimental": ("avant-garde", "experimental film"),
    "family relationships": ("dysfunctional family", "family drama"),
    "feel good": ("comforting", "feel-good", "heartwarming", "joyful", "joyous", "lighthearted"),
    "film noir": ("neo-noir", "noir"),
    "funny": ("amused", "hilarious", "humorous", "witty"),
    "gore": ("blood and gore", "blood splatter", "gory", "splatter"),
    "historical": ("costume drama", "historical drama", "historical fiction", "period drama"),
    "jump scare": ("jump scares", "jumpscare"),
    "minimalist": ("minimalism",),
    "nonlinear timeline": ("non-linear timeline", "nonlinear narrative", "non linear"),
    "nudity": ("female full frontal nudity", "female nudity", "male full frontal nudity", "male nudity"),
    "open ending": ("ambiguous ending",),
    "parallel worlds": ("multiverse", "parallel universe", "parallel world"),
    "profanity": ("foul language", "strong language", "swearing"),
    "robot": ("android", "robots"),
    "romantic": ("romance",),
    "satire": ("parody", "satirical", "spoof"),
    "scary": ("frightened", "horrified", "terrifying"),
    "sexual content": ("erotic", "erotic movie", "eroticism", "explicit sex", "sex", "sex scene", "softcore"),
    "simulated reality": ("virtual reality",),
    "slasher": ("slasher film",),
    "slow burn": ("slow cinema",),
    "space": ("outer space", "space opera", "space travel"),
    "spy": ("espionage", "secret agent", "spy thriller"),
    "strong female lead": ("female protagonist", "strong woman", "woman hero"),
    "superhero": ("super hero", "superhero team"),
    "suspenseful": ("suspense", "tense"),
    "tearjerker": ("heartbreaking", "tragic"),
    "thought provoking": ("philosophical", "thoughtful", "thought-provoking"),
    "true story": ("based on real events", "based on true story"),
    "twist ending": ("plot twist", "surprise ending"),
    "violence": ("brutality", "extreme violence", "graphic violence", "violent"),
    "zombie": ("zombie apocalypse", "zombies"),
}
_WORD_OF: Final = {theirs: ours for ours, several in _WORDS.items() for theirs in several}


def recommender_words(names: Iterable[str]) -> tuple[str, ...]:
    """Names of keywords in small letters, with the recommender's own words for them behind."""
    theirs = [name.lower() for name in names]
    ours = (_WORD_OF[name] for name in theirs if name in _WORD_OF)
    return tuple(dict.fromkeys([*theirs, *ours]))
