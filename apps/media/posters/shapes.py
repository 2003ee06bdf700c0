"""SVG elements as text, with short numbers."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, radians, sin

Point = tuple[float, float]


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{round(value, 1) + 0:g}"


def circle(x: float, y: float, radius: float, fill: str) -> str:
    """A disc."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"/>'


def ring(x: float, y: float, radius: float, thickness: float, colour: str) -> str:
    """A circle's line."""
    place = f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
    return f'<circle {place} fill="none" stroke="{colour}" stroke-width="{number(thickness)}"/>'


def rect(x: float, y: float, width: float, height: float, fill: str, rounding: float = 0) -> str:
    """A rectangle, its corners rounded on demand."""
    corners = f' rx="{number(rounding)}"' if rounding else ""
    size = f'width="{number(width)}" height="{number(height)}"'
    return f'<rect x="{number(x)}" y="{number(y)}" {size} fill="{fill}"{corners}/>'


def polygon(points: Iterable[Point], fill: str) -> str:
    """A filled outline."""
    joined = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return f'<polygon points="{joined}" fill="{fill}"/>'


def path(commands: str, fill: str) -> str:
    """A filled path."""
    return f'<path d="{commands}" fill="{fill}"/>'


def turned(angle: float, x: float, y: float, inner: Iterable[str]) -> str:
    """Elements turned about a point, degrees clockwise."""
    return f'<g transform="rotate({number(angle)} {number(x)} {number(y)})">{"".join(inner)}</g>'


def around(x: float, y: float, radius: float, angle: float) -> Point:
    """The point at an angle in degrees on a circle."""
    return x + radius * cos(radians(angle)), y + radius * sin(radians(angle))
