"""Keys, firewall and trail."""

from __future__ import annotations

from infra.config import GLOBAL_REGION, Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """Keys, firewall and trail."""
    return Stack(config, "security", config.region, "Keys, firewall and trail of MovieRec")


def build_global(config: Config) -> Stack:
    """Keys, firewall and trail, for CloudFront."""
    return Stack(config, "security-global", GLOBAL_REGION, "Keys, firewall and trail of MovieRec, for CloudFront")


def is_wanted_globally(config: Config) -> bool:
    """Whether CloudFront needs anything of this."""
    return config.is_on("waf") or config.is_on("cmk")
