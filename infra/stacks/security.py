"""Keys, firewall, trail, and the runbook that restores tables."""

from __future__ import annotations

from infra.config import GLOBAL_REGION, Config
from infra.stack import Stack, arn_of
from infra.stacks import _keys
from infra.stacks._firewall import add_firewall
from infra.stacks._restore import add_runbook
from infra.stacks._trail import add_trail, trail_arn

# What publishes to the topic of alarms, and what puts given-up jobs into their queue.
_PUBLISHERS = ["cloudwatch", "scheduler"]


def build(config: Config) -> Stack:
    """What guards the region of the service."""
    stack = Stack(config, "security", config.region, "Keys, firewall and trail of MovieRec")
    key = arn_of(_keys.add_key(stack, _uses(config))) if config.is_on("cmk") else None
    if config.is_on("waf") and config.api == "rest":
        add_firewall(stack, "REGIONAL", key)
    add_trail(stack, key)
    add_runbook(stack, key)
    return stack


def build_global(config: Config) -> Stack:
    """What guards CloudFront. There is no key of ours: what is in its region tells of nobody, and each costs."""
    stack = Stack(config, "security-global", GLOBAL_REGION, "Firewall of MovieRec, for CloudFront")
    add_firewall(stack, "CLOUDFRONT", None)
    return stack


def is_wanted_globally(config: Config) -> bool:
    """Whether there is a distribution to guard."""
    return config.is_on("waf") and config.hosting != "amplify"


def _uses(config: Config) -> list[_keys.Statement]:
    uses = [_keys.for_logs(), _keys.for_publishers(_PUBLISHERS), _keys.for_trail(trail_arn(config))]
    return uses if config.hosting == "amplify" else [*uses, _keys.for_distributions()]
