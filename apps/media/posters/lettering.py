"""Setting a title in lines: how wide text is about, where it may break, and the largest size that fits.

Nothing here knows the reader's fonts, so widths are those of a bold sans serif with some air.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

SIZES: Final = (76, 68, 60, 54, 48, 43, 39, 35, 32, 29, 26)
# From this size down a word too long for a line is broken rather than set smaller still.
BREAKING_SIZE: Final = 39
LEADING: Final = 1.12

_AIR: Final = 1.06
_WIDTHS: Final = {
    character: width
    for characters, width in (
        ("iIjl.,:;!'|’‘·", 0.30),  # noqa: RUF001  (typographic marks are meant)
        (' ft()[]-r/\\“”"*', 0.37),
        ("abcdeghknopqsuvxyzJ0123456789?$#+=<>_~^«»", 0.60),
        ("ABCDEFGHKLNOPQRSTUVXYZ&w", 0.73),
        ("mM%–", 0.88),  # noqa: RUF001  (a dash is meant)
        ("W@—…", 0.98),
    )
    for character in characters
}
# Marks that must not begin a line, as in Japanese and Chinese typesetting.
_NO_START: Final = frozenset(
    "、。，．・：；？！）」』】〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々"  # noqa: RUF001  (full-width marks are meant)
)
_JOINER: Final = "\u200d"


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of text at a font size in pixels."""

    lines: tuple[str, ...]
    size: int

    @property
    def leading(self) -> float:
        """Pixels from one baseline to the next."""
        return self.size * LEADING

    @property
    def height(self) -> float:
        """Pixels from the top of the first line's capitals to the last baseline."""
        return self.size * 0.74 + self.leading * (len(self.lines) - 1)


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    base = unicodedata.normalize("NFD", character)[0]
    if base in _WIDTHS:
        return _WIDTHS[base]
    if unicodedata.east_asian_width(character) in "WF":
        return 1.02
    return 0.76 if character.isupper() else 0.66


def width(text: str, size: float) -> float:
    """About how many pixels `text` takes in a bold sans serif of `size`."""
    return sum(map(_em, text)) * size * _AIR


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is of a script written from right to left."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((d != "L" for d in directions if d in ("L", "R", "AL")), False)


def clusters(text: str) -> list[str]:
    """`text` in pieces that belong together: a letter with its marks, joined emoji."""
    pieces: list[str] = []
    for character in text:
        mark = unicodedata.category(character).startswith("M") or character in ("\u200c", _JOINER)
        tone = 0x1F3FB <= ord(character) <= 0x1F3FF
        if pieces and (mark or tone or pieces[-1].endswith(_JOINER)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _units(text: str) -> Iterator[str]:
    """The pieces between which a line may break, each with the space before it: words, and single wide characters."""
    unit = ""
    for piece in clusters(text):
        wide = unicodedata.east_asian_width(piece[0]) in "WF"
        after_wide = bool(unit) and unicodedata.east_asian_width(unit[-1]) in "WF"
        breaks = piece == " " or ((wide or after_wide) and piece[0] not in _NO_START)
        if unit.strip() and breaks:
            yield unit
            unit = ""
        unit += piece
    if unit:
        yield unit


def _broken(unit: str, size: float, room: float) -> Iterator[str]:
    """A unit in parts that fit the room; a part is never empty."""
    part = ""
    for piece in clusters(unit):
        if part and width(part + piece, size) > room:
            yield part
            part = ""
        part += piece
    yield part


def wrap(text: str, size: float, room: float) -> list[str]:
    """`text` in lines no wider than `room` pixels; a word that is wider alone is broken."""
    lines = [""]
    for unit in _units(text):
        if width((lines[-1] + unit).strip(), size) <= room:
            lines[-1] += unit
            continue
        parts = list(_broken(unit.strip(), size, room))
        lines.extend(parts)
    return [line.strip() for line in lines if line.strip()]


def shorten(text: str, size: float, room: float) -> str:
    """`text`, or as much of its beginning as fits the room with an ellipsis."""
    if width(text, size) <= room:
        return text
    kept = clusters(text)
    while kept and width("".join(kept).rstrip() + "…", size) > room:
        kept.pop()
    return "".join(kept).rstrip() + "…"


def fit(text: str, *, room: float, height: float, sizes: Sequence[int] = SIZES) -> Setting:
    """The largest setting of `text` in a box of `room` by `height` pixels; what fits at no size is shortened."""
    for size in sizes:
        longest = max(width(unit.strip(), size) for unit in _units(text))
        setting = Setting(tuple(wrap(text, size, room)), size)
        if (longest <= room or size <= BREAKING_SIZE) and setting.height <= height:
            return Setting(tuple(_balanced(text, setting, room)), size)
    return _shortened(text, sizes[-1], room, height)


def _balanced(text: str, setting: Setting, room: float) -> list[str]:
    """The same number of lines, as equal in width as they can be without breaking words."""
    longest_word = max(width(unit.strip(), setting.size) for unit in _units(text))
    best = list(setting.lines)
    narrower = room
    while narrower * 0.96 >= longest_word:
        narrower *= 0.96
        lines = wrap(text, setting.size, narrower)
        if len(lines) > len(setting.lines):
            break
        best = lines
    return best


def _shortened(text: str, size: int, room: float, height: float) -> Setting:
    lines = wrap(text, size, room)
    count = len(lines)
    while count > 1 and Setting(tuple(lines[:count]), size).height > height:
        count -= 1
    last = "".join(lines[count - 1])
    return Setting((*lines[: count - 1], shorten(f"{last}…", size, room)), size)
