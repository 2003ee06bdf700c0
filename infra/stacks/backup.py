"""Copies of the tables."""

from __future__ import annotations

from infra.config import Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """Copies of the tables."""
    return Stack(config, "backup", config.region, "Copies of the tables of MovieRec")
