"""Metrics as members of a line of the log: CloudWatch's embedded metric format, which needs no call and no right.

Specification: "Embedded metric format", Amazon CloudWatch User Guide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from movierec.telemetry.figures import NAMESPACE


@dataclass(frozen=True, slots=True)
class MetricSet:
    """Metrics that are told by the same dimensions: their units by their names."""

    dimensions: Sequence[str]
    units: Mapping[str, str]

    def directive(self, names: Collection[str]) -> dict[str, Any] | None:
        """What has CloudWatch read those of the metrics that are among `names`; None where none is."""
        metrics = [{"Name": name, "Unit": unit} for name, unit in self.units.items() if name in names]
        if not metrics:
            return None
        return {"Namespace": NAMESPACE, "Dimensions": [list(self.dimensions)], "Metrics": metrics}


def metadata(sets: Sequence[MetricSet], names: Collection[str], moment: datetime) -> dict[str, Any]:
    """The member `_aws` of a line whose other members are the metrics `names` and the dimensions of the sets."""
    directives = [directive for each in sets if (directive := each.directive(names))]
    return {"Timestamp": int(moment.timestamp() * 1000), "CloudWatchMetrics": directives}
