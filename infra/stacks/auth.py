"""People and secrets."""

from __future__ import annotations

from infra.config import Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """People and secrets."""
    return Stack(config, "auth", config.region, "People and secrets of MovieRec")
