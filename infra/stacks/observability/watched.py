"""What is watched in a region: each figure, its limit, and what it means for people when it is passed."""

from __future__ import annotations

from typing import Final

from infra import names
from infra.config import Config
from infra.declared import functions, jobs, metrics
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
    broken = (*_functions(stack.config), *_gateways(stack), *_queues(stack), _throttled_calls(stack.config))
    if not stack.config.is_prod:
        return broken
    return (*broken, *_limits(stack.config), *_service(stack.config))


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
        # Every job that fails or breaks off: the function raises where the command ends with an error.
        Watch("jobs-errors", "A job failed.", function(names.jobs_function(config), "Errors"), 0),
    )


def _gateways(stack: Stack) -> tuple[Watch, ...]:
    """Each way in; but in prod the site's own door is watched by its share of errors, and by CloudFront's before it."""
    if stack.config.hosting == "amplify":
        dimensions: dict[str, Value] = {"App": stack.read("frontend", "amplify-app-id")}
        sites: tuple[tuple[str, Source], ...] = (("site", Source("AWS/AmplifyHosting", "5xxErrors", dimensions)),)
    else:
        sites = ()
    watched = [door for door in doors(stack) if door.name == "api" or not stack.config.is_prod]
    found = [(door.name, door.source(door.errors)) for door in watched]
    return tuple(
        Watch(
            f"{name}-5xx", f"The {name} answered more than 10 requests in 5 minutes with an error of ours.", figure, 10
        )
        for name, figure in (*found, *sites)
    )


def _queues(stack: Stack) -> tuple[Watch, ...]:
    letters = _depth(stack.read("compute", "dead-letter-queue-name"))
    rotations = _depth(stack.read("auth", "rotation-failures-name"))
    return (
        Watch("dead-letters", "A job was given up after its last try.", letters, 0),
        Watch("rotation-failures", "The signing secret was not given another key.", rotations, 0),
    )


def _depth(queue: Value) -> Source:
    """How many messages wait in a queue."""
    return Source("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue}, "Maximum")


def _throttled_calls(config: Config) -> Watch:
    """Of all tables: the log's lines say which requests met it, and AWS's own figures on the table say which it was."""
    figure = own(config, metrics.DYNAMO_THROTTLES)
    return Watch("dynamodb-throttles", "DynamoDB refused calls because there were too many.", figure, 0)


def _limits(config: Config) -> tuple[Watch, ...]:
    app = functions.app(config)
    nearly = _NEARLY * app.timeout_seconds * 1000
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
            _uploads(config),
            100 * _GIB,
            period=_DAY,
        ),
    )


def _uploads(config: Config) -> Formula:
    """Bytes in the bucket of uploads: those of the last 90 days, and those that went to the archive since."""
    bucket = names.bucket(config, "assets")
    classes = {"recent": "StandardStorage", "archived": "GlacierInstantRetrievalStorage"}
    # There is no figure for a class that holds nothing.
    return Formula(
        " + ".join(f"FILL({name}, 0)" for name in classes),
        {
            name: Source("AWS/S3", "BucketSizeBytes", {"BucketName": bucket, "StorageType": storage}, "Average")
            for name, storage in classes.items()
        },
    )


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
        *silent,
    )


def commands() -> tuple[str, ...]:
    """The commands that are scheduled, each once."""
    return tuple(dict.fromkeys(job.command.split()[0] for job in jobs.JOBS if job.watched))


def _named(command: str) -> str:
    return command.replace("_", "-")
