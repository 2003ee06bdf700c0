"""The abstract drawings of posters: each fills a box with the colours it is given, the same way for the same dice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import hypot, pi, sin
from random import Random
from typing import Final

from apps.media.posters.shapes import Point, around, circle, path, polygon, rect, ring, turned


@dataclass(frozen=True, slots=True)
class Sketch:
    """A box to draw in: its size in pixels, its colour, the colours to draw with and the dice of this poster."""

    width: float
    height: float
    field: str
    colours: tuple[str, ...]
    dice: Random

    @property
    def middle(self) -> Point:
        """The centre of the box."""
        return self.width / 2, self.height / 2

    @property
    def reach(self) -> float:
        """The farthest that anything has to go to fill the box from a point in it."""
        return hypot(self.width, self.height)

    @property
    def side(self) -> float:
        """The shorter side."""
        return min(self.width, self.height)


Motif = Callable[[Sketch], list[str]]


def setting_sun(s: Sketch) -> list[str]:
    """A large sun cut by bars that grow towards the horizon."""
    x = s.width * s.dice.uniform(0.4, 0.6)
    radius = s.side * s.dice.uniform(0.36, 0.42)
    y = s.height * 0.5
    bars = s.dice.choice((5, 6, 7))
    elements = [circle(x, y, radius, s.colours[0])]
    for i in range(bars):
        thickness = radius * (0.035 + 0.022 * i)
        elements.append(rect(x - radius, y + radius * (i + 0.6) / bars, radius * 2, thickness, s.field))
    base = y + radius * 1.02
    step = (s.height - base) / 4
    for i in range(4):
        elements.append(rect(0, base + step * i, s.width, max(2.0, step * (0.12 + 0.16 * i)), s.colours[1 + i % 2]))
    return elements


def rings(s: Sketch) -> list[str]:
    """Rings about a point off the centre, out to every corner."""
    x, y = s.width * s.dice.choice((0.12, 0.5, 0.88)), s.height * s.dice.choice((0.16, 0.55, 0.95))
    step = s.side * s.dice.uniform(0.085, 0.12)
    count = int(s.reach / step) + 1
    colours = (s.colours[0], s.field, s.colours[1], s.field, s.colours[2], s.field)
    elements = [circle(x, y, step * i, colours[i % len(colours)]) for i in range(count, 0, -1)]
    return [*elements, circle(x, y, step * 0.55, s.colours[0])]


def rays(s: Sketch) -> list[str]:
    """A burst of rays behind a disc."""
    x, y = s.width * s.dice.choice((0.25, 0.5, 0.75)), s.height * s.dice.choice((0.5, 0.72, 1.0))
    count = s.dice.choice((14, 18, 22))
    turn = s.dice.uniform(0, 360)
    half = 90 / count
    elements = []
    for i in range(count):
        angle = turn + i * 360 / count
        edges = (around(x, y, s.reach * 1.1, angle - half), around(x, y, s.reach * 1.1, angle + half))
        elements.append(polygon(((x, y), *edges), s.colours[i % 2]))
    size = s.side * s.dice.uniform(0.2, 0.28)
    return [*elements, circle(x, y, size, s.field), circle(x, y, size * 0.78, s.colours[2])]


def tiles(s: Sketch) -> list[str]:
    """A grid of quarter discs, half discs, discs and leaves."""
    across = s.dice.choice((3, 4, 5))
    size = s.width / across
    down = int(s.height / size) + 1
    elements = []
    for row in range(down):
        for column in range(across):
            elements.extend(_tile(s, column * size, row * size, size))
    return elements


def _tile(s: Sketch, x: float, y: float, size: float) -> list[str]:
    back, front = s.dice.sample((*s.colours[:3], s.field), 2)
    turn = s.dice.choice((0, 90, 180, 270))
    far_x, far_y = x + size, y + size
    quarter = f"M{x:.1f} {y:.1f}H{far_x:.1f}A{size:.1f} {size:.1f} 0 0 1 {x:.1f} {far_y:.1f}Z"
    leaf = (
        f"M{x:.1f} {y:.1f}A{size:.1f} {size:.1f} 0 0 1 {far_x:.1f} {far_y:.1f}"
        f"A{size:.1f} {size:.1f} 0 0 1 {x:.1f} {y:.1f}Z"
    )
    half = f"M{x:.1f} {y:.1f}A{size / 2:.1f} {size / 2:.1f} 0 0 0 {far_x:.1f} {y:.1f}Z"
    shape = s.dice.choice(
        (
            path(quarter, front),
            path(quarter, front),
            path(leaf, front),
            path(half, front),
            circle(x + size / 2, y + size / 2, size * 0.32, front),
        )
    )
    return [rect(x, y, size + 0.5, size + 0.5, back), turned(turn, x + size / 2, y + size / 2, [shape])]


def discs(s: Sketch) -> list[str]:
    """A few large discs, of which each covers a part of another."""
    x, y = s.middle
    radius = s.side * s.dice.uniform(0.24, 0.3)
    turn = s.dice.uniform(0, 360)
    count = s.dice.choice((2, 3))
    elements = []
    for i in range(count):
        place = around(x, y, radius * 0.68, turn + i * 360 / count)
        elements.append(circle(*place, radius, s.colours[i]))
    place = around(x, y, radius * 0.68, turn)
    return [
        *elements,
        f'<g opacity="0.55">{circle(*place, radius, s.colours[0])}</g>',
        circle(x, y, radius * 0.2, s.field),
    ]


def waves(s: Sketch) -> list[str]:
    """Layers of waves under a low sun or moon."""
    elements = [circle(s.width * s.dice.uniform(0.22, 0.78), s.height * 0.3, s.side * 0.17, s.colours[1])]
    layers = 5
    for i in range(layers):
        level = s.height * (0.38 + 0.13 * i)
        elements.append(_wave(s, level, s.height * 0.045, (s.colours[0], s.colours[2], s.field)[i % 3]))
    return elements


def _wave(s: Sketch, level: float, swell: float, colour: str) -> str:
    length = s.width / s.dice.choice((1.0, 1.5, 2.0))
    start = s.dice.uniform(0, 2 * pi)
    points = ((x, level + swell * sin(start + 2 * pi * x / length)) for x in range(0, int(s.width) + 21, 20))
    return polygon((*points, (s.width + 20, s.height), (0, s.height)), colour)


def peaks(s: Sketch) -> list[str]:
    """Mountains in three ranges, and a disc above them."""
    sun = circle(s.width * s.dice.uniform(0.2, 0.8), s.height * s.dice.uniform(0.22, 0.34), s.side * 0.16, s.colours[0])
    elements = [sun]
    for i, colour in enumerate((s.colours[1], s.colours[2], s.colours[3])):
        foot = s.height * (0.52 + 0.16 * i)
        points = [(-40.0, s.height)]
        x = -40.0
        while x < s.width + 80:
            points.append((x, foot + s.height * s.dice.uniform(0.02, 0.1)))
            x += s.width * s.dice.uniform(0.12, 0.2)
            points.append((x, foot - s.height * s.dice.uniform(0.02, 0.16)))
            x += s.width * s.dice.uniform(0.12, 0.2)
        elements.append(polygon((*points, (x, s.height)), colour))
    return elements


def skyline(s: Sketch) -> list[str]:
    """Towers with lit windows under a moon."""
    elements = [circle(s.width * s.dice.uniform(0.2, 0.8), s.height * 0.28, s.side * 0.18, s.colours[1])]
    for colour, tallest in ((s.colours[2], 0.72), (s.colours[0], 0.5)):
        x = 0.0
        while x < s.width:
            breadth = s.width * s.dice.uniform(0.09, 0.17)
            top = s.height * (1 - tallest * s.dice.uniform(0.45, 1.0))
            elements.append(rect(x, top, breadth + 0.5, s.height - top, colour))
            elements.extend(_windows(s, x, top, breadth))
            x += breadth
    return elements


def _windows(s: Sketch, x: float, top: float, breadth: float) -> list[str]:
    places = [(x + breadth * (0.2 + 0.35 * column), top + 16 + 26 * row) for row in range(5) for column in range(2)]
    lit = [place for place in places if s.dice.random() < 0.3 and place[1] < s.height - 20]
    return [rect(left, upper, breadth * 0.22, 12, s.field) for left, upper in lit]


def halftone(s: Sketch) -> list[str]:
    """A sphere of dots that shrink with the distance from its lit side."""
    step = s.side / 15
    light = s.width * s.dice.uniform(0.3, 0.7), s.height * s.dice.uniform(0.3, 0.7)
    reach = s.side * s.dice.uniform(0.62, 0.72)
    elements = []
    for row in range(int(s.height / step) + 1):
        for column in range(int(s.width / step) + 2):
            x, y = (column - 0.5 * (row % 2)) * step, row * step
            size = step * 0.62 * (1 - hypot(x - light[0], y - light[1]) / reach)
            if size > 0.8:
                elements.append(circle(x, y, size, s.colours[0] if (row + column) % 7 else s.colours[1]))
    return elements


def arches(s: Sketch) -> list[str]:
    """Nested arches side by side, every second row moved by half an arch."""
    across = s.dice.choice((1, 2, 3))
    breadth = s.width / across
    rows = int(s.height / (breadth / 2)) + 1
    elements = []
    for row in range(rows + 1):
        for column in range(-1, across + 1):
            x = (column + 0.5 + 0.5 * (row % 2)) * breadth
            y = breadth / 2 * (row + 1)
            for i, colour in enumerate((s.colours[0], s.field, s.colours[1], s.field, s.colours[2])):
                elements.append(circle(x, y, breadth / 2 * (1 - 0.2 * i), colour))
    return elements


def shards(s: Sketch) -> list[str]:
    """Splinters that meet in one point."""
    x, y = s.width * s.dice.uniform(0.3, 0.7), s.height * s.dice.uniform(0.35, 0.65)
    angles = sorted(s.dice.uniform(0, 360) for _ in range(s.dice.choice((9, 11, 13))))
    palette = (s.colours[0], s.field, s.colours[1], s.colours[2])
    elements = []
    for i, angle in enumerate(angles):
        after = angles[(i + 1) % len(angles)] + (360 if i == len(angles) - 1 else 0)
        far = s.reach * s.dice.choice((0.45, 0.7, 1.1))
        ends = (around(x, y, far, angle), around(x, y, far, angle + (after - angle) * 0.92))
        elements.append(polygon(((x, y), *ends), palette[i % len(palette)]))
    return elements


def orbits(s: Sketch) -> list[str]:
    """A star, its planets on their orbits, and far lights."""
    x, y = s.width * s.dice.uniform(0.35, 0.65), s.height * s.dice.uniform(0.42, 0.58)
    elements = [
        circle(s.dice.uniform(0, s.width), s.dice.uniform(0, s.height), s.dice.choice((1.4, 2.2)), s.colours[3])
        for _ in range(46)
    ]
    for i in range(4):
        radius = s.side * (0.24 + 0.12 * i)
        elements.append(ring(x, y, radius, 2.5, s.colours[1]))
        planet = around(x, y, radius, s.dice.uniform(0, 360))
        elements.append(circle(*planet, s.side * s.dice.uniform(0.022, 0.05), s.colours[(i + 1) % 3]))
    return [*elements, circle(x, y, s.side * 0.15, s.colours[0])]


def stairs(s: Sketch) -> list[str]:
    """Steps that climb across the box in bands of colour, and a ball on one of them."""
    steps = s.dice.choice((4, 5, 6, 7))
    across, up = s.width / steps, s.height / (steps + 1)
    rising = s.dice.random() < 0.5
    elements = []
    for band, colour in enumerate((s.colours[0], s.colours[1], s.field, s.colours[2])):
        outline = [(0.0, s.height)]
        for i in range(steps):
            top = s.height - up * ((i if rising else steps - 1 - i) + 3 - band)
            outline += [(i * across, top), ((i + 1) * across, top)]
        elements.append(polygon((*outline, (s.width, s.height)), colour))
    ball = min(across, up) * 0.45
    step = s.dice.randrange(1, steps - 2)
    x = across * ((step if rising else steps - 1 - step) + 0.5)
    return [*elements, circle(x, s.height - up * (step + 3) - ball, ball, s.colours[2])]


def eye(s: Sketch) -> list[str]:
    """An almond eye in its rings."""
    x, y = s.middle
    breadth = s.width * 0.46
    elements = []
    for scale, colour in ((1.0, s.colours[0]), (0.84, s.field)):
        half, lift = breadth * scale, s.side * 0.62 * scale
        left, right = f"{x - half:.1f} {y:.1f}", f"{x + half:.1f} {y:.1f}"
        lid = f"M{left}Q{x:.1f} {y - lift:.1f} {right}Q{x:.1f} {y + lift:.1f} {left}Z"
        elements.append(path(lid, colour))
    iris = s.side * 0.2
    glint = s.dice.uniform(200, 340)
    elements += [circle(x, y, iris, s.colours[1]), circle(x, y, iris * 0.74, s.colours[2])]
    elements += [
        circle(x, y, iris * 0.42, s.field),
        circle(*around(x, y, iris * 0.55, glint), iris * 0.16, s.colours[0]),
    ]
    return elements


def petals(s: Sketch) -> list[str]:
    """A flower of long petals in two rows."""
    x, y = s.width * s.dice.choice((0.32, 0.5, 0.68)), s.height * s.dice.choice((0.42, 0.5, 0.58))
    count = s.dice.choice((8, 10, 12))
    turn = s.dice.uniform(0, 360)
    elements = []
    for length, colour, shift in ((0.5, s.colours[0], 0.0), (0.34, s.colours[1], 0.5)):
        far = s.side * length
        size = f'rx="{far / 2:.1f}" ry="{far * 2.2 / count:.1f}"'
        petal = f'<ellipse cx="{x + far * 0.56:.1f}" cy="{y:.1f}" {size} fill="{colour}"/>'
        for i in range(count):
            elements.append(turned(turn + (i + shift) * 360 / count, x, y, [petal]))
    return [*elements, circle(x, y, s.side * 0.1, s.colours[2])]


def corridor(s: Sketch) -> list[str]:
    """Doorways that lead into one another."""
    shift = s.dice.uniform(-0.12, 0.12)
    colours = (s.colours[0], s.field, s.colours[2], s.field, s.colours[1], s.field, s.colours[0])
    elements = []
    for i, colour in enumerate(colours):
        scale = 0.92 - i * 0.125
        breadth, tall = s.width * 0.8 * scale, s.height * scale
        x = (s.width - breadth) / 2 + s.width * shift * i / len(colours)
        elements.append(rect(x, s.height - tall, breadth, tall, colour))
    return elements


def columns(s: Sketch) -> list[str]:
    """Rounded columns of different heights, as sound makes them."""
    count = s.dice.choice((7, 9, 11))
    pitch = s.width * 0.86 / count
    elements = []
    for i in range(count):
        tall = s.height * (0.16 + 0.6 * abs(sin(i * 1.7 + s.dice.uniform(0, 1.2))))
        x = s.width * 0.07 + pitch * i
        elements.append(
            rect(x + pitch * 0.16, (s.height - tall) / 2, pitch * 0.68, tall, s.colours[i % 3], pitch * 0.34)
        )
    return elements


def bands(s: Sketch) -> list[str]:
    """Broad slanting bands behind a disc."""
    angle = s.dice.choice((-35, -20, 20, 35))
    x, y = s.middle
    thickness = s.reach / s.dice.choice((9, 11, 13))
    order = (s.colours[0], s.field, s.colours[1], s.field, s.colours[2], s.field)
    start = y - s.reach
    stripes = [
        rect(x - s.reach, start + thickness * i, s.reach * 2, thickness + 0.5, order[i % len(order)])
        for i in range(int(2 * s.reach / thickness))
    ]
    size = s.side * s.dice.uniform(0.2, 0.26)
    place = s.width * s.dice.uniform(0.35, 0.65), s.height * s.dice.uniform(0.38, 0.62)
    return [turned(angle, x, y, stripes), circle(*place, size * 1.12, s.field), circle(*place, size, s.colours[0])]


ALL: Final[tuple[Motif, ...]] = (
    setting_sun, rings, rays, tiles, discs, waves, peaks, skyline, halftone, arches, shards, orbits, stairs, eye,
    petals, corridor, columns, bands,
)  # fmt: skip

# Which drawings suit a main genre; all others take any of them.
BY_GENRE: Final[Mapping[int, tuple[Motif, ...]]] = {
    28: (shards, bands, rays, setting_sun, skyline),
    10759: (shards, bands, rays, peaks, setting_sun),
    12: (peaks, waves, setting_sun, rays, rings),
    16: (tiles, discs, arches, petals, rays, rings),
    35: (tiles, rays, arches, discs, columns, rings, stairs),
    80: (corridor, skyline, bands, stairs, shards, halftone),
    99: (halftone, bands, columns, rings, peaks),
    18: (discs, corridor, waves, arches, stairs, halftone, peaks, tiles, rings),
    10751: (arches, petals, tiles, discs, rays),
    10762: (arches, petals, tiles, discs, rays),
    14: (orbits, peaks, arches, petals, rays),
    36: (arches, peaks, columns, rays, setting_sun),
    27: (eye, shards, corridor, rings, halftone),
    10402: (columns, rings, halftone, arches, petals),
    9648: (eye, corridor, rings, halftone, stairs),
    10749: (petals, discs, waves, arches, rings),
    878: (orbits, halftone, setting_sun, rings, discs, corridor),
    10765: (orbits, halftone, setting_sun, rings, peaks, eye),
    53: (eye, corridor, bands, shards, stairs, skyline),
    10752: (bands, shards, peaks, columns, rays),
    10768: (bands, columns, skyline, stairs, rays),
    37: (setting_sun, peaks, rays, bands),
}
