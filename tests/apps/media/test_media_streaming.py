"""Streaming services by their codes."""

from __future__ import annotations

from apps.media.streaming import SERVICE_NAMES, regions_of
from apps.recommendations.engine import phrases


def test_a_code_without_a_country_holds_at_home() -> None:
    assert list(regions_of(("netflix", "SE/prime"))) == [("US", "netflix"), ("SE", "prime")]


def test_reasons_and_pages_call_services_alike() -> None:
    # The engine leans on no app, so that it has the names as well.
    assert SERVICE_NAMES == phrases.SERVICE_NAMES
