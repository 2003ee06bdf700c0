"""What is watched in a region: each figure, its limit, and what it means for people when it is passed."""

from __future__ import annotations

from typing import Final

from infra import names
from infra.config import Config
from infra.declared import functions, jobs, metrics, tables
from infra.stack import Stack, Value
from infra.stacks.observability.alarms import Formula, Watch
from infra.stacks.observability.sources import Source, doors, function, own

_GIB: Final = 1024**3
_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
# Every scheduled job but the weekly one runs daily; two hours are for its own time and for being tried again.
_HOURS_BETWEEN_JOBS: Final = 26
# At this share of its time a function is about to be cut off.
_NEARLY: Final = 0.8


def watches(stack: Stack) -> tuple[Watch, ...]:
    """Everywhere what is broken, in prod also what is about to break."""
    broken = (*_functions(stack.config), *_gateways(stack), *_jobs(stack))
    if not stack.config.is_prod:
        return (*broken, _throttled_calls(stack.config))
    return (*broken, *_limits(stack.config), *_throttled_tables(stack.config), *_service(stack.config))


def _functions(config: Config) -> tuple[Watch, ...]:
    app = names.app_function(config)
    rate = Formula(
        "IF(invocations > 0, 100 * errors / invocations, 0)",
        {"errors": function(app, "Errors"), "invocations": function(app, "Invocations")},
    )
    return (
        Watch(
            "app-errors",
            "The application failed more than 10 times in 5 minutes, twice.",
            function(app, "Errors"),
            10,
            periods=2,
        ),
        Watch("app-error-rate", "More than 1 % of the application's runs failed, for 10 minutes.", rate, 1, periods=2),
        Watch("jobs-errors", "A job broke off.", function(names.jobs_function(config), "Errors"), 0),
    )


def _gateways(stack: Stack) -> tuple[Watch, ...]:
    if stack.config.hosting == "amplify":
        dimensions: dict[str, Value] = {"App": stack.read("frontend", "amplify-app-id")}
        sites: tuple[tuple[str, Source], ...] = (("site", Source("AWS/AmplifyHosting", "5xxErrors", dimensions)),)
    else:
        sites = ()
    found = [(door.name, door.source(door.errors)) for door in doors(stack)]
    return tuple(
        Watch(
            f"{name}-5xx", f"The {name} answered more than 10 requests in 5 minutes with an error of ours.", figure, 10
        )
        for name, figure in (*found, *sites)
    )


def _jobs(stack: Stack) -> tuple[Watch, ...]:
    queue: dict[str, Value] = {"QueueName": stack.read("compute", "dead-letter-queue-name")}
    depth = Source("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, "Maximum")
    failures = tuple(
        Watch(
            f"{_named(command)}-failed",
            f"The job {command} said that it failed.",
            own(stack.config, metrics.JOB_FAILED, Job=command),
            0,
        )
        for command in commands()
    )
    return (Watch("dead-letters", "A job was given up after its last try.", depth, 0), *failures)


def _throttled_calls(config: Config) -> Watch:
    figure = own(config, metrics.DYNAMO_THROTTLES)
    return Watch("dynamodb-throttles", "DynamoDB refused calls because there were too many.", figure, 0)


def _limits(config: Config) -> tuple[Watch, ...]:
    app = functions.app(config)
    nearly = _NEARLY * app.timeout_seconds * 1000
    # Objects leave this class for the archive after 90 days and are cheap from then on.
    size: dict[str, Value] = {"BucketName": names.bucket(config, "assets"), "StorageType": "StandardStorage"}
    return (
        Watch("app-throttles", "Lambda refused to run the application.", function(app.name, "Throttles"), 0),
        Watch(
            "app-duration",
            f"One run of 100 takes longer than {_NEARLY:.0%} of the time it may take.",
            function(app.name, "Duration", "p99"),
            nearly,
            periods=2,
        ),
        Watch(
            "assets-size",
            "The bucket of uploads holds more than 100 GB.",
            Source("AWS/S3", "BucketSizeBytes", size, "Average"),
            100 * _GIB,
            period=_DAY,
        ),
    )


def _throttled_tables(config: Config) -> tuple[Watch, ...]:
    return tuple(
        Watch(
            f"{table.key}-throttles",
            f"DynamoDB refused reads or writes of the table {table.name_in(config)}.",
            _throttles(table.name_in(config)),
            0,
        )
        for table in tables.TABLES
        if table.key in tables.OWN
    )


def _throttles(table: str) -> Formula:
    parts = {
        name: Source("AWS/DynamoDB", metric, {"TableName": table})
        for name, metric in (("reads", "ReadThrottleEvents"), ("writes", "WriteThrottleEvents"))
    }
    # Either is silent while nothing is refused.
    return Formula("FILL(reads, 0) + FILL(writes, 0)", parts)


def _service(config: Config) -> tuple[Watch, ...]:
    silent = tuple(
        Watch(
            f"{_named(command)}-silent",
            f"The job {command} has not succeeded for {_HOURS_BETWEEN_JOBS} hours.",
            own(config, metrics.JOB_SUCCEEDED, Job=command),
            1,
            period=_HOUR,
            periods=_HOURS_BETWEEN_JOBS,
            comparison="LessThanThreshold",
            silence="breaching",
        )
        for command in commands()
    )
    return (
        Watch(
            "sign-in-failures",
            "More than 50 sign-ins were refused in 5 minutes: somebody may be guessing passwords.",
            own(config, metrics.SIGN_IN_FAILURES),
            50,
        ),
        Watch(
            "recommendation-fallbacks",
            "Recommendations are made without the model, for 15 minutes.",
            own(config, metrics.RECOMMENDATION_FALLBACKS),
            10,
            periods=3,
        ),
        Watch(
            "tmdb-failures",
            "TMDB does not answer, for 15 minutes; what is stored is shown.",
            own(config, metrics.TMDB_FAILURES),
            10,
            periods=3,
        ),
        Watch(
            "model-age",
            "The model is older than 30 days.",
            own(config, metrics.MODEL_AGE_HOURS, "Minimum"),
            30 * 24,
            period=_HOUR,
        ),
        *silent,
    )


def commands() -> tuple[str, ...]:
    """The commands that are scheduled, each once."""
    return tuple(dict.fromkeys(job.command.split()[0] for job in jobs.JOBS))


def _named(command: str) -> str:
    return command.replace("_", "-")
