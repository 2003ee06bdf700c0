"""What a person sees: their lists, their taste in the questionnaire's words, and what is recommended to them and why.

Nothing is written by looking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson

from apps.lists import selectors as lists
from apps.lists.items import Item, as_item
from apps.lists.models import LISTS, RATING_PREFIX, ListName, Rating
from apps.media.titles import MediaType, TitleKey
from apps.ops.answers import label
from apps.preferences.kinds import GenreRatings, Genres, Kind, ManyCodes, OneCode
from apps.preferences.questionnaire import BY_NAME, QUESTIONS, Question
from apps.preferences.selectors import stored
from apps.recommendations.engine.answers import Answer
from apps.recommendations.feedback import selectors as feedback
from apps.recommendations.feedback.facts import served_title
from apps.recommendations.feedback.selectors import Given
from apps.recommendations.feedback.sentences import sentence
from apps.recommendations.models import FEEDBACK_PREFIX, FeedbackRow
from apps.recommendations.selectors import Person, Served, Wish, recommendations_for
from movierec.dynamo.data_table import DataRow, user_pk
from movierec.dynamo.table import Row

MOST_SHOWN: Final = 50
MAX_ANSWER_LENGTH: Final = 500
MAX_NAME_LENGTH: Final = 60

T = TypeVar("T")

_ENTRY_ATTRIBUTES: Final = ("userId", "title", *lists.ENTRY_ATTRIBUTES)
_SAID_ATTRIBUTES: Final = tuple(dict.fromkeys([*lists.RATING_ATTRIBUTES, *feedback.ATTRIBUTES]))


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
    """Everything at once, by four reads (a list above 1 MB takes more), from which recommendations are made, too."""
    favourites, watchlist = _entries("favourites", user_id), _entries("watchlist", user_id)
    rows, answers = _ratings_and_feedback(user_id), stored(user_id) or {}
    ratings, given = lists.ratings_of(rows), feedback.in_force(rows)
    history = lists.History(lists.titles_of(favourites), lists.titles_of(watchlist), ratings)
    said = sorted(given, key=lambda one: one.place, reverse=True)
    return AsSeen(
        favourites=_shown(_listed(favourites), _item),
        watchlist=_shown(_listed(watchlist), _item),
        ratings=_shown(sorted(ratings, key=lambda rating: rating[2], reverse=True), _rating),
        hidden=_shown([one for one in said if _hides(one)], _said),
        feedback=_shown([one for one in said if not _hides(one)], _said),
        doubled=_doubled(favourites) + _doubled(watchlist),
        taste=list(_taste(answers)),
        served=recommendations_for(user_id, Person(answers, history, feedback.feedback_in(given)), Wish()),
    )


def _entries(list_name: ListName, user_id: str) -> list[Row]:
    return LISTS[list_name].query_all(user_id, attributes=_ENTRY_ATTRIBUTES, consistent=True)


def _ratings_and_feedback(user_id: str) -> list[Row]:
    """The rows of both kinds. Those between them in the partition have secrets in their keys, and are not sent."""
    return DataRow.query_all(
        user_pk(user_id),
        range_condition=DataRow.sk.between(FEEDBACK_PREFIX, f"{RATING_PREFIX}~"),
        filter_condition=Rating.rating.exists() | FeedbackRow.scope.exists(),
        attributes=_SAID_ATTRIBUTES,
        consistent=True,
    )


def _listed(rows: Sequence[Row]) -> list[Item]:
    """What the person's own list has, the newest first: it goes by the time, and is without rows that have none."""
    timed = [row for row in rows if isinstance(row.get("addedAt"), str)]
    return [as_item(row) for row in sorted(timed, key=lambda row: (row["addedAt"], row["movieId"]), reverse=True)]


def _shown(found: Sequence[T], make: Callable[[T], Entry]) -> Shown:
    left = len(found) - MOST_SHOWN
    return Shown([make(one) for one in found[:MOST_SHOWN]], f"{left:,}" if left > 0 else "")


def _doubled(rows: Sequence[Row]) -> int:
    items = map(as_item, rows)
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
    return _in_words(answer, _names(question.kind))


def _names(kind: Kind) -> dict[str, str]:
    """What the codes of a kind of answer mean, by the codes."""
    if isinstance(kind, Genres | GenreRatings):
        return {str(number): name for number, name in kind.names}
    return {code: label(code) for code in kind.codes} if isinstance(kind, OneCode | ManyCodes) else {}


def _in_words(answer: Any, names: Mapping[str, str]) -> str:
    if isinstance(answer, Mapping):
        parts = ((names.get(name, name), _in_words(value, names)) for name, value in answer.items() if value)
        return "; ".join(f"{name}: {words}" for name, words in parts)
    if isinstance(answer, list):
        return ", ".join(_in_words(entry, names) for entry in answer)
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    text = str(answer)
    return names.get(text, text)


def _cut(text: str, longest: int = MAX_ANSWER_LENGTH) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
