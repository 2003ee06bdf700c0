"""The form of a profile to try: the titles, the wishes of a request, and the questionnaire."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from django.http import QueryDict

from apps.media.errors import IndexMissing
from apps.media.index_keeper import index
from apps.media.titles import LARGEST_ID
from apps.ops.answers import label
from apps.preferences.kinds import Genres, ManyCodes, Number, OneCode, Texts
from apps.preferences.questionnaire import QUESTIONS, Question, crossed_bounds
from apps.recommendations.engine.answers import DEFAULT_DIVERSITY
from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.titles import TitleKey
from apps.recommendations.profile import Wish
from apps.recommendations.trying import Profile

MOST_TITLES: Final = 50
LONGEST_TEXT: Final = 10_000
_MEDIA_TYPES: Final = ("both", "movie", "tv")
_TITLE_ID: Final = re.compile(r"(?:(movie|tv)[/#])?([0-9]{1,9})", re.ASCII)
_KINDS: Final = frozenset({"movie", "tv"})
_NUMBERS: Final = (("limit", 1, 50), ("novelty", 0, 1), ("diversity", 0, 1))
Look = Literal["many", "one", "number", "texts"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer; `chosen` where it was given."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the page shows it; `value` is what was typed where there are no choices."""

    name: str
    help: str
    look: Look
    choices: tuple[Choice, ...]
    value: str
    problem: str


@dataclass(slots=True)
class Form:
    """What was typed, what it means, and what is wrong with it by field."""

    typed: Mapping[str, Any]
    problems: dict[str, str] = field(default_factory=dict)
    preferences: dict[str, Any] = field(default_factory=dict)
    liked: list[TitleKey] = field(default_factory=list)
    disliked: list[TitleKey] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)

    @property
    def profile(self) -> Profile:
        """Whom the model is asked for."""
        return Profile(self.liked, self.disliked, self.preferences)

    @property
    def wish(self) -> Wish:
        """What is asked."""
        wanted = self.numbers
        return Wish(
            media_type=self.typed["media_type"],
            limit=int(wanted["limit"]),
            novelty=wanted["novelty"],
            diversity=wanted["diversity"],
        )

    @property
    def questions(self) -> list[Asked]:
        """The questionnaire's questions with what was answered."""
        return [_asked(question, self) for question in _questions()]


def empty_form() -> Form:
    """The form before anything was typed."""
    return Form({"liked": "", "disliked": "", "media_type": "both", "limit": "10", "novelty": "0",
                 "diversity": f"{DEFAULT_DIVERSITY:g}"})  # fmt: skip


def read_form(sent: QueryDict, model: Model) -> Form:
    """What was sent; titles are looked for in `model` by number and name, then in the catalogue's index by name."""
    typed: dict[str, Any] = {**empty_form().typed, **{name: sent.get(name, "") for name in sent}}
    form = Form(typed | {question.name: _answered(question, sent) for question in _questions()})
    if typed["media_type"] not in _MEDIA_TYPES:
        form.problems["media_type"] = "Choose both, films or series."
    for name, low, high in _NUMBERS:
        _read_number(form, name, Number(low, high, whole=name == "limit"))
    for name, found in (("liked", form.liked), ("disliked", form.disliked)):
        _read_titles(form, name, found, model)
    _read_answers(form)
    return form


def _read_number(form: Form, name: str, kind: Number) -> None:
    try:
        form.numbers[name] = kind.read(form.typed[name].strip())
    except ValueError as error:
        form.problems[name] = str(error)


def _read_titles(form: Form, name: str, found: list[TitleKey], model: Model) -> None:
    """Adds the titles of a field, one a line, or says which line names none."""
    text = form.typed[name]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(text) > LONGEST_TEXT or len(lines) > MOST_TITLES:
        form.problems[name] = f"Name at most {MOST_TITLES} titles, one a line."
        return
    for line in lines:
        key = _title_of(line, model)
        if key is None:
            form.problems[name] = f"Neither the model nor the catalogue has a title {line[:80]!r}; write its number."
            return
        if key not in found:
            found.append(key)


def _title_of(line: str, model: Model) -> TitleKey | None:
    """The title of a line such as 603, tv#1396, movie/603 or a name; a number is a film's unless it says otherwise."""
    numbered = _TITLE_ID.fullmatch(line)
    if numbered and 0 < int(numbered[2]) <= LARGEST_ID:
        return cast(TitleKey, (numbered[1] or "movie", int(numbered[2])))
    named = model.named(line)
    return model.key(named[0]) if named else _in_catalogue(line)


def _in_catalogue(name: str) -> TitleKey | None:
    """The title that a name surely means."""
    try:
        catalogue = index()
    except IndexMissing:
        return None
    hits = catalogue.search.find(name, kinds=_KINDS, limit=1)
    return catalogue.key(hits[0].place) if hits and hits[0].sure else None


def _questions() -> Iterator[Question]:
    """Those that an input can answer and that say something about taste."""
    return (each for each in QUESTIONS if isinstance(each.kind, OneCode | ManyCodes | Genres | Number | Texts))


def _answered(question: Question, sent: QueryDict) -> Any:
    if isinstance(question.kind, ManyCodes | Genres):
        return sent.getlist(question.name)
    return sent.get(question.name, "")


def _read_answers(form: Form) -> None:
    for question in _questions():
        answer = form.typed[question.name]
        if isinstance(question.kind, Texts):
            answer = [part.strip() for part in answer.split(",") if part.strip()]
        try:
            read = question.read(answer)
        except ValueError as error:
            form.problems[question.name] = str(error)
            continue
        if read not in (None, []):
            form.preferences[question.name] = read
    form.problems.update(crossed_bounds(form.preferences))


def _asked(question: Question, form: Form) -> Asked:
    kind, typed = question.kind, form.typed.get(question.name) or ""
    choices = tuple(Choice(value, words, value in _as_list(typed)) for value, words in _choices(kind))
    look: Look = "one" if isinstance(kind, OneCode) else "number" if isinstance(kind, Number) else "texts"
    if isinstance(kind, ManyCodes | Genres):
        look = "many"
    problem = form.problems.get(question.name, "")
    return Asked(question.name, question.help, look, choices, typed if isinstance(typed, str) else "", problem)


def _as_list(typed: Any) -> list[str]:
    return [typed] if isinstance(typed, str) else list(typed)


def _choices(kind: Any) -> list[tuple[str, str]]:
    if isinstance(kind, Genres):
        return [(str(number), name) for number, name in kind.names]
    return [(code, label(code)) for code in getattr(kind, "codes", ())]
