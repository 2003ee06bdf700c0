"""How addresses and forms name a run: `<job>/<start>~<schedule>`."""

from __future__ import annotations

import re
from typing import Final

from movierec.jobs.rows import RUN_PREFIX

_ID: Final = re.compile(r"([a-z_]{1,40})/([0-9TZ:.-]{1,40}~[\w.-]{1,60})", re.ASCII)


def run_id(job: str, sk: str) -> str:
    """The name of a run by its job and its row's sort key."""
    return f"{job}/{sk.removeprefix(RUN_PREFIX).replace('#', '~')}"


def key_of(name: str) -> tuple[str, str] | None:
    """The job and the row's sort key of a run by its name; None for what names none."""
    found = _ID.fullmatch(name)
    return (found[1], f"{RUN_PREFIX}{found[2].replace('~', '#')}") if found else None
