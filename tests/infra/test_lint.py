"""cfn-lint over the templates of prod and dev as they are, and with each switch turned to each other value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cfnlint.api import lint

from infra import environments, synth
from infra.config import SWITCHES, WrongConfig
from infra.deployment.templates import compact
from infra.stack import Stack


def _turned() -> Iterator[list[str]]:
    yield []
    for name, values in SWITCHES.items():
        yield from ([f"{name}={value}"] for value in values)


def _templates() -> dict[str, Stack]:
    """Each different template once, by the first configuration that makes it."""
    found: dict[str, tuple[str, Stack]] = {}
    for env in ("prod", "dev"):
        for changes in _turned():
            try:
                config = environments.load(env, changes)
            except WrongConfig:
                continue
            for stack in synth.templates(config):
                found.setdefault(synth.text_of(stack), (" ".join([env, stack.name, *changes]), stack))
    return dict(found.values())


TEMPLATES = _templates()


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_template_is_one_that_cloudformation_can_take(name: str) -> None:
    stack = TEMPLATES[name]
    assert [str(finding) for finding in lint(compact(stack.to_dict()), regions=[stack.region])] == []


def test_the_linter_finds_what_is_wrong() -> None:
    (stack,) = synth.templates(environments.load("dev"), ["data"])
    text = compact(stack.to_dict()).replace("PAY_PER_REQUEST", "PAY", 1)
    assert any("'PAY' is not one of" in str(finding) for finding in lint(text, regions=[stack.region]))
