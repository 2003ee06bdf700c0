"""Whose a row is, and which rows may come back from a copy of a table; held equal to the application by a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# A row as DynamoDB's own interface gives it, such as {"userId": {"S": "7f3c"}}.
Row = Mapping[str, Mapping[str, Any]]

USER_PREFIX: Final = "USER#"
NAME_PREFIX: Final = "USERNAME#"
AUDIT_PREFIX: Final = "AUDIT#"
PROFILE: Final = "PROFILE"
# The attribute of a profile that says which name is the person's.
NAME: Final = "username"
OWNER: Final = "userId"
# The partition of the single table with the deletions of accounts; one that has begun has this attribute.
DELETIONS: Final = "DELETIONS"
BEGUN: Final = "begunAt"


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of the single table by how their keys begin. `newest` says that the row in use is always the right one."""

    pk: str
    sk: str
    newest: bool = False


# What people told the service, what staff decided, and who did what. All other rows of the single table are about
# sign-ins, limits and work under way: the end of a session, a used recovery code or a deletion that was taken back must
# not be undone by an old copy.
KINDS: Final = (
    Kind(USER_PREFIX, PROFILE, newest=True),
    Kind(USER_PREFIX, "STATS"),
    Kind(USER_PREFIX, "TITLE#"),
    Kind(USER_PREFIX, "FEEDBACK#"),
    Kind(NAME_PREFIX, "ACCOUNT", newest=True),
    Kind(AUDIT_PREFIX, "2", newest=True),
    Kind("CATALOGUE#MARKS", "", newest=True),
    Kind("SWITCHES", "CURRENT", newest=True),
)
# The tables whose rows all come back, and the attribute that says whose they are; nobody's where it is empty.
WHOLE: Final[Mapping[str, str]] = {"user-preferences": OWNER, "favourites": OWNER, "watchlist": OWNER, "cache": ""}
SINGLE: Final = "data"


def kind_of(row: Row) -> Kind | None:
    """The kind of a row of the single table; None for one that never comes back."""
    pk, sk = _text(row, "pk"), _text(row, "sk")
    return next((kind for kind in KINDS if pk.startswith(kind.pk) and sk.startswith(kind.sk)), None)


def owner_of(table: str, row: Row) -> str:
    """The id of the person whose row of a table (by its key in `tables`) this is; empty for nobody's."""
    if table != SINGLE:
        return _text(row, WHOLE[table]) if WHOLE[table] else ""
    pk = _text(row, "pk")
    return pk.removeprefix(USER_PREFIX) if pk.startswith(USER_PREFIX) else _text(row, OWNER)


def name_key(name: str) -> str:
    """The partition that makes a username unique."""
    return f"{NAME_PREFIX}{name.casefold()}"


def _text(row: Row, attribute: str) -> str:
    return str(row.get(attribute, {}).get("S", ""))
