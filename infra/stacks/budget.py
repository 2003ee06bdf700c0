"""What it may cost."""

from __future__ import annotations

from infra.config import GLOBAL_REGION, Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """What it may cost."""
    return Stack(config, "budget", GLOBAL_REGION, "What it may cost of MovieRec")
