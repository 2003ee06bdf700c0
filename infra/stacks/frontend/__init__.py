"""The site: CloudFront before the application or before files, or Amplify."""

from __future__ import annotations

from infra.config import Config
from infra.stack import Stack
from infra.stacks.frontend import amplify, distribution


def build(config: Config) -> Stack:
    """What `hosting` says: the application's pages and files, a single-page application's files, or Amplify."""
    stack = Stack(config, "frontend", config.region, "The site of MovieRec")
    if config.hosting == "amplify":
        amplify.add(stack)
    else:
        distribution.add(stack)
    return stack
