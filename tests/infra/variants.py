"""All templates that there can be: for each stack, every combination of the switches that it looks at."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

from infra import environments
from infra.config import SWITCHES, Config, WrongConfig, checked
from infra.graph import PARTS, Part
from infra.stack import Stack

Choice = tuple[tuple[str, str], ...]


def watched(env: str, choice: Choice) -> tuple[Config, set[str]] | None:
    """A configuration that notes which switches are looked at, and the notes; None where no such one can be."""
    seen: set[str] = set()

    class Watched(Config):
        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            if name in SWITCHES:
                seen.add(name)
            return super().__getattribute__(name)

    base = environments.load(env)
    values = {field.name: getattr(base, field.name) for field in dataclasses.fields(base) if field.name != "env"}
    for name, value in values.items():
        values[name] = list(value) if isinstance(value, tuple) else value
    try:
        config = checked(env, {**values, **dict(choice)})
    except WrongConfig:
        return None
    return Watched(**{field.name: getattr(config, field.name) for field in dataclasses.fields(config)}), seen


def variants(env: str, part: Part) -> Iterator[tuple[Choice, Stack]]:
    """Every template of a stack in an environment, with the values of the switches that it depends on."""
    looked_at: set[str] = set()
    while True:
        made, more = _all(env, part, sorted(looked_at))
        if more <= looked_at:
            yield from made
            return
        looked_at |= more


def _all(env: str, part: Part, switches: list[str]) -> tuple[list[tuple[Choice, Stack]], set[str]]:
    made, seen = [], set()
    for values in itertools.product(*(SWITCHES[name] for name in switches)):
        choice = tuple(zip(switches, values, strict=True))
        found = watched(env, choice)
        if found is None:
            continue
        config, notes = found
        if part.wanted(config):
            made.append((choice, part.build(config).finish()))
        seen |= notes
    return made, seen


def everything() -> Iterator[tuple[str, Choice, Stack]]:
    """Every template of every stack in every environment."""
    for env, part in itertools.product(("dev", "staging", "prod"), PARTS):
        for choice, stack in variants(env, part):
            yield env, choice, stack
