"""The stacks and what leans on what, as a picture: Mermaid for pages that draw it, and an SVG drawn here.

Method of the drawing: "Methods for visual understanding of hierarchical system structures" (Sugiyama, Tagawa and Toda
1981): layers by the longest path, places for long edges in the layers that they pass, order by the mean of neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from infra import graph
from infra.config import Config

Edge = tuple[str, str]
# A stack, or an edge where it passes a layer; stacks are their names.
Place = str | tuple[str, str, int]

_BOX_WIDTH, _BOX_HEIGHT = 176, 46
_COLUMN, _ROW = 250, 74
_MARGIN: Final = 16
_SWEEPS: Final = 8
_STYLE: Final = (
    ".box{fill:#fff;stroke:#57606a;stroke-width:1.5}.global{stroke-dasharray:5 3}"
    ".edge{fill:none;stroke:#8c959f;stroke-width:1.5}.tip{fill:#8c959f}"
    "text{font-family:system-ui,sans-serif;text-anchor:middle;fill:#1f2328}"
    ".name{font-size:14px;font-weight:600}.region{font-size:11px;fill:#57606a}"
    "@media(prefers-color-scheme:dark){.box{fill:#161b22;stroke:#9198a1}.edge{stroke:#6e7681}.tip{fill:#6e7681}"
    "text{fill:#f0f6fc}.region{fill:#9198a1}}"
)


def edges(config: Config) -> tuple[Edge, ...]:
    """Which stack stands before which: (needed, needing), without those that follow from others."""
    needs = _needs(config)
    return tuple(
        (needed, name)
        for name, direct in needs.items()
        for needed in direct
        if not any(needed in _all_needs(other, needs) for other in direct)
    )


def mermaid(config: Config) -> str:
    """The stacks as a Mermaid flowchart, those of a region in a frame."""
    regions: dict[str, list[str]] = {}
    for part in graph.parts(config):
        regions.setdefault(part.region(config), []).append(part.name)
    lines = ["flowchart LR"]
    for region, names in regions.items():
        boxes = [f'    {_id(name)}["{name}"]' for name in names]
        lines += [f'  subgraph {_id(region)}["{region}"]', *boxes, "  end"]
    lines += [f"  {_id(needed)} --> {_id(name)}" for needed, name in edges(config)]
    return "\n".join(lines) + "\n"


def _id(name: str) -> str:
    """A name as Mermaid takes it for an id everywhere."""
    return name.replace("-", "_")


def svg(config: Config) -> str:
    """The stacks as an SVG; a reader without the picture gets its title and all of it in words."""
    found = edges(config)
    layers = _ordered(_layers(config, found), found)
    spots = _spots(layers)
    width = 2 * _MARGIN + (len(layers) - 1) * _COLUMN + _BOX_WIDTH
    height = 2 * _MARGIN + (max(map(len, layers)) - 1) * _ROW + _BOX_HEIGHT
    inner = [
        f'<title id="title">The stacks of {escape(config.env)}</title>',
        f'<desc id="desc">{escape(described(config))}</desc>',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
        *(_line(edge, spots, layers) for edge in found),
        *(_box(part, config, spots) for part in graph.parts(config)),
    ]
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'role="img" aria-labelledby="title desc">'
    )
    return "\n".join([opening, *inner, "</svg>"]) + "\n"


def described(config: Config) -> str:
    """The picture in words: each stack, its region, and what it needs."""
    found = edges(config)
    sentences = []
    for part in graph.parts(config):
        direct = [needed for needed, name in found if name == part.name]
        needed = f" needs {', '.join(direct)}" if direct else " needs none"
        sentences.append(f"{part.name} ({part.region(config)}){needed}.")
    return " ".join(sentences)


def _needs(config: Config) -> dict[str, tuple[str, ...]]:
    parts = graph.parts(config)
    known = {part.name for part in parts}
    return {part.name: tuple(name for name in part.needs if name in known) for part in parts}


def _all_needs(name: str, needs: Mapping[str, Sequence[str]]) -> set[str]:
    return {found for direct in needs[name] for found in {direct} | _all_needs(direct, needs)}


def _layers(config: Config, found: Iterable[Edge]) -> list[list[Place]]:
    """Stacks by the longest way to them, and each long edge in every layer that it passes."""
    needs = _needs(config)
    depths: dict[str, int] = {}
    # Each stack stands behind those that it needs.
    for name, direct in needs.items():
        depths[name] = 1 + max((depths[needed] for needed in direct), default=-1)
    layers: list[list[Place]] = [[] for _ in range(1 + max(depths.values()))]
    for name, depth in depths.items():
        layers[depth].append(name)
    for needed, name in found:
        for depth in range(depths[needed] + 1, depths[name]):
            layers[depth].append((needed, name, depth))
    return layers


def _ordered(layers: list[list[Place]], found: Sequence[Edge]) -> list[list[Place]]:
    """The layers with fewer crossings: each place near the mean of its neighbours, forth and back."""
    links = _links(layers, found)
    best, fewest = layers, _crossings(layers, links)
    for sweep in range(_SWEEPS):
        layers = [list(layer) for layer in layers]
        forth = sweep % 2 == 0
        for number in range(1, len(layers)) if forth else range(len(layers) - 2, -1, -1):
            before = layers[number - 1 if forth else number + 1]
            _sort(layers[number], before, links)
        crossings = _crossings(layers, links)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _sort(layer: list[Place], before: Sequence[Place], links: set[tuple[Place, Place]]) -> None:
    def mean(place: Place) -> float:
        near = [index for index, other in enumerate(before) if (other, place) in links or (place, other) in links]
        return sum(near) / len(near) if near else old[place]

    old = {place: index for index, place in enumerate(layer)}
    layer.sort(key=lambda place: (mean(place), old[place]))


def _links(layers: Sequence[Sequence[Place]], found: Iterable[Edge]) -> set[tuple[Place, Place]]:
    """The pieces of the edges, each from a layer to the next."""
    return {pair for edge in found for path in [_path(edge, layers)] for pair in pairwise(path)}


def _path(edge: Edge, layers: Iterable[Sequence[Place]]) -> list[Place]:
    needed, name = edge
    passed = [place for layer in layers for place in layer if isinstance(place, tuple) and place[:2] == edge]
    return [needed, *passed, name]


def _crossings(layers: Sequence[Sequence[Place]], links: set[tuple[Place, Place]]) -> int:
    total = 0
    for left, right in pairwise(layers):
        pieces = sorted((left.index(a), right.index(b)) for a, b in links if a in left and b in right)
        total += sum(one[1] > other[1] for number, one in enumerate(pieces) for other in pieces[number + 1 :])
    return total


@dataclass(frozen=True, slots=True)
class _Spot:
    """The left end of a place and the middle of its height, in pixels."""

    x: int
    y: int


def _spots(layers: Sequence[Sequence[Place]]) -> dict[Place, _Spot]:
    """Where each place is: layers from left to right, each in the middle of the height."""
    tallest = max(map(len, layers))
    return {
        place: _Spot(
            _MARGIN + column * _COLUMN,
            _MARGIN + _BOX_HEIGHT // 2 + row * _ROW + (tallest - len(layer)) * _ROW // 2,
        )
        for column, layer in enumerate(layers)
        for row, place in enumerate(layer)
    }


def _line(edge: Edge, spots: Mapping[Place, _Spot], layers: Sequence[Sequence[Place]]) -> str:
    first, *others = [spots[place] for place in _path(edge, layers)]
    x, y = first.x + _BOX_WIDTH, first.y
    path = [f"M{x} {y}"]
    for spot in others:
        middle = (x + spot.x) // 2
        path.append(f"C{middle} {y} {middle} {spot.y} {spot.x} {spot.y}")
        x, y = spot.x + _BOX_WIDTH, spot.y
        if spot is not others[-1]:
            path.append(f"H{x}")
    return f'<path class="edge" d="{"".join(path)}" marker-end="url(#tip)"/>'


def _box(part: graph.Part, config: Config, spots: Mapping[Place, _Spot]) -> str:
    spot = spots[part.name]
    middle = spot.x + _BOX_WIDTH // 2
    region = part.region(config)
    kind = "box" if region == config.region else "box global"
    return (
        f'<rect class="{kind}" x="{spot.x}" y="{spot.y - _BOX_HEIGHT // 2}" width="{_BOX_WIDTH}" '
        f'height="{_BOX_HEIGHT}" rx="6"/>'
        f'<text class="name" x="{middle}" y="{spot.y - 3}">{escape(part.name)}</text>'
        f'<text class="region" x="{middle}" y="{spot.y + 14}">{escape(region)}</text>'
    )
