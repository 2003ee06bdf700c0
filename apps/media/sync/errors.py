"""Why a sync does not run."""

from __future__ import annotations


class AlreadyRunning(Exception):
    """Another process runs the same schedule; the message is a sentence for people."""
