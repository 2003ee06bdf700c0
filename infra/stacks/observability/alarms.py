"""Alarms: what is watched, and the resource that watches it."""

from __future__ import annotations

from collections.abc import Mapping
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
    """A figure and the limit that it must not pass in `periods` periods of so many seconds each.

    `of` is among how many of the last periods these may be; without it they are those in a row.

    `name` is also the heading in docs/runbook.md under which stands what to do, unless `heading` is another one.
    `silence` is what no figure means, in CloudWatch's words.
    """

    name: str
    meaning: str
    figure: Source | Formula
    limit: float
    period: int = 300
    periods: int = 1
    of: int | None = None
    comparison: str = "GreaterThanThreshold"
    silence: str = "notBreaching"
    heading: str = ""


def add_alarm(stack: Stack, watch: Watch, topic: Topic) -> None:
    """The alarm for a watch, which tells a topic when it begins and when it is over."""
    told = [Ref(topic)]
    alarm = Alarm(
        "".join(part.capitalize() for part in watch.name.split("-")),
        AlarmName=f"{stack.config.prefix}-{watch.name}",
        AlarmDescription=f"{watch.meaning} What to do: docs/runbook.md#{watch.heading or watch.name}",
        Threshold=watch.limit,
        ComparisonOperator=watch.comparison,
        TreatMissingData=watch.silence,
        AlarmActions=told,
        OKActions=told,
        **_periods(watch),
        **_figure(watch),
    )
    stack.add(alarm)


def _periods(watch: Watch) -> dict[str, Any]:
    if watch.of is None:
        return {"EvaluationPeriods": watch.periods}
    return {"EvaluationPeriods": watch.of, "DatapointsToAlarm": watch.periods}


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
