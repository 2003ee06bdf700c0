"""What each code of the questionnaire means in facts of a title: the one table to read and to edit.

A fact is a string `kind:value` (`facts.py` derives them from a title). A code maps to facts with weights; a positive
weight draws titles with that fact up, a negative one pushes them down. Vetoes map to facts that remove a title.
"""

from collections.abc import Mapping
from typing import Final

GENRE_NAMES: Final[Mapping[int, str]] = {
    28: "Action", 12: "Adventure", 16: "Animation", 35: "Comedy", 80: "Crime", 99: "Documentary", 18: "Drama",
    10751: "Family", 14: "Fantasy", 36: "History", 27: "Horror", 10402: "Music", 9648: "Mystery",
    10749: "Romance", 878: "Science Fiction", 10770: "TV Movie", 53: "Thriller", 10752: "War", 37: "Western",
    10759: "Action & Adventure", 10762: "Kids", 10763: "News", 10764: "Reality", 10765: "Sci-Fi & Fantasy",
    10766: "Soap", 10767: "Talk", 10768: "War & Politics",
}  # fmt: skip

# The catalogue names some genres of series differently: each is one or more genres of films.
GENRE_PARTS: Final[Mapping[int, tuple[int, ...]]] = {
    10759: (28, 12),
    10762: (10751,),
    10765: (878, 14),
    10768: (10752, 10768),
}

# A series in a combined genre counts as all its parts, unless its keywords speak for some of them only.
PART_KEYWORDS: Final[Mapping[int, Mapping[int, frozenset[str]]]] = {
    10765: {
        878: frozenset({"space", "aliens", "robot", "artificial intelligence", "time travel", "dystopia",
                        "cyberpunk", "simulated reality", "alternate history", "parallel worlds"}),
        14: frozenset({"magic", "dragon", "vampire", "witch", "mythology", "fairy tale", "ghost"}),
    },
    10768: {
        10752: frozenset({"war", "world war ii", "vietnam war"}),
        10768: frozenset({"politics"}),
    },
}  # fmt: skip

# Genres that series do not have are read from their keywords.
SERIES_STAND_INS: Final[Mapping[int, frozenset[str]]] = {
    27: frozenset({"scary", "slasher", "zombie", "vampire"}),
    53: frozenset({"suspenseful", "psychological thriller"}),
    10749: frozenset({"romantic", "love triangle"}),
    36: frozenset({"historical"}),
    10402: frozenset({"music"}),
}

CERTIFICATION_LEVELS: Final[Mapping[str, str]] = {
    "G": "family", "PG": "family", "TV-Y": "family", "TV-Y7": "family", "TV-G": "family", "TV-PG": "family",
    "PG-13": "teen", "TV-14": "teen",
    "R": "mature", "TV-MA": "mature", "M": "mature",
    "NC-17": "graphic", "X": "graphic",
}  # fmt: skip

STREAMING_SERVICES: Final = ("netflix", "prime", "hulu", "disney", "hbo", "apple", "paramount", "peacock")

# --- Vetoes -----------------------------------------------------------------------------------------------------

DEAL_BREAKERS: Final[Mapping[str, tuple[str, ...]]] = {
    "violence": ("keyword:violence", "keyword:gore", "keyword:slasher", "keyword:serial killer", "content:violent"),
    "sexualContent": ("keyword:nudity", "keyword:sexual content"),
    "profanity": ("keyword:profanity",),
    "slowPace": ("keyword:slow burn",),
    "cliffhangers": ("keyword:cliffhanger",),
    "openEndings": ("keyword:open ending",),
    "animalHarm": ("keyword:animal death",),
    "jumpScares": ("keyword:jump scare", "content:frightening"),
    "subtitles": ("language:foreign",),
    "blackAndWhite": ("keyword:black and white",),
}

# Genres whose titles for adults are violent, whether a keyword says so or not.
VIOLENT_WHEN_ADULT: Final = frozenset({27, 28, 37, 53, 80, 10752})
# Where a title has no keywords, its genre must speak for what they would say.
CONTENT_OF_GENRES: Final[Mapping[str, frozenset[int]]] = {
    "content:violent": frozenset({27, 28, 10752}),
    "content:frightening": frozenset({27}),
}

CONTENT_TYPES: Final[Mapping[str, str]] = {"movies": "movie", "tv": "tv"}

# What lies above the ceiling that a maturity code sets.
ABOVE_CEILING: Final[Mapping[str, tuple[str, ...]]] = {
    "family": ("maturity:teen", "maturity:mature", "maturity:graphic"),
    "teen": ("maturity:mature", "maturity:graphic"),
}

# A title without a certification lies above the ceiling when one of these is known of it.
ABOVE_CEILING_UNRATED: Final[Mapping[str, tuple[str, ...]]] = {
    "family": (
        "keyword:violence", "keyword:gore", "keyword:nudity", "keyword:sexual content", "keyword:profanity",
        "keyword:jump scare", "keyword:slasher", "keyword:scary", "keyword:serial killer",
        "genre:27", "genre:53", "genre:80", "genre:10752",
    ),
    "teen": ("keyword:gore", "keyword:nudity", "keyword:sexual content", "keyword:slasher", "genre:27"),
}  # fmt: skip

# --- Weights ----------------------------------------------------------------------------------------------------

FactWeights = Mapping[str, float]

MOODS: Final[Mapping[str, FactWeights]] = {
    "exciting": {"genre:28": 0.6, "genre:12": 0.5, "genre:53": 0.4, "keyword:suspenseful": 0.6,
                 "keyword:epic": 0.4, "keyword:heist": 0.3},
    "thoughtful": {"keyword:thought provoking": 1.0, "genre:18": 0.3, "genre:99": 0.4, "keyword:slow burn": 0.2,
                   "keyword:character study": 0.4},
    "funny": {"genre:35": 0.8, "keyword:funny": 0.8, "keyword:satire": 0.4, "keyword:feel good": 0.3},
    "scary": {"genre:27": 0.9, "keyword:scary": 0.8, "keyword:jump scare": 0.3, "keyword:slasher": 0.3,
              "genre:53": 0.2},
    "emotional": {"keyword:tearjerker": 1.0, "genre:18": 0.4, "genre:10749": 0.4, "keyword:romantic": 0.3,
                  "keyword:family relationships": 0.3, "keyword:friendship": 0.2},
}  # fmt: skip

CONTEXTS: Final[Mapping[str, FactWeights]] = {
    "alone": {"keyword:thought provoking": 0.5, "keyword:character study": 0.5, "keyword:slow burn": 0.3,
              "keyword:psychological thriller": 0.4, "genre:18": 0.2, "genre:99": 0.2},
    "partner": {"genre:10749": 0.7, "keyword:romantic": 0.7, "genre:35": 0.2, "keyword:feel good": 0.2},
    "family": {"genre:10751": 1.0, "genre:16": 0.5, "maturity:family": 0.5, "maturity:mature": -0.6,
               "maturity:graphic": -1.0, "genre:27": -0.5},
    "friends": {"genre:35": 0.4, "genre:28": 0.4, "genre:27": 0.2, "keyword:funny": 0.4, "acclaim:blockbuster": 0.3,
                "acclaim:cultClassic": 0.2},
}  # fmt: skip

PLATFORMS: Final[Mapping[str, FactWeights]] = {
    **{service: {f"service:{service}": 0.8} for service in STREAMING_SERVICES},
    "other": {"service:other": 0.3},
}

TIMES: Final[Mapping[str, FactWeights]] = {
    "mornings": {"keyword:feel good": 0.4, "genre:16": 0.3, "genre:35": 0.2, "genre:99": 0.2, "runtime:short": 0.3},
    "afternoons": {"genre:12": 0.3, "genre:10751": 0.3, "keyword:colorful": 0.2, "genre:99": 0.2},
    "evenings": {"genre:18": 0.3, "genre:80": 0.3, "genre:9648": 0.2, "keyword:suspenseful": 0.3},
    "latenight": {"genre:27": 0.4, "genre:53": 0.3, "genre:878": 0.2, "keyword:dark and moody": 0.3,
                  "acclaim:cultClassic": 0.3},
    "weekends": {"runtime:long": 0.4, "keyword:epic": 0.4, "acclaim:blockbuster": 0.2, "genre:12": 0.2},
}  # fmt: skip

ERAS: Final[Mapping[str, FactWeights]] = {
    "classic": {"era:classic": 1.0},
    "modern": {"era:modern": 0.8},
    "recent": {"era:recent": 0.8},
}

LANGUAGES: Final[Mapping[str, FactWeights]] = {
    "en": {"language:en": 0.6},
    "es": {"language:es": 1.2},
    "fr": {"language:fr": 1.2},
    "de": {"language:de": 1.2},
    "hi": {"language:hi": 1.2},
    "ja": {"language:ja": 1.2},
    "ko": {"language:ko": 1.2},
    "zh": {"language:zh": 1.2, "language:cn": 1.2},
    "any": {},
}

SUBGENRES: Final[Mapping[str, FactWeights]] = {
    "superhero": {"keyword:superhero": 1.2},
    "spy": {"keyword:spy": 1.2},
    "disaster": {"keyword:disaster": 1.2},
    "dystopian": {"keyword:dystopia": 1.2},
    "cyberpunk": {"keyword:cyberpunk": 1.2},
    "biographical": {"keyword:biography": 1.2, "keyword:true story": 0.4},
    "psychological": {"keyword:psychological thriller": 1.2},
    "satire": {"keyword:satire": 1.2},
    "slasher": {"keyword:slasher": 1.2},
    "noir": {"keyword:film noir": 1.2},
    "comingofage": {"keyword:coming of age": 1.2},
    "historical": {"keyword:historical": 1.2, "genre:36": 0.6},
}

AESTHETICS: Final[Mapping[str, FactWeights]] = {
    "visuallyStunning": {"keyword:visually stunning": 0.9},
    "minimalist": {"keyword:minimalist": 0.9},
    "colorful": {"keyword:colorful": 0.9},
    "darkMoody": {"keyword:dark and moody": 0.9, "keyword:film noir": 0.3},
    "retro": {"keyword:retro": 0.9},
    "experimental": {"keyword:experimental": 0.9},
}

STORIES: Final[Mapping[str, FactWeights]] = {
    "linear": {"keyword:linear narrative": 0.6},
    "nonlinear": {"keyword:nonlinear timeline": 0.9},
    "anthology": {"keyword:anthology": 0.9},
    "openEnded": {"keyword:open ending": 0.9},
    "twist": {"keyword:twist ending": 0.9},
    "notSure": {},
}

CHARACTERS: Final[Mapping[str, FactWeights]] = {
    "complexProtagonist": {"keyword:complex protagonist": 0.8},
    "strongFemale": {"keyword:strong female lead": 0.9},
    "antiHero": {"keyword:anti hero": 0.9},
    "ensemble": {"keyword:ensemble cast": 0.8},
    "character-driven": {"keyword:character study": 0.9},
}

MATURITY: Final[Mapping[str, FactWeights]] = {
    "family": {"maturity:family": 0.6, "maturity:unknown": -0.5},
    "teen": {"maturity:teen": 0.5, "maturity:family": 0.2, "maturity:unknown": -0.3},
    "mature": {"maturity:mature": 0.5},
    "graphic": {"maturity:graphic": 0.8, "maturity:mature": 0.3, "keyword:gore": 0.4, "keyword:violence": 0.3,
                "keyword:nudity": 0.2},
}  # fmt: skip

ACCLAIM: Final[Mapping[str, FactWeights]] = {
    "awardWinning": {"acclaim:awardWinning": 0.9},
    "criticallyAcclaimed": {"acclaim:criticallyAcclaimed": 0.8, "standing:praised": 0.3},
    "cultClassic": {"acclaim:cultClassic": 1.0},
    "underrated": {"acclaim:underrated": 1.0, "standing:gem": 0.6},
    "blockbuster": {"acclaim:blockbuster": 0.8, "standing:famous": 0.4},
}

DISCOVERY: Final[Mapping[str, FactWeights]] = {
    "trending": {"standing:trending": 1.0},
    "hiddenGems": {"acclaim:underrated": 1.0, "standing:gem": 1.0, "standing:known": -1.0,
                   "standing:famous": -0.6, "acclaim:blockbuster": -0.4},
    "awardWinning": {"acclaim:awardWinning": 0.8},
    "classics": {"era:classic": 0.9, "acclaim:criticallyAcclaimed": 0.2},
    "newReleases": {"era:new": 1.0},
}  # fmt: skip

BEHAVIOURS: Final[Mapping[str, FactWeights]] = {
    "bingePerfect": {"type:tv": 0.5, "keyword:cliffhanger": 0.5, "keyword:suspenseful": 0.3},
    "episodic": {"type:tv": 0.4, "keyword:anthology": 0.5, "keyword:detective": 0.3},
    "quickWatch": {"runtime:short": 0.8},
    "deepDive": {"runtime:long": 0.4, "keyword:thought provoking": 0.5, "keyword:nonlinear timeline": 0.3,
                 "genre:99": 0.3},
    "background": {"genre:35": 0.4, "keyword:feel good": 0.5, "genre:10764": 0.3, "genre:10767": 0.3,
                   "keyword:thought provoking": -0.4, "keyword:nonlinear timeline": -0.3},
}  # fmt: skip

RUNTIMES: Final[Mapping[str, FactWeights]] = {
    "short": {"runtime:short": 0.9, "runtime:long": -0.5},
    "medium": {"runtime:medium": 0.8},
    "long": {"runtime:long": 0.9, "runtime:short": -0.5},
    "any": {},
}

# Where films and series in other languages mostly come from; a weak sign beside the language itself.
ABROAD: Final = (
    "AR", "AT", "BE", "BR", "CH", "CN", "CZ", "DE", "DK", "ES", "FI", "FR", "GR", "HK", "HU", "IL", "IN", "IR", "IS",
    "IT", "JP", "KR", "MX", "NL", "NO", "PL", "PT", "RO", "RU", "SE", "SU", "TH", "TR", "TW", "UA",
)  # fmt: skip


def _from_abroad(weight: float) -> FactWeights:
    return {f"country:{country}": weight for country in ABROAD}


INTERNATIONAL: Final[Mapping[str, FactWeights]] = {
    "veryOpen": {"language:foreign": 0.8, **_from_abroad(0.1)},
    "someOpen": {"language:foreign": 0.4, **_from_abroad(0.05)},
    "dubbedOnly": {"language:foreign": -2.0},
    "englishPreferred": {"language:en": 0.3, "language:foreign": -1.2, **_from_abroad(-0.1)},
    "noPreference": {},
}

# Attribute of Taste -> its table; `taste.py` accepts exactly these codes.
CODE_TABLES: Final[Mapping[str, Mapping[str, FactWeights]]] = {
    "mood_preferences": MOODS,
    "watching_context": CONTEXTS,
    "streaming_platforms": PLATFORMS,
    "watching_time": TIMES,
    "era_preferences": ERAS,
    "language_preferences": LANGUAGES,
    "subgenre_preferences": SUBGENRES,
    "aesthetic_preferences": AESTHETICS,
    "story_structure_preferences": STORIES,
    "character_preferences": CHARACTERS,
    "maturity_preference": MATURITY,
    "critical_acclaim_preferences": ACCLAIM,
    "content_discovery_preference": DISCOVERY,
    "viewing_behavior_preference": BEHAVIOURS,
    "runtime_preference": RUNTIMES,
    "international_content_preference": INTERNATIONAL,
}

# Who likes the one often likes the other: a pull too weak to be a reason.
RELATED_GENRES: Final[Mapping[int, tuple[int, ...]]] = {
    28: (12, 53), 12: (28, 14), 16: (10751,), 80: (53, 9648), 99: (36,), 10751: (16, 12), 14: (12, 878),
    36: (10752, 18), 27: (53, 9648), 9648: (53, 80), 10749: (18, 35), 878: (12, 14), 53: (9648, 80),
    10752: (36,), 37: (12,),
}  # fmt: skip

FAVOURITE_GENRE: Final = 1.3
RELATED_GENRE: Final = 0.2
GENRE_RATING_SPAN: Final = 1.6  # a genre rated 10 weighs this much, one rated 1 as much downwards
FAVOURITE_ACTOR: Final = 1.6
FAVOURITE_DIRECTOR: Final = 2.0
KEYWORD: Final = 1.2


def canonical_genres(genre: int) -> tuple[int, ...]:
    """The genres of films that `genre` stands for: itself, or the parts of a combined genre of series."""
    return GENRE_PARTS.get(genre, (genre,))
