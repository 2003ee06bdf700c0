"""Where a request comes from, as far as a person should recognise it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """The device in words, such as "Firefox on Linux", and the first part of the network address."""

    device: str
    place: str


NOBODY = Caller("", "")
