"""Buckets of files."""

from __future__ import annotations

from infra.config import Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """Buckets of files."""
    return Stack(config, "assets", config.region, "Buckets of files of MovieRec")
