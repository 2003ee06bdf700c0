"""Series that are sent, of a process that counted nothing yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from movierec.telemetry.series import counters, sending


@pytest.fixture
def series(settings: Any) -> Iterator[None]:
    """A process that begins to count and sends what it counted, once a minute is over."""
    settings.TELEMETRY_SERIES = True
    counters.process.forget()
    sending._sender.begin()
    yield
    counters.process.forget()
