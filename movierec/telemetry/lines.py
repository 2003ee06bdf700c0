"""The lines that requests and jobs end with, which are metrics as well where CloudWatch reads the log."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from movierec.telemetry.emf import MetricSet, metadata
from movierec.telemetry.figures import ENVIRONMENT, JOB, JOB_UNITS, UNITS

_SETS: Final = (MetricSet((ENVIRONMENT,), UNITS), MetricSet((ENVIRONMENT, JOB), JOB_UNITS))


def tell(
    logger: logging.Logger, level: int, message: str, members: Mapping[str, Any], figures: Mapping[str, float]
) -> None:
    """Logs a line with members and figures; an exception under way is told as well where the level is ERROR.

    Nothing where settings.TELEMETRY_LINES is off. Metrics only where settings.TELEMETRY_METRICS is on.
    """
    if not settings.TELEMETRY_LINES:
        return
    told: dict[str, Any] = {**members, ENVIRONMENT: settings.MOVIEREC_ENV, **figures}
    if settings.TELEMETRY_METRICS:
        told["_aws"] = metadata(_SETS, figures, datetime.now(UTC))
    logger.log(level, message, extra={"told": told}, exc_info=level >= logging.ERROR)
