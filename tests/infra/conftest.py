"""What tests of templates share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from infra import environments, graph

Template = Callable[..., dict[str, Any]]


@pytest.fixture
def template() -> Template:
    """Makes the finished template of a stack; prod's, unless `env` says another, with switches such as api="http"."""

    def make(stack: str, env: str = "prod", **switches: str) -> dict[str, Any]:
        config = environments.load(env, [f"{name}={value}" for name, value in switches.items()])
        (part,) = graph.chosen(config, [stack])
        finished: dict[str, Any] = part.build(config).finish().to_dict()
        return finished

    return make
