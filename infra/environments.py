"""Reads environments.toml, and what `--set` says beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from infra.config import ENVIRONMENTS, Config, WrongConfig, checked

FILE: Final = Path(__file__).with_name("environments.toml")


def load(env: str, changes: Iterable[str] = (), file: Path = FILE) -> Config:
    """The configuration of an environment; `changes` are texts such as `api=http`.

    Raises WrongConfig with a sentence for each thing that is wrong in the file or in the changes.
    """
    sections = _read(file)
    if env not in ENVIRONMENTS or env not in sections:
        raise WrongConfig(f"{env!r} is no environment of {file.name}; write one of {', '.join(ENVIRONMENTS)}.")
    values = {**sections.get("defaults", {}), **sections[env]}
    try:
        return checked(env, {**values, **dict(_change(text, values) for text in changes)})
    except WrongConfig as error:
        lines = str(error).splitlines()
        raise WrongConfig("\n".join(f"{file.name}, {env}: {line}" for line in lines)) from None


def _read(file: Path) -> dict[str, dict[str, Any]]:
    try:
        sections = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongConfig(f"{file} cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongConfig(f"{file.name} is not TOML: {error}.") from error
    stray = [
        name for name in sections if name not in ("defaults", *ENVIRONMENTS) or not isinstance(sections[name], dict)
    ]
    if stray:
        allowed = ", ".join(f"[{name}]" for name in ("defaults", *ENVIRONMENTS))
        raise WrongConfig(f"{file.name} has {stray[0]!r}; it may have the sections {allowed}.")
    return sections


def _change(text: str, values: dict[str, Any]) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign:
        raise WrongConfig(f"--set {text}: write name=value, such as api=http.")
    kind = type(values.get(name, ""))
    if kind is int and value.isdecimal():
        return name, int(value)
    return name, value.split(",") if kind is list else value
