"""Logical ids of what belongs to a path."""

from __future__ import annotations

import re


def title_of(path: str) -> str:
    """A path as a logical id: /user/stats/{action} is UserStatsAction."""
    words: list[str] = re.findall("[A-Za-z0-9]+", path)
    return "".join(word[0].upper() + word[1:] for word in words) or "Root"
