"""The templates as they were reviewed: a change of any of them shows in a change of these files.

`UPDATE_GOLDEN=1 .venv/bin/python -m pytest tests/infra/test_golden.py` writes them anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from infra import environments, synth
from infra.stack import Stack
from tests.infra.variants import everything

GOLDEN = Path(__file__).with_name("golden")
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
STACKS = [(env, stack) for env in ("dev", "staging", "prod") for stack in synth.templates(environments.load(env))]


def lines_of(stack: Stack) -> str:
    """A template with one line a resource, so that a change shows where it is."""
    template = json.loads(synth.text_of(stack))
    lines = []
    for section, content in sorted(template.items()):
        if not isinstance(content, dict):
            lines.append(f"{section}: {json.dumps(content)}")
            continue
        lines += [f"{section}.{name}: {json.dumps(value, sort_keys=True)}" for name, value in sorted(content.items())]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("env", "stack"), STACKS, ids=lambda value: getattr(value, "name", value))
def test_the_template_of_an_environment_is_as_it_was_reviewed(env: str, stack: Stack) -> None:
    path = GOLDEN / env / f"{stack.name}.{stack.region}.txt"
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(lines_of(stack), encoding="utf-8")
    assert lines_of(stack) == path.read_text(encoding="utf-8")


def test_there_is_a_reviewed_template_for_each_stack_and_no_other() -> None:
    expected = {f"{env}/{stack.name}.{stack.region}.txt" for env, stack in STACKS}
    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.glob("*/*.txt")} == expected


def test_every_combination_of_switches_makes_the_template_that_was_reviewed() -> None:
    digests: dict[str, str] = {}
    for env, choice, stack in everything():
        words = " ".join(f"{name}={value}" for name, value in choice)
        text = synth.text_of(stack).encode()
        digests[f"{env} {stack.name} {words}".strip()] = hashlib.sha256(text).hexdigest()[:16]
    path = GOLDEN / "combinations.json"
    if UPDATE:
        path.write_text(json.dumps(digests, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    assert digests == json.loads(path.read_text(encoding="utf-8"))
