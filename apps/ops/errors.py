"""What jobs refuse to do."""

from __future__ import annotations


class NotLocal(Exception):
    """A job that belongs to a local installation was started elsewhere; the message is one sentence for people."""
