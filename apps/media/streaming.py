"""Streaming services as catalogues without a source's numbers name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

# The country that is meant where a catalogue names a service, or a certification, without one.
HOME_REGION: Final = "US"
SERVICE_NAMES: Final[Mapping[str, str]] = {
    "netflix": "Netflix", "prime": "Prime Video", "hulu": "Hulu", "disney": "Disney+", "hbo": "HBO",
    "apple": "Apple TV+", "paramount": "Paramount+", "peacock": "Peacock",
}  # fmt: skip


def regions_of(services: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The country and the service of each code: "netflix" holds at home, "SE/netflix" in Sweden."""
    for code in services:
        region, apart, service = code.rpartition("/")
        yield region if apart else HOME_REGION, service
