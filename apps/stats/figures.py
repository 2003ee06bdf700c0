"""What follows from a stored row: levels, achievements, the answer's form; and how changes join what is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from movierec.dynamo.plain import Plain

XP_PER_LEVEL: Final = 1000
# Later levels still count, but the list of achievements ends here, so that no answer grows without bound.
LAST_LEVEL_ACHIEVEMENT: Final = 1000

# challengeProgress, completedChallenges, activeChallenges, achievements, and the client's own fields in "other".
Documents = dict[str, Any]

_LEVEL_ACHIEVEMENT = re.compile(r"level_[0-9]+")


def level_of(total_xp: int) -> int:
    """The level: 1 at the start, one more every 1000 points."""
    return total_xp // XP_PER_LEVEL + 1


def level_achievements(total_xp: int) -> list[str]:
    """`level_2` up to the level reached.

    They follow from the points instead of being stored, so each is there exactly once however many awards
    arrive at the same time.
    """
    return [f"level_{level}" for level in range(2, min(level_of(total_xp), LAST_LEVEL_ACHIEVEMENT) + 1)]


def read_documents(row: Mapping[str, Plain]) -> Documents:
    """The documents of a row, empty where there is none."""
    documents: Documents = orjson.loads(row["documents"]) if "documents" in row else {}
    return documents


def merged(stored: Documents, changes: Documents) -> Documents:
    """Progress and the client's own fields by key, achievements by addition, other lists replaced."""
    return {
        **stored,
        **changes,
        "challengeProgress": {**stored.get("challengeProgress", {}), **changes.get("challengeProgress", {})},
        "achievements": _with_new(stored.get("achievements", []), changes.get("achievements", [])),
        "other": {**stored.get("other", {}), **changes.get("other", {})},
    }


def _with_new(stored: list[Any], sent: list[Any]) -> list[Any]:
    """The stored achievements and those sent that are new; levels are earned with points, not sent."""
    achievements = list(stored)
    for entry in sent:
        level = isinstance(entry, str) and _LEVEL_ACHIEVEMENT.fullmatch(entry)
        if not level and entry not in achievements:
            achievements.append(entry)
    return achievements


def as_data(row: Mapping[str, Plain]) -> dict[str, Any]:
    """A row in the contract's names; a person without a row has zeros, and null for times."""
    documents = read_documents(row)
    total_xp = row.get("totalXP", 0)
    return {
        **documents.get("other", {}),
        "totalXP": total_xp,
        "userLevel": level_of(total_xp),
        "moviesWatched": row.get("moviesWatched", 0),
        "showsWatched": row.get("showsWatched", 0),
        "dailyStreak": row.get("dailyStreak", 0),
        "lastActiveDate": row.get("lastActiveDate"),
        "challengeProgress": documents.get("challengeProgress", {}),
        "completedChallenges": documents.get("completedChallenges", []),
        "activeChallenges": documents.get("activeChallenges", []),
        "achievements": documents.get("achievements", []) + level_achievements(total_xp),
        "createdAt": row.get("createdAt"),
        "updatedAt": row.get("updatedAt"),
    }
