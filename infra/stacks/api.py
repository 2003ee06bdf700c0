"""The HTTP interface."""

from __future__ import annotations

from infra.config import Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """The HTTP interface."""
    return Stack(config, "api", config.region, "The HTTP interface of MovieRec")
