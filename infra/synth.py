"""Makes the templates of an environment and writes them to a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from infra import graph
from infra.config import Config
from infra.stack import Stack


def templates(config: Config, wanted: Iterable[str] = ()) -> tuple[Stack, ...]:
    """The stacks of an environment, or those of the wanted names, in the order of their deployment.

    Raises graph.UnknownStack.
    """
    return tuple(part.build(config).finish() for part in graph.chosen(config, wanted))


def text_of(stack: Stack) -> str:
    """A template as it is written and deployed."""
    return json.dumps(stack.to_dict(), indent=1, sort_keys=True) + "\n"


def write(stacks: Iterable[Stack], folder: Path) -> list[Path]:
    """Writes a file `<stack>.<region>.json` for each stack, and answers their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for stack in stacks:
        path = folder / f"{stack.name}.{stack.region}.json"
        path.write_text(text_of(stack), encoding="utf-8")
        written.append(path)
    return written
