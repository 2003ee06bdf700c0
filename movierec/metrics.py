"""Figures for CloudWatch as lines of the log: its embedded metric format, which needs no call and no right.

Specification: "Embedded metric format", Amazon CloudWatch User Guide. A line that AWS Lambda prints becomes a metric;
anywhere else it is a line of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.conf import settings

NAMESPACE: Final = "MovieRec"


def metric_line(values: Mapping[str, float], *, moment: datetime, **dimensions: str) -> str:
    """One line of JSON that gives CloudWatch these counts, by `Environment` and the other dimensions together."""
    told = {"Environment": settings.MOVIEREC_ENV, **dimensions}
    metrics = [{"Name": name, "Unit": "Count"} for name in values]
    directive = {"Namespace": NAMESPACE, "Dimensions": [list(told)], "Metrics": metrics}
    head = {"Timestamp": int(moment.timestamp() * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": head, **told, **values})
