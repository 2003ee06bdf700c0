"""Recovery codes: ten, each good once in place of the second factor."""

from __future__ import annotations

COUNT = 10


def replace(user_id: str) -> list[str]:
    """Ten new codes of a person; older ones are no longer good. Only their hashes are kept."""
    raise NotImplementedError


def use(user_id: str, code: str) -> None:
    """Spends a code. Raises CodeMismatch for one that is not good."""
    raise NotImplementedError


def remove(user_id: str) -> None:
    """Removes every code of a person."""
    raise NotImplementedError
