"""The dashboard: from what visitors notice, over what answers them, to what it costs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from troposphere import Ref, Sub
from troposphere.cloudwatch import Dashboard

from infra import names
from infra.config import GLOBAL_REGION, Config
from infra.declared import metrics
from infra.stack import Stack, Value
from infra.stacks.observability.sources import Source, doors, function, own
from infra.stacks.observability.watched import commands

Widget = dict[str, Any]
# A line of figures: what it is called, and where it comes from.
Line = tuple[str, Source]
# The dashboard is 24 units wide.
_WIDTH: Final = 8
_HEIGHT: Final = 6
_A_ROW: Final = 3
_BY_ROUTE: Final = (
    "filter ispresent(route) | stats count(*) as requests, pct(milliseconds, 50) as p50, pct(milliseconds, 99) as p99 "
    "by route, method | sort p99 desc | limit 30"
)
_ERRORS_BY_ROUTE: Final = (
    "filter ispresent(route) and status >= 400 | stats count(*) as answers by status, route, method "
    "| sort answers desc | limit 30"
)
# What stands in the lines of requests alone.
_FIGURES_OF_LINES: Final = (
    "filter ispresent(route) | stats pct(DynamoMilliseconds, 99) as dynamodb, pct(TmdbMilliseconds, 99) as tmdb, "
    "sum(SignIns) as signins, min(ModelAgeHours) as modelhours by bin(1h) as hour | sort hour desc"
)


def dashboard(stack: Stack) -> Dashboard:
    """The dashboard of an environment."""
    body = json.dumps({"widgets": _placed(_widgets(stack))}, sort_keys=True)
    return Dashboard("Dashboard", DashboardName=stack.config.prefix, DashboardBody=Sub(body))


def _widgets(stack: Stack) -> list[Widget]:
    config = stack.config
    return [
        *_visitors(stack),
        _graph(config, "Functions", _functions(config)),
        _graph(config, "Slowest of 100 runs, in ms", _durations(config)),
        _graph(
            config,
            "DynamoDB",
            [
                ("calls", own(config, metrics.DYNAMO_CALLS)),
                ("refused", own(config, metrics.DYNAMO_THROTTLES)),
            ],
        ),
        _graph(
            config,
            "TMDB and what is kept of it",
            [
                ("calls", own(config, metrics.TMDB_CALLS)),
                ("failed", own(config, metrics.TMDB_FAILURES)),
                ("found", own(config, metrics.CACHE_HITS)),
                ("not found", own(config, metrics.CACHE_MISSES)),
            ],
        ),
        _graph(
            config,
            "Recommendations",
            [
                ("ms, p50", own(config, metrics.RECOMMENDATION_MILLISECONDS, "p50")),
                ("ms, p99", own(config, metrics.RECOMMENDATION_MILLISECONDS, "p99")),
                ("without the model", own(config, metrics.RECOMMENDATION_FALLBACKS)),
            ],
        ),
        _query(config, "Time at DynamoDB and TMDB, in ms, sign-ins, hours since training", _FIGURES_OF_LINES),
        _graph(config, "Sign-ins", [("refused", own(config, metrics.SIGN_IN_FAILURES))]),
        _graph(config, "Jobs", _jobs(stack)),
        *_elsewhere(stack),
    ]


def _visitors(stack: Stack) -> list[Widget]:
    config = stack.config
    ways = doors(stack)
    requests = [(f"{way.name}: requests", way.source("Count")) for way in ways]
    errors = [(f"{way.name}: 5xx", way.source(way.errors)) for way in ways]
    answered = ("answered by the application", own(config, metrics.LATENCY, "SampleCount"))
    return [
        _graph(config, "Requests and errors", [*requests, *errors, answered]),
        _graph(
            config,
            "Time to answer, in ms",
            [(statistic, own(config, metrics.LATENCY, statistic)) for statistic in ("p50", "p90", "p99")],
        ),
        _query(config, "Time to answer by route", _BY_ROUTE),
        _query(config, "Refusals and errors by route", _ERRORS_BY_ROUTE),
    ]


def _functions(config: Config) -> list[Line]:
    app, jobs = names.app_function(config), names.jobs_function(config)
    lines = [(metric.lower(), function(app, metric)) for metric in ("Invocations", "Errors", "Throttles")]
    return [
        *lines,
        ("at once", function(app, "ConcurrentExecutions", "Maximum")),
        ("jobs: errors", function(jobs, "Errors")),
    ]


def _durations(config: Config) -> list[Line]:
    by_name = {"application": names.app_function(config), "jobs": names.jobs_function(config)}
    return [(label, function(name, "Duration", "p99")) for label, name in by_name.items()]


def _jobs(stack: Stack) -> list[Line]:
    lines = []
    for command in commands():
        lines.append((f"{command}: done", own(stack.config, metrics.JOB_SUCCEEDED, Job=command)))
        lines.append((f"{command}: failed", own(stack.config, metrics.JOB_FAILED, Job=command)))
    queue: dict[str, Value] = {"QueueName": stack.read("compute", "dead-letter-queue-name")}
    return [*lines, ("given up", Source("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, "Maximum"))]


def _elsewhere(stack: Stack) -> list[Widget]:
    """What AWS counts in its first region alone."""
    cost = Source("AWS/Billing", "EstimatedCharges", {"Currency": "USD"}, "Maximum")
    shown = [_graph(stack.config, "Cost of this month, in USD", [("so far", cost)], GLOBAL_REGION, period=21_600)]
    if stack.config.hosting != "amplify":
        where: dict[str, Value] = {"DistributionId": stack.read("frontend", "distribution-id"), "Region": "Global"}
        lines = [
            ("requests", Source("AWS/CloudFront", "Requests", where)),
            ("5xx, percent", Source("AWS/CloudFront", "5xxErrorRate", where, "Average")),
        ]
        shown.insert(0, _graph(stack.config, "CloudFront", lines, GLOBAL_REGION))
    return shown


def _graph(config: Config, title: str, lines: Iterable[Line], region: str = "", period: int = 300) -> Widget:
    properties = {
        "title": title,
        "region": region or config.region,
        "view": "timeSeries",
        "period": period,
        "metrics": [_line(label, source) for label, source in lines],
    }
    return {"type": "metric", "properties": properties}


def _line(label: str, source: Source) -> list[Any]:
    dimensions = [word for name, value in source.dimensions.items() for word in (name, _text(value))]
    return [source.namespace, source.metric, *dimensions, {"label": label, "stat": source.statistic}]


def _query(config: Config, title: str, query: str) -> Widget:
    group = names.log_group(names.app_function(config))
    properties = {"title": title, "region": config.region, "view": "table", "query": f"SOURCE '{group}' | {query}"}
    return {"type": "log", "properties": properties}


def _text(value: Value) -> str:
    """A value inside of the body, which is a text that CloudFormation fills in."""
    return f"${{{value.data['Ref']}}}" if isinstance(value, Ref) else str(value)


def _placed(widgets: list[Widget]) -> list[Widget]:
    return [
        {
            **widget,
            "x": number % _A_ROW * _WIDTH,
            "y": number // _A_ROW * _HEIGHT,
            "width": _WIDTH,
            "height": _HEIGHT,
        }
        for number, widget in enumerate(widgets)
    ]
