"""What can be wrong with a store; every message is a sentence for people, with the remedy."""

from __future__ import annotations


class StoreError(Exception):
    """A store that cannot do what is asked of it."""


class StoreUnreachable(StoreError):
    """The folder or bucket cannot be read or written at the moment, or not with our rights."""
