"""The questionnaire turned into weights on facts, each with the sentence that tells the person so."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from .artifact import Model
from .facts import inverse_frequency
from .phrases import KINDS, PHRASES
from .taste import Taste
from .titles import MediaType, normalise
from .vocabulary import (
    CODE_TABLES,
    FAVOURITE_ACTOR,
    FAVOURITE_DIRECTOR,
    FAVOURITE_GENRE,
    GENRE_NAMES,
    GENRE_RATING_SPAN,
    KEYWORD,
    RELATED_GENRE,
    RELATED_GENRES,
)

_MIDDLE_RATING = 5.5
_HIGH_RATING = 7
_MOST_KEYWORDS = 30
_PART_OF_KEYWORD = 0.6
_QUESTIONS_IN_FULL = 3
_FITTING = 0.5
_MOST_BY_RARITY = 2.2


@dataclass(frozen=True, slots=True)
class Signal:
    """One answer of the questionnaire: weights on facts and its sentence (series may need other words).

    Without a sentence it moves titles but is no reason.
    """

    kind: str
    text: str
    facts: Mapping[str, float]
    text_for_series: str | None = None

    def points(self, facts: AbstractSet[str]) -> float:
        """What the signal adds to a title of these `facts`."""
        return sum(weight for fact, weight in self.facts.items() if fact in facts)

    def fits(self, facts: AbstractSet[str]) -> bool:
        """Whether `facts` match it well enough to say so: with half of its strongest fact."""
        points = self.points(facts)
        return points > 0 and points >= _FITTING * max(self.facts.values())

    def sentence(self, media_type: MediaType) -> str:
        return self.text_for_series if media_type == "tv" and self.text_for_series else self.text


def signals(taste: Taste, model: Model) -> list[Signal]:
    """Every answer that can move a title of `model`.

    Several answers to one question share its weight: n answers weigh 1/√n of a single one each, so that ticking
    everything says little. In the same way many answered questions share what a few may weigh, so that a long
    questionnaire does not drown what a person's own titles say. Who asks for what few titles have is meant to find
    it: the rarer a fact, the more it weighs.
    """
    groups = [
        _by_rarity(_favourite_genres(taste), model),
        _by_rarity(_rated_genres(taste), model),
        list(_people(taste)),
        list(_keywords(taste, model)),
        *(_by_rarity(_codes(name, getattr(taste, name)), model) for name in CODE_TABLES),
    ]
    answered = [group for group in groups if group]
    part = min(1.0, math.sqrt(_QUESTIONS_IN_FULL / len(answered))) if answered else 0.0
    # Related genres are no answer of their own, but follow from one.
    related = list(_related_genres(taste))
    return [signal for group in (*answered, related) for signal in _shared(group, part)]


def _by_rarity(group: Iterable[Signal], model: Model) -> list[Signal]:
    """The signals with the facts that `model` has, each weighted by its rarity there; those without any left out."""
    weighted = []
    for signal in group:
        facts = {
            fact: weight * min(_MOST_BY_RARITY, max(1.0, inverse_frequency(len(model.titles), having)))
            for fact, weight in signal.facts.items()
            if (having := len(model.facts.titles_with(fact)))
        }
        if facts:
            weighted.append(replace(signal, facts=facts))
    return weighted


def _shared(group: Sequence[Signal], part: float) -> Iterator[Signal]:
    share = part / math.sqrt(len(group)) if group else 0.0
    for signal in group:
        yield replace(signal, facts={fact: weight * share for fact, weight in signal.facts.items()})


def _genre_name(genre: int) -> str:
    return GENRE_NAMES.get(genre, "A genre")


def _favourite_genres(taste: Taste) -> Iterator[Signal]:
    for genre in taste.favorite_genres:
        text = f"{_genre_name(genre)}, one of your favourite genres"
        yield Signal("genre", text, {f"genre:{genre}": FAVOURITE_GENRE})


def _related_genres(taste: Taste) -> Iterator[Signal]:
    wished = set(taste.favorite_genres)
    related = {near for genre in wished for near in RELATED_GENRES.get(genre, ())} - wished
    if related:
        yield Signal("related", "", {f"genre:{genre}": RELATED_GENRE for genre in sorted(related)})


def _rated_genres(taste: Taste) -> Iterator[Signal]:
    for genre, rating in taste.genre_ratings.items():
        weight = GENRE_RATING_SPAN * (rating - _MIDDLE_RATING) / (10 - _MIDDLE_RATING)
        praise = "which you rate highly" if rating >= _HIGH_RATING else f"which you rate {rating:g} of 10"
        yield Signal("genre", f"{_genre_name(genre)}, {praise}", {f"genre:{genre}": weight})


def _people(taste: Taste) -> Iterator[Signal]:
    for name in taste.favorite_directors:
        yield Signal(
            "person",
            f"Directed by {name}, one of your favourites",
            {f"maker:{normalise(name)}": FAVOURITE_DIRECTOR},
            text_for_series=f"Created by {name}, one of your favourites",
        )
    for name in taste.favorite_actors:
        text = f"With {name}, one of your favourites"
        yield Signal("person", text, {f"cast:{normalise(name)}": FAVOURITE_ACTOR})


def _keywords(taste: Taste, model: Model) -> Iterator[Signal]:
    """A keyword counts in full as it stands, and in part within a longer one: "war" in "civil war"."""
    for wanted in taste.keywords[:_MOST_KEYWORDS]:
        facts = {
            fact: KEYWORD if fact == f"keyword:{wanted}" else KEYWORD * _PART_OF_KEYWORD
            for fact in model.facts.keywords_with(wanted)
        }
        if facts:
            yield Signal("keyword", f"About {wanted}, one of your keywords", facts)


def _codes(attribute: str, codes: Sequence[str]) -> Iterator[Signal]:
    table, phrases = CODE_TABLES[attribute], PHRASES[attribute]
    kind = KINDS[attribute]
    return (Signal(kind, phrases.get(code, ""), table[code]) for code in codes)
