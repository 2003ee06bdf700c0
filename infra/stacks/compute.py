"""Roles, schedules and places for the functions."""

from __future__ import annotations

from infra.config import Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """Roles, schedules and places for the functions."""
    return Stack(config, "compute", config.region, "Roles, schedules and places for the functions of MovieRec")
