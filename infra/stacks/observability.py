"""Alarms and dashboards."""

from __future__ import annotations

from infra.config import GLOBAL_REGION, Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """Alarms and dashboards."""
    return Stack(config, "observability", config.region, "Alarms and dashboards of MovieRec")


def build_global(config: Config) -> Stack:
    """Alarms and dashboards, for CloudFront."""
    return Stack(config, "observability-global", GLOBAL_REGION, "Alarms and dashboards of MovieRec, for CloudFront")
