"""Certificates of the site and the API."""

from __future__ import annotations

from infra.config import GLOBAL_REGION, Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """Certificates of the site and the API."""
    return Stack(config, "dns", GLOBAL_REGION, "Certificates of the site and the API of MovieRec")
