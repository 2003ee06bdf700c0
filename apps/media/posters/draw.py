"""Puts a poster together: drawing, title and small print, in one of three layouts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from random import Random
from typing import Final

from apps.media.genres import GENRES
from apps.media.images import POSTER_HEIGHT, POSTER_WIDTH
from apps.media.posters import motifs
from apps.media.posters.lettering import Setting, fit, is_right_to_left, shorten
from apps.media.posters.palettes import Scheme, pick_scheme
from apps.media.posters.shapes import rect
from apps.media.text import clean
from apps.media.titles import CatalogueTitle

MARGIN: Final = 38
ROOM: Final = POSTER_WIDTH - 2 * MARGIN
TITLE_HEIGHT: Final = 236
SMALL: Final = 18
LABEL: Final = 15
_SANS: Final = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'Noto Sans', sans-serif"
_SERIF: Final = "Georgia, 'Times New Roman', 'Liberation Serif', 'Noto Serif', serif"
# Main genres whose titles are set with serifs.
_BOOKISH: Final = frozenset({18, 36, 10749, 37, 9648, 14, 10766})
_YEAR: Final = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class _Print:
    """The words of a poster, clean and set."""

    title: str
    setting: Setting
    genre: str
    maker: str
    year: str
    font: str


def poster_svg(title: CatalogueTitle) -> str:
    """A title's poster as an SVG document of 500 by 750 pixels, always the same for the same facts."""
    dice = Random(f"{title.media_type}:{title.media_id}")  # noqa: S311  (the dice of a drawing guard nothing)
    scheme = pick_scheme(title.genres, dice)
    words = _words(title)
    layout = dice.choice(_LAYOUTS)
    label = escape(f"{words.title} ({words.year})" if words.year else words.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {POSTER_WIDTH} {POSTER_HEIGHT}" '
        f'width="{POSTER_WIDTH}" height="{POSTER_HEIGHT}" role="img" aria-labelledby="t"><title id="t">{label}</title>'
        f"{rect(0, 0, POSTER_WIDTH, POSTER_HEIGHT, scheme.ground)}{layout(title, words, scheme, dice)}</svg>"
    )


def _words(title: CatalogueTitle) -> _Print:
    text = clean(title.title) or "Untitled"
    found = _YEAR.match(title.release_date or "")
    main = title.genres[0] if title.genres else 0
    return _Print(
        title=text,
        setting=fit(text, room=ROOM, height=TITLE_HEIGHT),
        genre=_genre_label(title, main),
        maker=shorten(clean(title.makers[0]), SMALL, ROOM * 0.72) if title.makers else "",
        year=found[0] if found else "",
        font=_SERIF if main in _BOOKISH else _SANS,
    )


def _genre_label(title: CatalogueTitle, main: int) -> str:
    name = GENRES[title.media_type].get(main)
    if title.media_type == "tv":
        return f"{name} series" if name else "Series"
    return name or "Film"


def _below(title: CatalogueTitle, words: _Print, scheme: Scheme, dice: Random) -> str:
    """The drawing fills the top from edge to edge; all words stand under it."""
    last = POSTER_HEIGHT - 80
    first = last - words.setting.height
    art = _art(title, scheme, dice, (0, 0, POSTER_WIDTH, first - 62))
    return (
        art
        + _line(words.genre.upper(), first - 22, scheme.ink, size=LABEL, spacing=2)
        + _title(words, first, scheme.ink)
        + _line(words.maker, POSTER_HEIGHT - 36, scheme.ink)
        + _line(words.year, POSTER_HEIGHT - 36, scheme.ink, end=True)
    )


def _above(title: CatalogueTitle, words: _Print, scheme: Scheme, dice: Random) -> str:
    """The words stand at the top; the drawing fills the rest from edge to edge."""
    first = 84
    below = first + words.setting.height + 40
    art = _art(title, scheme, dice, (0, below + 26, POSTER_WIDTH, POSTER_HEIGHT - below - 26))
    return (
        _line(words.genre.upper(), 50, scheme.ink, size=LABEL, spacing=2)
        + _line(words.year, 50, scheme.ink, end=True)
        + _title(words, first, scheme.ink)
        + _line(words.maker, below, scheme.ink)
        + art
    )


def _framed(title: CatalogueTitle, words: _Print, scheme: Scheme, dice: Random) -> str:
    """The drawing hangs in a frame of the ground's colour, with words above and under it."""
    last = POSTER_HEIGHT - 78
    first = last - words.setting.height
    art = _art(title, scheme, dice, (MARGIN, 70, ROOM, first - 40 - 70))
    return (
        _line(words.genre.upper(), 48, scheme.ink, size=LABEL, spacing=2)
        + _line(words.year, 48, scheme.ink, end=True)
        + art
        + _title(words, first, scheme.ink)
        + _line(words.maker, POSTER_HEIGHT - 36, scheme.ink)
    )


_LAYOUTS: Final[tuple[Callable[[CatalogueTitle, _Print, Scheme, Random], str], ...]] = (_below, _above, _framed)


def _art(title: CatalogueTitle, scheme: Scheme, dice: Random, box: tuple[float, float, float, float]) -> str:
    # Whole pixels leave no seam between the drawing and the ground.
    x, y, width, height = map(round, box)
    main = title.genres[0] if title.genres else 0
    motif = dice.choice(motifs.BY_GENRE.get(main, motifs.ALL))
    sketch = motifs.Sketch(width, height, scheme.field, scheme.shapes, dice)
    drawing = rect(0, 0, width, height, scheme.field) + "".join(motif(sketch))
    place = f'x="{x}" y="{y}" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f"<svg {place}>{drawing}</svg>"


def _title(words: _Print, top: float, ink: str) -> str:
    """The title's lines, the capitals of the first reaching up to `top`; from the right for scripts written so."""
    size, leading = words.setting.size, words.setting.leading
    backwards = is_right_to_left(words.title)
    x = POSTER_WIDTH - MARGIN if backwards else MARGIN
    direction = ' direction="rtl"' if backwards else ""
    baseline = top + size * 0.74
    lines = " ".join(
        f'<tspan x="{x}" y="{baseline + leading * i:.1f}">{escape(line)}</tspan>'
        for i, line in enumerate(words.setting.lines)
    )
    return (
        f'<text font-family="{words.font}" font-size="{size}" font-weight="700" fill="{ink}"{direction}>{lines}</text>'
    )


def _line(text: str, baseline: float, ink: str, *, size: int = SMALL, spacing: int = 0, end: bool = False) -> str:
    """One line of small print at the left margin, or at the right one; nothing for no text."""
    if not text:
        return ""
    place = f'x="{POSTER_WIDTH - MARGIN}" text-anchor="end"' if end else f'x="{MARGIN}"'
    spaced = f' letter-spacing="{spacing}"' if spacing else ""
    return (
        f'<text {place} y="{baseline:.1f}" font-family="{_SANS}" font-size="{size}" font-weight="600" '
        f'fill="{ink}"{spaced}>{escape(text)}</text>'
    )
