"""Where a request comes from, as far as a person should recognise it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """The device in words, such as "Firefox on Linux", and the first part of the network address.

    `address` is the whole of it, for the audit only.
    """

    device: str
    place: str
    address: str = ""


NOBODY = Caller("", "")
