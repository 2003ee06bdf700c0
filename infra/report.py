"""What the templates of an environment hold, as a page to read: resources, published values, rules not followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from infra import diagram, graph
from infra.config import Config
from infra.stack import Stack
from infra.suppressions import Suppression

_PARAMETER: Final = "AWS::SSM::Parameter"


def write(config: Config, stacks: Sequence[Stack], folder: Path) -> list[Path]:
    """Writes report.md, stacks.mmd and stacks.svg, and answers their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "report.md": markdown(config, stacks),
        "stacks.mmd": diagram.mermaid(config),
        "stacks.svg": diagram.svg(config),
    }
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def markdown(config: Config, stacks: Sequence[Stack]) -> str:
    """The page, of the stacks that are given."""
    sections = [
        f"# The stacks of {config.env}",
        f"```mermaid\n{diagram.mermaid(config)}```",
        stack_table(config, stacks),
        *(_resources(stack) for stack in stacks),
        "## Published values",
        _published(stacks),
        "## Rules that are not followed",
        _suppressions(stacks),
    ]
    return "\n\n".join(sections) + "\n"


def stack_table(config: Config, stacks: Sequence[Stack]) -> str:
    """A table of the stacks: where each is, how much is in it, what it needs, what it is."""
    direct = diagram.edges(config)
    parts = {part.name: part for part in graph.parts(config)}
    rows = [
        (
            f"`{stack.name}`",
            parts[stack.name].region(config),
            str(len(stack.resources)),
            ", ".join(needed for needed, name in direct if name == stack.name) or "none",
            str(stack.description),
        )
        for stack in stacks
    ]
    return _table(("stack", "region", "resources", "needs", "what it is"), rows)


def suppressed(stacks: Iterable[Stack]) -> dict[Suppression, list[tuple[str, str]]]:
    """Each reason with its rules once, and where it applies: (stack, resource)."""
    found: dict[Suppression, list[tuple[str, str]]] = {}
    for stack in stacks:
        for one in stack.suppressed:
            found.setdefault(one.suppression, []).append((stack.name, one.resource))
    return found


def summary(stacks: Sequence[Stack]) -> str:
    """The page in a sentence."""
    resources = sum(len(stack.resources) for stack in stacks)
    return f"{len(stacks)} stacks, {resources} resources, {_counted(stacks)}."


def _counted(stacks: Iterable[Stack]) -> str:
    found = suppressed(stacks)
    return f"{len(found)} suppressions at {sum(map(len, found.values()))} places"


def _resources(stack: Stack) -> str:
    kinds = Counter(str(resource.resource_type) for resource in stack.resources.values())
    rows = [(kind.removeprefix("AWS::"), str(count)) for kind, count in sorted(kinds.items())]
    return f"## {stack.name} ({stack.region})\n\n{_table(('type', 'resources'), rows)}"


def _published(stacks: Iterable[Stack]) -> str:
    return _table(("value", "export", "what it is"), [row for stack in stacks for row in _values(stack)])


def _values(stack: Stack) -> Iterator[tuple[str, str, str]]:
    template = stack.to_dict()
    outputs: dict[str, Any] = template.get("Outputs", {})
    for title, body in template.get("Resources", {}).items():
        if body["Type"] == _PARAMETER:
            export = outputs.get(title.removesuffix("Parameter"), {}).get("Export", {}).get("Name", "")
            properties = body["Properties"]
            yield f"`{properties['Name']}`", f"`{export}`" if export else "", properties.get("Description", "")


def _suppressions(stacks: Sequence[Stack]) -> str:
    found = suppressed(stacks)
    listed = [_suppression(suppression, places) for suppression, places in found.items()]
    return "\n\n".join([f"There are {_counted(stacks)}.", *listed])


def _suppression(suppression: Suppression, places: Sequence[tuple[str, str]]) -> str:
    by_stack: dict[str, list[str]] = {}
    for stack, resource in places:
        by_stack.setdefault(stack, []).append(resource)
    where = "; ".join(f"{stack}: {', '.join(resources)}" for stack, resources in by_stack.items())
    return f"**{', '.join(suppression.rules)}**: {suppression.reason}\n\nAt {len(places)}: {where}."


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
