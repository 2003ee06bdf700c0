"""Whether a process has the memory for two models.

A model takes about as much memory as its files. While one of two takes the place of another there are three for a
moment. The rest of a process (the framework, the index of the catalogue, a request's own work) takes up to 256 MB, so
that a function of 512 MB has room for three models of 85 MB: two of about 40,000 titles each.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings

from apps.recommendations.stores.store import ModelStore

_REST_MB: Final = 256


def room_beside(store: ModelStore, active: str, candidate: str) -> str | None:
    """Why there is no room for a candidate beside the active version, in a sentence; None where there is.

    Where the memory of a process is not bounded, there always is. Raises StoreUnreachable.
    """
    limit = settings.PROCESS_MEMORY_MB
    if limit is None:
        return None
    sizes = [sum(entry.size for entry in store.state(version)) / 1e6 for version in (active, candidate)]
    needed = _REST_MB + sum(sizes) + max(sizes)
    if needed <= limit:
        return None
    return (
        f"{candidate} cannot be tried beside {active}: with both a process needs about {needed:.0f} MB, and has "
        f"{limit}. Give it more memory (app_memory_mb in infra/environments.toml), or activate {candidate} instead."
    )
