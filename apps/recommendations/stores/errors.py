"""What can be wrong with a store; every message is a sentence for people, with the remedy."""

from __future__ import annotations


class StoreError(Exception):
    """A store that cannot do what is asked of it."""


class StoreUnreachable(StoreError):
    """The folder or bucket cannot be read or written at the moment, or not with our rights."""


class PointerDamaged(StoreError):
    """What says which version serves cannot be understood."""


class ActivatedMeanwhile(StoreError):
    """Somebody else activated a version between our reading of the pointer and our writing of it."""


class UnknownVersion(StoreError):
    """The store has no such version."""


class NothingBefore(StoreError):
    """There is no earlier version to go back to."""
