"""The tables."""

from __future__ import annotations

from infra.config import Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """The tables."""
    return Stack(config, "data", config.region, "The tables of MovieRec")
