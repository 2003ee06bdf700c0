"""Small environments, of which every resource is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from troposphere import AWSObject

from infra import environments
from infra.estimate.inventory import Inventory
from infra.stack import Stack


class Given(AWSObject):
    """A resource of any type with any properties."""

    def __init__(self, number: int, kind: str, properties: dict[str, Any]) -> None:
        self.resource_type = f"AWS::{kind}"
        super().__init__(f"R{number}")
        self._body = {"Type": self.resource_type, "Properties": properties}

    def to_dict(self, validation: bool = True) -> dict[str, Any]:
        return self._body


Made = Callable[..., Inventory]


@pytest.fixture
def inventory() -> Made:
    """Makes the inventory of one stack with these (type, properties)."""

    def make(*resources: tuple[str, dict[str, Any]], region: str = "eu-north-1") -> Inventory:
        stack = Stack(environments.load("dev"), "small", region, "small")
        for number, (kind, properties) in enumerate(resources):
            stack.add(Given(number, kind, properties))
        return Inventory([stack])

    return make
