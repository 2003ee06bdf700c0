"""Text that is fit to be shown."""

from __future__ import annotations

import unicodedata
from typing import Final

# Persian and several scripts of India spell with these two; all other invisible characters only do harm.
_JOINERS: Final = frozenset("\u200c\u200d")


def _shown(character: str) -> bool:
    return not unicodedata.category(character).startswith("C") or character in _JOINERS


def clean(text: str) -> str:
    """`text` in one line: no controls, direction marks, surrogates or unassigned characters, single spaces."""
    if text.isprintable():  # by the same categories, and many times faster
        return " ".join(text.split())
    kept = (character for character in text if character.isspace() or _shown(character))
    return " ".join("".join(kept).split())
