"""Figures for CloudWatch as lines of the log."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from movierec.metrics import metric_line


def test_a_line_of_the_embedded_metric_format() -> None:
    line = metric_line({"JobFailed": 1, "Done": 3}, moment=datetime(2027, 1, 15, tzinfo=UTC), Job="sync", Schedule="x")
    assert "\n" not in line
    assert json.loads(line) == {
        "_aws": {
            "Timestamp": 1_799_971_200_000,
            "CloudWatchMetrics": [
                {
                    "Namespace": "MovieRec",
                    "Dimensions": [["Environment", "Job", "Schedule"]],
                    "Metrics": [{"Name": "JobFailed", "Unit": "Count"}, {"Name": "Done", "Unit": "Count"}],
                }
            ],
        },
        "Environment": "local",
        "Job": "sync",
        "Schedule": "x",
        "JobFailed": 1,
        "Done": 3,
    }
