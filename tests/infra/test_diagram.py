"""The picture of the stacks: it shows every stack and what it needs, the same each time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from infra import diagram, environments, graph
from infra.config import Config

ENVIRONMENTS = (
    ("dev", ()),
    ("staging", ("hosting=amplify", "site=movierec.net")),
    ("prod", ()),
    ("prod", ("waf=off", "cmk=off", "cross_region_backup=off")),
)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=ENVIRONMENTS, ids=lambda given: " ".join((given[0], *given[1])))
def config(request: pytest.FixtureRequest) -> Config:
    env, changes = request.param
    return environments.load(env, changes)


def reachable(edges: tuple[tuple[str, str], ...], name: str) -> set[str]:
    direct = {needed for needed, needing in edges if needing == name}
    return direct.union(*(reachable(edges, needed) for needed in direct))


def boxes(drawn: ET.Element) -> dict[str, tuple[float, float, float, float]]:
    """Left, top, right and bottom of each stack's box."""
    names = [text.text or "" for text in drawn.iter(f"{SVG}text") if text.get("class") == "name"]
    found = {}
    for name, rect in zip(names, drawn.iter(f"{SVG}rect"), strict=True):
        x, y, width, height = (float(rect.get(side) or 0) for side in ("x", "y", "width", "height"))
        found[name] = (x, y, x + width, y + height)
    return found


def points_of(path: str) -> Iterator[tuple[float, float]]:
    """Points along a path of curves (Bézier's cubic ones) and level lines, near enough to hit any box in its way."""
    x = y = 0.0
    for command, words in re.findall(r"([MCH])([\d. ]+)", path):
        numbers = [float(number) for number in words.split()]
        if command == "M":
            x, y = numbers
        elif command == "H":
            yield from (((x + (numbers[0] - x) * step / 40), y) for step in range(41))
            x = numbers[0]
        else:
            for t in (step / 40 for step in range(41)):
                weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
                ends = ((x, y), numbers[:2], numbers[2:4], numbers[4:])
                yield tuple(sum(w * end[axis] for w, end in zip(weights, ends, strict=True)) for axis in (0, 1))
            x, y = numbers[4:]


def test_arrows_lead_to_all_that_a_stack_needs_and_none_follows_from_others(config: Config) -> None:
    edges = diagram.edges(config)
    parts = {part.name: part for part in graph.parts(config)}

    for part in parts.values():
        wanted = {name for name in part.needs if name in parts}
        assert wanted <= reachable(edges, part.name)
        for needed, name in edges:
            assert needed not in reachable(tuple(edge for edge in edges if edge != (needed, name)), name)
    assert all(needed in parts[name].needs for needed, name in edges)


def test_mermaid_has_every_stack_in_its_region(config: Config) -> None:
    text = diagram.mermaid(config)
    found = {}
    for region, inside in re.findall(r'  subgraph \w+\["([\w-]+)"\]\n(.*?)  end\n', text, re.DOTALL):
        found |= dict.fromkeys(re.findall(r'^    \w+\["([\w-]+)"\]$', inside, re.MULTILINE), region)

    assert text.startswith("flowchart LR\n")
    assert found == {part.name: part.region(config) for part in graph.parts(config)}
    arrows = re.findall(r"^  (\w+) --> (\w+)$", text, re.MULTILINE)
    assert arrows == [(one.replace("-", "_"), other.replace("-", "_")) for one, other in diagram.edges(config)]


def test_the_picture_has_a_box_for_every_stack_and_none_on_another(config: Config) -> None:
    drawn = ET.fromstring(diagram.svg(config))  # noqa: S314  # our own
    places = boxes(drawn)

    assert set(places) == {part.name for part in graph.parts(config)}
    width, height = float(drawn.get("width") or 0), float(drawn.get("height") or 0)
    for left, top, right, bottom in places.values():
        assert 0 < left < right < width
        assert 0 < top < bottom < height
    for one, other in combinations(places.values(), 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


def test_each_arrow_leads_from_a_box_to_a_box_and_through_none(config: Config) -> None:
    drawn = ET.fromstring(diagram.svg(config))  # noqa: S314  # our own
    places = boxes(drawn)
    paths = [path.get("d") or "" for path in drawn.iter(f"{SVG}path") if path.get("class") == "edge"]

    assert len(paths) == len(diagram.edges(config))
    for (needed, name), path in zip(diagram.edges(config), paths, strict=True):
        numbers = [float(number) for number in re.findall(r"[\d.]+", path)]
        (x, y), (end_x, end_y) = numbers[:2], numbers[-2:]
        assert (x, y) == (places[needed][2], (places[needed][1] + places[needed][3]) / 2)
        assert (end_x, end_y) == (places[name][0], (places[name][1] + places[name][3]) / 2)
        for x, y in points_of(path):
            assert not any(left < x < right and top < y < bottom for left, top, right, bottom in places.values())


def test_the_picture_can_be_read_by_ear_and_in_the_dark(config: Config) -> None:
    drawn = ET.fromstring(diagram.svg(config))  # noqa: S314  # our own
    named = {element.get("id"): element.text for element in drawn if element.get("id")}

    assert drawn.get("role") == "img"
    assert drawn.get("aria-labelledby") == "title desc"
    assert named["title"] == f"The stacks of {config.env}"
    assert named["desc"] == diagram.described(config)
    assert "@media(prefers-color-scheme:dark)" in (drawn.findtext(f"{SVG}style") or "")


def test_the_words_name_every_stack_its_region_and_needs() -> None:
    words = diagram.described(environments.load("dev"))

    assert "data (eu-north-1) needs security." in words
    assert "security (eu-north-1) needs none." in words
    assert "observability-global (us-east-1) needs frontend." in words


def test_the_picture_is_the_same_each_time(config: Config) -> None:
    assert diagram.svg(config) == diagram.svg(config)
    assert diagram.mermaid(config) == diagram.mermaid(config)
