"""What a person sees: their lists, their taste in the questionnaire's words, and what is recommended to them and why.

Nothing is written by looking.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson

from apps.lists import selectors as lists
from apps.lists.items import Item
from apps.media.titles import MediaType, TitleKey
from apps.preferences.kinds import GenreRatings, Genres
from apps.preferences.questionnaire import BY_NAME, QUESTIONS, Question
from apps.preferences.selectors import stored
from apps.recommendations.engine.answers import Answer
from apps.recommendations.feedback import selectors as feedback
from apps.recommendations.feedback.facts import served_title
from apps.recommendations.feedback.selectors import Given
from apps.recommendations.feedback.sentences import sentence
from apps.recommendations.selectors import Served, Wish, recommendations

MOST_SHOWN: Final = 50
MAX_ANSWER_LENGTH: Final = 500
MAX_NAME_LENGTH: Final = 60

T = TypeVar("T")

_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Entry:
    """A title on one of the lists; `at` as it is stored, `words` say more of it."""

    media_type: MediaType
    media_id: str
    title: str
    at: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The first fifty of a list, and how many more there are, in words; empty where these are all."""

    entries: Sequence[Entry]
    more: str = ""


@dataclass(frozen=True, slots=True)
class AsSeen:
    """All that a person sees of themselves; `doubled` is how many series stand on a list twice.

    `taste` are the questions that were answered, and the answers.
    """

    favourites: Shown
    watchlist: Shown
    ratings: Shown
    hidden: Shown
    feedback: Shown
    doubled: int
    taste: Sequence[tuple[str, str]]
    served: Served[Answer]


def as_seen(user_id: str) -> AsSeen:
    """Everything at once; ten reads, five of them those that recommendations make for the person, too."""
    favourites, more_favourites = lists.page("favourites", user_id)
    watchlist, more_watchlist = lists.page("watchlist", user_id)
    said, _ = feedback.page(user_id)
    hidden = [given for given in said if _hides(given)]
    return AsSeen(
        favourites=_shown(favourites, _item, further=more_favourites is not None),
        watchlist=_shown(watchlist, _item, further=more_watchlist is not None),
        ratings=_shown(sorted(lists.ratings(user_id), key=lambda rating: rating[2], reverse=True), _rating),
        hidden=_shown(hidden, _said),
        feedback=_shown([given for given in said if given not in hidden], _said),
        doubled=_doubled(favourites) + _doubled(watchlist),
        taste=list(_taste(stored(user_id) or {})),
        served=recommendations(user_id, Wish()),
    )


def _shown(found: Sequence[T], make: Callable[[T], Entry], *, further: bool = False) -> Shown:
    left = len(found) - MOST_SHOWN
    more = f"{'more than ' if further else ''}{left:,}" if left > 0 else ""
    return Shown([make(one) for one in found[:MOST_SHOWN]], more)


def _doubled(items: Sequence[Item]) -> int:
    return sum(count > 1 for count in Counter((item["mediaType"], item["mediaId"]) for item in items).values())


def _item(item: Item) -> Entry:
    return Entry(item["mediaType"], item["mediaId"], item["title"] or _name(_key(item)), item["addedAt"] or "")


def _key(item: Item) -> TitleKey:
    number = item["mediaId"]
    return item["mediaType"], int(number) if number.isdecimal() else 0


def _name(key: TitleKey) -> str:
    """The title's name, where the model that serves knows it."""
    title = served_title(key)
    return title.title if title else f"{'Series' if key[0] == 'tv' else 'Film'} {key[1]}"


def _rating(rating: tuple[TitleKey, float, str]) -> Entry:
    key, stars, at = rating
    return Entry(key[0], str(key[1]), _name(key), at, f"{stars:g} of 5")


def _hides(given: Given) -> bool:
    said = given.statement
    return said.kind == "already_seen" or (said.kind == "not_interested" and said.scope in ("title", "for_now"))


def _said(given: Given) -> Entry:
    said = given.statement
    name = _name(said.key)
    return Entry(said.key[0], str(said.key[1]), name, given.created_at, sentence(said, name, given.expires_at))


def _taste(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The questions that have an answer, with it; what the questionnaire does not know comes last, by its name."""
    for question in QUESTIONS:
        if answers.get(question.name) not in (None, "", [], {}):
            yield question.help, _cut(_answer(question, answers[question.name]))
    for name in sorted(answers.keys() - BY_NAME.keys()):
        yield _cut(name, MAX_NAME_LENGTH), _cut(orjson.dumps(answers[name], default=repr).decode())


def _answer(question: Question, answer: Any) -> str:
    names = dict(question.kind.names) if isinstance(question.kind, Genres | GenreRatings) else {}
    return _in_words(answer, {str(number): name for number, name in names.items()})


def _in_words(answer: Any, names: Mapping[str, str]) -> str:
    if isinstance(answer, Mapping):
        parts = ((names.get(name, name), _in_words(value, names)) for name, value in answer.items() if value)
        return "; ".join(f"{name}: {words}" for name, words in parts)
    if isinstance(answer, list):
        return ", ".join(_in_words(entry, names) for entry in answer)
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    text = str(answer)
    return names.get(text, _HUMP.sub(" ", text))


def _cut(text: str, longest: int = MAX_ANSWER_LENGTH) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
