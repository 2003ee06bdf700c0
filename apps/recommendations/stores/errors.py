"""What can be wrong with a store; every message is a sentence for people, with the remedy."""

from __future__ import annotations

from movierec.objects.errors import StoreError


class PointerDamaged(StoreError):
    """What says which version serves cannot be understood."""


class ActivatedMeanwhile(StoreError):
    """Somebody else activated a version between our reading of the pointer and our writing of it."""


class UnknownVersion(StoreError):
    """The store has no such version."""


class NothingBefore(StoreError):
    """There is no earlier version to go back to."""


class NotACandidate(StoreError):
    """A version that cannot be tried beside the active one, or is not."""


class NoRoom(StoreError):
    """Processes have no memory for a second model."""
