"""Small environments, of which every resource is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from infra import environments
from infra.estimate.inventory import Inventory
from infra.stack import Stack


class Small(Stack):
    """A template with just these (type, properties)."""

    def __init__(self, *resources: tuple[str, dict[str, Any]]) -> None:
        super().__init__(environments.load("dev"), "small", "eu-north-1", "small")
        self._bodies = [{"Type": f"AWS::{kind}", "Properties": properties} for kind, properties in resources]

    def to_dict(self) -> dict[str, Any]:
        return {"Resources": {f"R{number}": body for number, body in enumerate(self._bodies)}}


Made = Callable[..., Inventory]


@pytest.fixture
def inventory() -> Made:
    """Makes the inventory of one stack with these (type, properties)."""
    return lambda *resources: Inventory([Small(*resources)])
