"""The log as machines get it, of a service that is deployed on Lambda."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from movierec.telemetry.logs import JsonFormatter

Lines = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def lines(settings: Any) -> Iterator[Lines]:
    """The lines that were logged since the test began, all or those of one logger."""
    settings.TELEMETRY_LINES = settings.TELEMETRY_METRICS = True
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())

    def read(logger: str = "") -> list[dict[str, Any]]:
        found = [json.loads(line) for line in written.getvalue().split("\n")[:-1]]
        return [line for line in found if not logger or line["logger"] == logger]

    logging.getLogger().addHandler(handler)
    yield read
    logging.getLogger().removeHandler(handler)
