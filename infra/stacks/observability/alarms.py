"""Alarms: what is watched, and the resource that watches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import Ref
from troposphere.cloudwatch import Alarm, Metric, MetricDataQuery, MetricDimension, MetricStat
from troposphere.sns import Topic

from infra.stack import Stack
from infra.stacks.observability.sources import Source


@dataclass(frozen=True, slots=True)
class Formula:
    """A figure made of several: `parts` by the names that the expression of metric math has for them."""

    expression: str
    parts: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Watch:
    """A figure and the limit that it must not pass for so many periods of so many seconds each.

    `name` is also the heading in docs/operations.md under which stands what to do. `silence` is what no figure means,
    in CloudWatch's words.
    """

    name: str
    meaning: str
    figure: Source | Formula
    limit: float
    period: int = 300
    periods: int = 1
    comparison: str = "GreaterThanThreshold"
    silence: str = "notBreaching"


def add_alarm(stack: Stack, watch: Watch, topics: Sequence[Topic]) -> Alarm:
    """The alarm for a watch, which tells these topics when it begins and when it is over."""
    alarm = Alarm(
        title_of(watch.name),
        AlarmName=f"{stack.config.prefix}-{watch.name}",
        AlarmDescription=f"{watch.meaning} What to do: docs/operations.md, {watch.name}.",
        Threshold=watch.limit,
        ComparisonOperator=watch.comparison,
        EvaluationPeriods=watch.periods,
        TreatMissingData=watch.silence,
        **_told(topics),
        **_figure(watch),
    )
    stack.add(alarm)
    return alarm


def title_of(name: str) -> str:
    """The logical id of the alarm of this name."""
    return "".join(part.capitalize() for part in name.split("-"))


def _told(topics: Sequence[Topic]) -> dict[str, Any]:
    told = [Ref(topic) for topic in topics]
    return {"AlarmActions": told, "OKActions": told} if told else {}


def _figure(watch: Watch) -> dict[str, Any]:
    if isinstance(watch.figure, Formula):
        return {"Metrics": _queries(watch.figure, watch.period)}
    source = watch.figure
    # Percentiles stand under another name than sums and averages.
    statistic = "ExtendedStatistic" if source.statistic.startswith("p") else "Statistic"
    return {
        "Namespace": source.namespace,
        "MetricName": source.metric,
        "Dimensions": _dimensions(source),
        "Period": watch.period,
        statistic: source.statistic,
    }


def _queries(formula: Formula, period: int) -> list[MetricDataQuery]:
    parts = [
        MetricDataQuery(
            Id=name,
            ReturnData=False,
            MetricStat=MetricStat(
                Metric=Metric(Namespace=part.namespace, MetricName=part.metric, Dimensions=_dimensions(part)),
                Period=period,
                Stat=part.statistic,
            ),
        )
        for name, part in formula.parts.items()
    ]
    return [MetricDataQuery(Id="result", Expression=formula.expression, ReturnData=True), *parts]


def _dimensions(source: Source) -> list[MetricDimension]:
    return [MetricDimension(Name=name, Value=value) for name, value in source.dimensions.items()]
