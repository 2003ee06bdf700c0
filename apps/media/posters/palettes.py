"""Colours of drawn posters: one or a few palettes a genre, and the ways to lay one out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Five colours from dark to light, and one that stands out."""

    deep: str
    mid: str
    bright: str
    accent: str
    pale: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours in their roles: `ink` writes on `ground`, `shapes` are drawn on `field`, most prominent first."""

    ground: str
    ink: str
    field: str
    shapes: tuple[str, ...]


# How often the two most prominent colours of a scheme change places.
SWAPPED: Final = 0.4

NEUTRAL: Final = Palette("#2b2d42", "#56628f", "#ef8354", "#bfc4ea", "#f4f5fa")
_ACTION: Final = (
    Palette("#1a1423", "#a3211a", "#ff6b35", "#ffc145", "#fff3e0"),
    Palette("#10161f", "#1f4068", "#f2a541", "#e4483a", "#f4efe4"),
)
_FAMILY: Final = (
    Palette("#0b3954", "#0a7480", "#ff8c61", "#ffd166", "#f2fbf7"),
    Palette("#3a1f5d", "#c2336c", "#ffb627", "#5cc8d7", "#fff6ec"),
)
_SCIENCE_FICTION: Final = (
    Palette("#070b2b", "#2a3c9c", "#19b8d1", "#ff5d73", "#eaf6ff"),
    Palette("#11052c", "#5b2a86", "#f25f9c", "#3de0c2", "#f4edff"),
)
_WAR: Final = (Palette("#1f2318", "#565b3a", "#b8a566", "#b2381f", "#f0ecdc"),)
PALETTES: Final[Mapping[int, tuple[Palette, ...]]] = {
    28: _ACTION,
    10759: _ACTION,
    12: (Palette("#0f2f2e", "#1f6f5c", "#e9a23b", "#d9502e", "#fbf1dc"),),
    16: (
        Palette("#2b1a5a", "#5b3fd6", "#ff7ab8", "#ffd23f", "#fdf4ff"),
        Palette("#07364a", "#0b6e99", "#ff9f5a", "#9be15d", "#f0fbff"),
    ),
    35: (
        Palette("#3b1c32", "#c2374a", "#ffbe0b", "#12a5a5", "#fff8e1"),
        Palette("#0d3b44", "#146c7c", "#ff8a5b", "#ffd9a0", "#fdf6ec"),
    ),
    80: (
        Palette("#14171f", "#3c4557", "#c8963e", "#a52a2a", "#efe9dd"),
        Palette("#1d1a16", "#6b2d23", "#d9b26f", "#5f7f86", "#f4ecdf"),
    ),
    99: (Palette("#1f2a30", "#48646f", "#dd6e42", "#b9d2dc", "#f3f1ea"),),
    18: (
        Palette("#22223b", "#7a4e5f", "#d08c6e", "#e8c9a0", "#f6efe6"),
        Palette("#16302b", "#3f6b57", "#d9a05b", "#c9594a", "#f3f0e4"),
        Palette("#1c2541", "#3a5a82", "#e07a5f", "#f2cc8f", "#f7f3eb"),
        Palette("#2e1a24", "#86384a", "#e0a458", "#8fb8a8", "#faf1e6"),
    ),
    10751: _FAMILY,
    10762: _FAMILY,
    14: (Palette("#1d1340", "#5a3e9b", "#2ec4b6", "#f7b2d9", "#f3eefc"),),
    36: (Palette("#2d1e12", "#7f4f24", "#cda434", "#8f2d1f", "#f5ead6"),),
    27: (
        Palette("#0d0d0f", "#5c0a14", "#d81e1e", "#8d9a78", "#f1e9e0"),
        Palette("#0c1512", "#24443a", "#9fc131", "#c1121f", "#eef2e6"),
    ),
    10402: (Palette("#240046", "#9d0b8b", "#ff5d8f", "#3ddbd9", "#fff0f6"),),
    9648: (Palette("#0e1c26", "#2a4d5b", "#7fb7be", "#e4b363", "#eef4f2"),),
    10749: (
        Palette("#4a1230", "#ad3059", "#ff8fa3", "#ffcf9c", "#fff1f2"),
        Palette("#2f1b41", "#7d4e8f", "#f3a6b8", "#f6d186", "#fdf3f5"),
    ),
    878: _SCIENCE_FICTION,
    10765: _SCIENCE_FICTION,
    53: (
        Palette("#101b1a", "#1e4e4a", "#d8dc4a", "#e4572e", "#f2f5ec"),
        Palette("#17131f", "#463b63", "#f0803c", "#9fd3c7", "#f3eef6"),
    ),
    10752: _WAR,
    10768: _WAR,
    37: (Palette("#33150a", "#9a3b1b", "#e28b3c", "#f3c677", "#fcefd9"),),
}


def pick_scheme(genres: Sequence[int], dice: Random) -> Scheme:
    """A scheme of one of the main genre's palettes; the second genre lends it the accent, so that neighbours differ."""
    own, *others = [dice.choice(PALETTES.get(genre, (NEUTRAL,))) for genre in genres] or [NEUTRAL]
    mixed = replace(own, accent=others[0].bright) if others else own
    scheme = dice.choice(schemes(mixed))
    first, second, *rest = scheme.shapes
    lead = (second, first) if dice.random() < SWAPPED else (first, second)
    return replace(scheme, shapes=(*lead, *rest))


def schemes(palette: Palette) -> tuple[Scheme, ...]:
    """The ways to lay a palette out; in each the ink is legible on the ground."""
    p = palette
    bold = max(((p.mid, p.pale), (p.bright, p.deep)), key=lambda pair: contrast(*pair))
    rest = tuple(colour for colour in (p.deep, p.accent, p.bright, p.pale, p.mid) if colour != bold[0])
    return (
        Scheme(p.deep, p.pale, p.deep, (p.bright, p.accent, p.mid, p.pale)),
        Scheme(p.deep, p.pale, p.mid, (p.bright, p.pale, p.accent, p.deep)),
        Scheme(p.pale, p.deep, p.pale, (p.bright, p.mid, p.accent, p.deep)),
        Scheme(p.pale, p.deep, p.bright, (p.deep, p.pale, p.accent, p.mid)),
        Scheme(p.deep, p.pale, p.accent, (p.deep, p.bright, p.mid, p.pale)),
        Scheme(*bold, bold[0], rest),
    )


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio" and "relative luminance")."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
