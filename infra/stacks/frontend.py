"""The site."""

from __future__ import annotations

from infra.config import Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """The site."""
    return Stack(config, "frontend", config.region, "The site of MovieRec")
