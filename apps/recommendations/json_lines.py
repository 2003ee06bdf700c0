"""Rankings for programs: a line of JSON in, a line of JSON out. Knows no table and no NumPy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson

from apps.recommendations.engine.answers import Liked, Request
from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.recommend import rank
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import TitleKey

DEFAULT_LIMIT: Final = 100
FIELDS: Final = ("likes", "dislikes", "exclude", "limit", "novelty", "diversity")


class LineError(ValueError):
    """A line that cannot be answered; the message names the field and the remedy."""


@dataclass(frozen=True, slots=True)
class Question:
    """One line, understood: titles by id, and how the ranking should be."""

    likes: list[TitleKey]
    dislikes: list[TitleKey]
    exclude: list[TitleKey]
    limit: int
    novelty: float
    diversity: float


def answers(model: Model, lines: Iterable[bytes]) -> Iterator[bytes]:
    """For each line its answer: the ids of the ranked titles, or `{"error": sentence}` where it makes no sense."""
    for line in lines:
        try:
            answer: Any = ranked_ids(model, parse(line))
        except LineError as error:
            answer = {"error": str(error)}
        yield orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)


def parse(line: bytes) -> Question:
    """The question of a line: a list of liked ids, or an object with any of FIELDS. Raises LineError."""
    try:
        asked = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise LineError(f"The line is not JSON ({error}); write a list of ids or an object a line.") from error
    if isinstance(asked, list):
        asked = {"likes": asked}
    if not isinstance(asked, dict):
        raise LineError("The line is neither a list of ids nor an object; write one of them.")
    for name in asked:
        if name not in FIELDS:
            raise LineError(f"{name[:40]} is not known; write {', '.join(FIELDS[:-1])} or {FIELDS[-1]}.")
    return Question(
        likes=_keys(asked, "likes"),
        dislikes=_keys(asked, "dislikes"),
        exclude=_keys(asked, "exclude"),
        limit=_limit(asked.get("limit", DEFAULT_LIMIT)),
        novelty=_part(asked, "novelty"),
        diversity=_part(asked, "diversity"),
    )


def ranked_ids(model: Model, question: Question) -> list[int | str]:
    """The ranking: films as numbers, series as `tv#1396`. Titles that the model does not know are passed over."""
    request = Request(
        taste=Taste(),
        history=[
            *(Liked(key, 1.0, "liked") for key in question.likes),
            *(Liked(key, -1.0, "rated") for key in question.dislikes),
        ],
        excluded=frozenset(question.exclude),
        media_type="both",
        limit=question.limit,
        novelty=question.novelty,
        diversity=question.diversity,
    )
    return [number if kind == "movie" else f"tv#{number}" for kind, number in map(model.key, rank(model, request))]


def _keys(asked: dict[str, Any], name: str) -> list[TitleKey]:
    entries = asked.get(name, [])
    if not isinstance(entries, list):
        raise LineError(f"{name} is not a list; write a list of ids.")
    return [_key(entry, name, place) for place, entry in enumerate(entries)]


def _key(entry: Any, name: str, place: int) -> TitleKey:
    if type(entry) is int:
        return ("movie", entry)
    if isinstance(entry, str):
        digits = entry.removeprefix("tv#")
        if digits.isascii() and digits.isdecimal() and len(digits) <= 16:
            return ("tv" if entry.startswith("tv#") else "movie", int(digits))
    raise LineError(f"{name}[{place}] is no id; write a number such as 603, or tv#1396 for a series.")


def _limit(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= DEFAULT_LIMIT:
        raise LineError(f"limit is not from 1 to {DEFAULT_LIMIT}; write a whole number from 1 to {DEFAULT_LIMIT}.")
    return value


def _part(asked: dict[str, Any], name: str) -> float:
    value = asked.get(name, 0)
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise LineError(f"{name} is not from 0 to 1; write a number from 0 to 1.")
    return float(value)
