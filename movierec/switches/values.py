"""The switches as values, and as the row that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Literal, TypeVar

from movierec.dynamo.table import Row
from movierec.switches.flags import Flag

T = TypeVar("T")

MOST_REQUESTS: Final = 100_000
LONGEST_TEXT: Final = 300

BannerKind = Literal["notice", "warning"]
BANNER_KINDS: Final[tuple[BannerKind, ...]] = ("notice", "warning")


class SwitchesDamaged(Exception):
    """The stored row is none that can be understood; the text says which part. Its `version` is 0 where it has none."""

    def __init__(self, part: str, *, version: int = 0) -> None:
        super().__init__(part)
        self.version = version


@dataclass(frozen=True, slots=True)
class Rollout:
    """For whom a feature is on: so many percent of the people, and everybody of some groups."""

    percent: int = 100
    groups: tuple[str, ...] = ()

    def covers(self, name: str, user_id: str, groups: tuple[str, ...]) -> bool:
        """Whether the feature `name` is on for a person; an empty id is nobody, who is in no part of the people.

        The same people stay in as the percentage grows, and other features have others.
        """
        if self.percent >= 100:
            return True
        if not user_id:
            return False
        share = int.from_bytes(sha256(f"{name}:{user_id}".encode()).digest()[:8], "big")
        return share * 100 < self.percent * 2**64 or not set(groups).isdisjoint(self.groups)


EVERYBODY: Final = Rollout()


@dataclass(frozen=True, slots=True)
class Banner:
    """A line on every page; no banner where the text is empty."""

    text: str = ""
    kind: BannerKind = "notice"


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """Whether nothing is stored for people, and what they are told."""

    on: bool = False
    sentence: str = "MovieRec can only be read at the moment; try again later."


@dataclass(frozen=True, slots=True)
class Switches:
    """All switches. `version` grows with each change, and is 0 while nothing was ever stored.

    `flags` and `limits` (requests a minute by scope) hold what differs from the code's and the settings'. Names that
    this version of the service does not know are kept for the one that does.
    """

    version: int = 0
    flags: Mapping[str, Rollout] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    banner: Banner = Banner()
    read_only: ReadOnly = ReadOnly()

    def rollout(self, flag: Flag) -> Rollout:
        """For whom a feature is on."""
        return self.flags.get(flag.name, EVERYBODY)


DEFAULTS: Final = Switches()


def attributes_of(switches: Switches) -> Row:
    """The attributes of the row that holds the switches, without its key."""
    return {
        "version": switches.version,
        "flags": {
            name: {"percent": rollout.percent, "groups": list(rollout.groups)}
            for name, rollout in switches.flags.items()
        },
        "limits": dict(switches.limits),
        "banner": {"text": switches.banner.text, "kind": switches.banner.kind},
        "readOnly": {"on": switches.read_only.on, "sentence": switches.read_only.sentence},
    }


def switches_of(row: Mapping[str, Any]) -> Switches:
    """The switches that a row holds. Raises SwitchesDamaged."""
    limits = _of(dict, row, "limits")
    return Switches(
        version=_number(row, "version", range(1, 2**63)),
        flags={name: _rollout(value) for name, value in _of(dict, row, "flags").items()},
        limits={name: _number(limits, name, range(1, MOST_REQUESTS + 1)) for name in limits},
        banner=_banner(_of(dict, row, "banner")),
        read_only=_read_only(_of(dict, row, "readOnly")),
    )


def _rollout(value: Any) -> Rollout:
    groups = _of(list, value, "groups")
    if not all(isinstance(group, str) for group in groups):
        raise SwitchesDamaged("groups")
    return Rollout(_number(value, "percent", range(101)), tuple(groups))


def _banner(value: Mapping[str, Any]) -> Banner:
    kind = next((known for known in BANNER_KINDS if known == value.get("kind")), None)
    if kind is None:
        raise SwitchesDamaged("kind")
    return Banner(_text(value, "text"), kind)


def _read_only(value: Mapping[str, Any]) -> ReadOnly:
    return ReadOnly(_of(bool, value, "on"), _text(value, "sentence"))


def _text(value: Any, name: str) -> str:
    text = _of(str, value, name)
    if len(text) > LONGEST_TEXT:
        raise SwitchesDamaged(name)
    return text


def _number(value: Any, name: str, allowed: range) -> int:
    number = _of(int, value, name)
    if number not in allowed:
        raise SwitchesDamaged(name)
    return number


def _of(kind: type[T], value: Any, name: str) -> T:
    """A member of a map, which must be of exactly this type: True is no number."""
    found = value.get(name) if isinstance(value, Mapping) else None
    if type(found) is not kind:
        raise SwitchesDamaged(name)
    return found
