"""The switches one by one, as staff see and change them: each is a small form."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Literal

from django.conf import settings

from apps.ops.console.permissions import GROUPS
from movierec.api.errors import FieldErrors
from movierec.audit import Tag
from movierec.switches import Flag
from movierec.switches.values import BANNER_KINDS, LONGEST_TEXT, MOST_REQUESTS, Banner, ReadOnly, Rollout, Switches

# What a form sends, by the names of its fields.
Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form; `choices` are values with their words."""

    name: str
    label: str
    kind: Literal["number", "text", "select", "ticks"]
    note: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int = 0


class Part(ABC):
    """One switch: `id` is in its address, `thing` is its id in the audit."""

    tag: ClassVar[Tag]
    danger: ClassVar[bool] = False
    id: str
    thing: str
    label: str
    fields: tuple[Field, ...]

    @property
    def told_as(self) -> str:
        """What the audit's pages call it."""
        return self.label

    @abstractmethod
    def words(self, switches: Switches) -> str:
        """How it stands, in words."""

    @abstractmethod
    def values(self, switches: Switches) -> dict[str, list[str]]:
        """What its form shows of how it stands."""

    @abstractmethod
    def told(self, switches: Switches) -> Any:
        """How it stands, as the audit keeps it."""

    @abstractmethod
    def changed(self, switches: Switches, typed: Typed) -> Switches:
        """The switches with this one as a form has it. Raises FieldErrors."""


_PERCENT: Final = Field(
    "percent",
    "Percent of people",
    "number",
    "0 is nobody, 100 is everybody; the same people stay in as it grows.",
    (),
    0,
    100,
)
_ON_OFF: Final = Field("percent", "State", "select", choices=(("100", "On"), ("0", "Off")))
_GROUPS: Final = Field("groups", "And everybody of", "ticks", choices=tuple((group, group) for group in GROUPS))


class FlagPart(Part):
    """A feature flag."""

    tag = Tag.FLAG_CHANGED

    def __init__(self, flag: Flag) -> None:
        self._flag = flag
        self.id = f"flag-{flag.name}"
        self.thing = flag.name
        self.label = flag.words
        self.fields = (_PERCENT, _GROUPS) if flag.personal else (_ON_OFF,)

    @property
    def told_as(self) -> str:
        """What it is for alone does not tell that it is a flag."""
        return f"Flag: {self.label}"

    def words(self, switches: Switches) -> str:
        """For whom it is on."""
        rollout = switches.rollout(self._flag)
        if rollout.percent == 100:
            return "On for everybody" if self._flag.personal else "On"
        if not self._flag.personal or (not rollout.percent and not rollout.groups):
            return "Off"
        shares = [f"{rollout.percent} % of people"] if rollout.percent else []
        return f"On for {' and '.join([*shares, *(f'the group {group}' for group in rollout.groups)])}"

    def values(self, switches: Switches) -> dict[str, list[str]]:
        """The percentage and the groups."""
        rollout = switches.rollout(self._flag)
        return {"percent": [str(rollout.percent)], "groups": list(rollout.groups)}

    def told(self, switches: Switches) -> Any:
        """The percentage and the groups."""
        rollout = switches.rollout(self._flag)
        return {"percent": rollout.percent, "groups": list(rollout.groups)}

    def changed(self, switches: Switches, typed: Typed) -> Switches:
        """The switches with another percentage and other groups."""
        percent = _number(typed, "percent", 0, 100)
        if not self._flag.personal and percent not in (0, 100):
            raise FieldErrors([("percent", "This is on or off for all.")])
        groups = tuple(typed.get("groups", ())) if self._flag.personal else ()
        if not set(groups) <= set(GROUPS):
            raise FieldErrors([("groups", f"Choose among {', '.join(GROUPS)}.")])
        return replace(switches, flags={**switches.flags, self._flag.name: Rollout(percent, groups)})


# What the limits of the settings are of.
_SCOPES: Final = {
    "auth": "sign-ins, sign-ups and passwords",
    "user": "people's own lists, settings and accounts",
    "recommendations": "recommendations",
    "media": "the public catalogue",
}


class LimitPart(Part):
    """A rate limit."""

    tag = Tag.LIMIT_CHANGED

    def __init__(self, scope: str) -> None:
        self._scope = scope
        self.id = f"limit-{scope}"
        self.thing = f"limits/{scope}"
        self.label = f"Limit: {_SCOPES.get(scope, scope)}"
        note = f"Empty is what the settings say: {self._set:,}."
        self.fields = (Field("requests", "Requests a minute of one caller", "number", note, (), 1, MOST_REQUESTS),)

    @property
    def _set(self) -> int:
        return int(settings.RATE_LIMITS[self._scope])

    def words(self, switches: Switches) -> str:
        """The number, and whether it is the settings'."""
        limit = switches.limits.get(self._scope)
        return f"{self._set:,}, as the settings say" if limit is None else f"{limit:,} instead of {self._set:,}"

    def values(self, switches: Switches) -> dict[str, list[str]]:
        """The number, empty where it is the settings'."""
        return {"requests": [str(switches.limits.get(self._scope, ""))]}

    def told(self, switches: Switches) -> Any:
        """The number, or that it is the settings'."""
        return switches.limits.get(self._scope, f"{self._set}, as the settings say")

    def changed(self, switches: Switches, typed: Typed) -> Switches:
        """The switches with another number, or without one."""
        others = {scope: limit for scope, limit in switches.limits.items() if scope != self._scope}
        if not _text(typed, "requests"):
            return replace(switches, limits=others)
        return replace(switches, limits={**others, self._scope: _number(typed, "requests", 1, MOST_REQUESTS)})


class BannerPart(Part):
    """The line on every page."""

    tag = Tag.BANNER_CHANGED
    id = thing = "banner"
    label = "Line on every page"
    fields = (
        Field(
            "text",
            "Text",
            "text",
            f"One line of at most {LONGEST_TEXT} characters; empty is no line.",
            (),
            0,
            LONGEST_TEXT,
        ),
        Field("kind", "Kind", "select", choices=tuple((kind, kind.capitalize()) for kind in BANNER_KINDS)),
    )

    def words(self, switches: Switches) -> str:
        """The text with its kind."""
        banner = switches.banner
        return f"{banner.kind.capitalize()}: {banner.text}" if banner.text else "None"

    def values(self, switches: Switches) -> dict[str, list[str]]:
        """The text and its kind."""
        return {"text": [switches.banner.text], "kind": [switches.banner.kind]}

    def told(self, switches: Switches) -> Any:
        """The text and its kind."""
        return {"text": switches.banner.text, "kind": switches.banner.kind}

    def changed(self, switches: Switches, typed: Typed) -> Switches:
        """The switches with another line."""
        text = _line(typed, "text")
        kind = next((kind for kind in BANNER_KINDS if kind == _text(typed, "kind")), None)
        if kind is None:
            raise FieldErrors([("kind", f"Choose among {', '.join(BANNER_KINDS)}.")])
        return replace(switches, banner=Banner(text, kind))


class ReadOnlyPart(Part):
    """Read-only mode."""

    tag = Tag.READ_ONLY_CHANGED
    danger = True
    id = thing = "read-only"
    label = "Read-only mode"
    fields = (
        Field(
            "on",
            "State",
            "select",
            "On: people can sign in and read, and nothing they send is stored. This admin and jobs go on.",
            (("off", "Off"), ("on", "On")),
        ),
        Field("sentence", "What people are told", "text", f"At most {LONGEST_TEXT} characters.", (), 1, LONGEST_TEXT),
    )

    def words(self, switches: Switches) -> str:
        """Whether it is on, and what people are told then."""
        return f"On: {switches.read_only.sentence}" if switches.read_only.on else "Off"

    def values(self, switches: Switches) -> dict[str, list[str]]:
        """Whether it is on, and the sentence."""
        return {"on": ["on" if switches.read_only.on else "off"], "sentence": [switches.read_only.sentence]}

    def told(self, switches: Switches) -> Any:
        """Whether it is on, and the sentence."""
        return {"on": switches.read_only.on, "sentence": switches.read_only.sentence}

    def changed(self, switches: Switches, typed: Typed) -> Switches:
        """The switches with the mode on or off."""
        state = _text(typed, "on")
        if state not in ("on", "off"):
            raise FieldErrors([("on", "Choose on or off.")])
        sentence = _line(typed, "sentence")
        if not sentence:
            raise FieldErrors([("sentence", "Write what people are told while nothing is stored.")])
        return replace(switches, read_only=ReadOnly(state == "on", sentence))


def parts() -> dict[str, Part]:
    """Every switch by its id, in the order of the page."""
    every: list[Part] = [BannerPart(), ReadOnlyPart(), *map(FlagPart, Flag), *map(LimitPart, settings.RATE_LIMITS)]
    return {part.id: part for part in every}


def _text(typed: Typed, name: str) -> str:
    return (typed.get(name) or [""])[-1].strip()


def _line(typed: Typed, name: str) -> str:
    line = _text(typed, name)
    if len(line) > LONGEST_TEXT or not line.isprintable():
        raise FieldErrors([(name, f"Write one line of at most {LONGEST_TEXT} characters.")])
    return line


def _number(typed: Typed, name: str, least: int, most: int) -> int:
    text = _text(typed, name)
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise FieldErrors([(name, f"Write a whole number from {least} to {most:,}.")])
    return int(text)
