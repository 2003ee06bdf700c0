"""A release: stacks, package, both functions, and the alias that serves, in this order and each step tried first.

Until the alias moves, the old version serves whatever happens; when something is wrong after that, both functions go
back to the last pair that was asked, which the history names. Every step looks at what is there, so that a release that
was stopped goes on when it is started again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from infra import graph, names
from infra.config import Config, WrongConfig
from infra.declared import functions
from infra.declared.functions import Function
from infra.declared.variables import variables
from infra.deployment import deploying, home, parameters, templates
from infra.deployment.aws import Aws, AwsError
from infra.deployment.deploying import Task
from infra.deployment.telling import Trouble, say
from infra.deployment.waiting import Clock
from infra.release import aliases, filling, gate, history, lambdas, packaging, probing, settings, shifting, static_files
from infra.release.history import History, Pair
from infra.release.packaging import Package
from infra.release.steps import step

_RETRIES: Final = 2
_RETRY_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Plan:
    """What a release is to do. `package` is one that is built already; `stacks` says whether to deploy those first.

    `task` is how the stacks are deployed. `model` is a folder with a model to publish.
    """

    task: Task
    stacks: bool = True
    package: Path | None = None
    model: Path | None = None
    clock: Clock = field(default_factory=Clock)

    @property
    def aws(self) -> Aws:
        """The door to AWS."""
        return self.task.aws


@dataclass(frozen=True, slots=True)
class Released:
    """What came of a release: the address, which version of each function serves, and whether one did before."""

    address: str
    versions: Mapping[str, str]
    changed: bool
    has_way_back: bool


def release(plan: Plan) -> Released:
    """Does all of it. Raises Trouble, or what AWS raises, with the old version serving."""
    config = plan.aws.config
    _must_be_possible(plan.aws)
    if plan.package is None:
        gate.must_be_like_lambda()
    home.must_be(plan.aws)
    if plan.stacks:
        with step("Deploying the stacks"):
            deploying.deploy(plan.task, graph.chosen(config, ()))
    published = parameters.published(plan.aws)
    surroundings = environment(plan.aws, published)
    templates.must_have_bucket(plan.aws)
    with history.held(plan.aws, "release") as known:
        aliases.adopt(plan.aws, known)
        package, versions = _brought(plan, published, surroundings)
        released = _serve(plan, known, Pair(versions["app"], versions["jobs"], package.mark), published)
        _finish(plan.aws, known)
    return released


def _brought(
    plan: Plan, published: Mapping[str, str], surroundings: Mapping[str, str]
) -> tuple[Package, dict[str, str]]:
    """All that comes before the aliases move; answers the package and the versions."""
    config = plan.aws.config
    filling.must_have_keys(plan.aws)
    package = packaging.checked(config, plan.package) if plan.package else packaging.build(config)
    say(f"The package is {package}.")
    # Before any new process starts, so that none begins without it.
    with step("Looking for a model"):
        filling.bring_model(plan.aws, plan.model, surroundings)
    versions = _upload(plan, package, published, surroundings)
    _bring_static_files(plan.aws, package, published)
    return package, versions


def _must_be_possible(aws: Aws) -> None:
    if aws.is_local and aws.config.env != "dev":
        raise WrongConfig(
            f"{aws.config.env} refuses an AWS that is not AWS's, as DEBUG is off in it. Use --env dev there."
        )


def environment(aws: Aws, published: Mapping[str, str]) -> dict[str, str]:
    """The variables of the functions. Raises Trouble where a stack has not published what is needed."""
    try:
        found = variables(aws.config, published)
    except KeyError as error:
        stack = str(error.args[0]).split("/", maxsplit=1)[0]
        raise Trouble(
            f"{error.args[0]} is not published: deploy the stack {stack} first, "
            f"by `python -m infra deploy --env {aws.config.env} --stack {stack}`."
        ) from error
    # The embedded AWS hands its own surroundings on to functions; and its address is refused with DEBUG off.
    here = {"DEBUG": "on", "LOG_LEVEL": "INFO", "STATE_DIR": "/tmp/movierec"} if aws.is_local else {}  # noqa: S108
    return found | here


def _upload(
    plan: Plan, package: Package, published: Mapping[str, str], surroundings: Mapping[str, str]
) -> dict[str, str]:
    """Brings the package to both functions, publishes their versions, and asks each before anybody else does."""
    aws, config = plan.aws, plan.aws.config
    roles = {"app": published["compute/app-role-arn"], "jobs": published["compute/jobs-role-arn"]}
    settings.written(config, roles, surroundings)
    with step("Uploading the package"):
        place = _stored(aws, package)
    versions = {}
    for one in functions.functions(config):
        with step(f"Bringing {one.name}"):
            wanted = settings.of_function(config, one, roles, surroundings)
            versions[one.concern] = lambdas.bring(aws, plan.clock, one, package, place, wanted)
    with step("Asking the new versions"):
        probing.version(aws, functions.app(config), versions["app"], published["api/host"])
        probing.jobs_version(aws, functions.jobs(config), versions["jobs"])
    return versions


def _stored(aws: Aws, package: Package) -> str:
    """The package in the deployment bucket, under a name for its content."""
    bucket, key = names.bucket(aws.config, "deployment"), f"packages/{package.mark}.zip"
    s3 = aws.client("s3")
    found = s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", [])
    if not any(one["Key"] == key and one["Size"] == package.packed for one in found):
        s3.put_object(Bucket=bucket, Key=key, Body=package.path.read_bytes(), ContentType="application/zip")
    return f"s3://{bucket}/{key}"


def _bring_static_files(aws: Aws, package: Package, published: Mapping[str, str]) -> None:
    if aws.config.hosting != "django":
        return
    with step("Uploading the static files"):
        count = static_files.upload(aws, published["frontend/site-bucket-name"], packaging.STATIC, package.linked)
        say(f"  {count} new" if count else "  all there already")


def _serve(plan: Plan, known: History, new: Pair, published: Mapping[str, str]) -> Released:
    """Lets the new versions serve, and takes that back where the service does not work then, or this is stopped."""
    aws, config = plan.aws, plan.aws.config
    changed = not aliases.are_at(aws, new)
    if not changed:
        say("These versions serve already; nothing is moved.")
    known.write(known.record.beginning(new))
    try:
        with step("Letting the new versions serve"):
            for one in functions.functions(config):
                shifting.shift(aws, plan.clock, one, new.version(one.concern), published)
            _mind_failures(aws, functions.jobs(config), published)
        with step("Asking the service"):
            probing.version(aws, functions.app(config), names.ALIAS, published["api/host"])
            address = probing.service(aws, plan.clock, published)
        known.write(known.record.released(new))
    except BaseException as error:
        told = _taken_back(plan, known, published)
        if isinstance(error, (Trouble, *AwsError)):
            raise Trouble(f"{aliases.said(error)}\n{told}") from error
        say(told)
        raise
    return Released(address, {"app": new.app, "jobs": new.jobs}, changed, known.record.earlier is not None)


def _taken_back(plan: Plan, known: History, published: Mapping[str, str]) -> str:
    """Has the last pair that was asked serve again; answers what serves now."""
    aws, good = plan.aws, known.record.good
    if not known.is_ours:
        return f"What serves is left as it is.\n{aliases.told(aws)}"
    if good is None:
        why = "Nothing that was asked served before, so what is new stays, and the same command tries again."
        return f"{why}\n{aliases.told(aws)}"
    complete, told = aliases.move(aws, plan.clock, good, published)
    if not complete:
        return (
            f"{told}\nRun make rollback ENV={aws.config.env}, which sees to it that {good} serves, as before this "
            "release; or the same command again."
        )
    try:
        known.write(known.record.given_up())
    except (Trouble, *AwsError) as error:
        return f"{told}\nThat could not be noted: {aliases.said(error)}"
    return f"{told}\nThat is what served before."


def _finish(aws: Aws, known: History) -> None:
    """What a release does when the new versions serve. Raises Trouble that says that they do."""
    try:
        with step("Looking for a catalogue"):
            filling.begin_catalogue(aws, names.jobs_function(aws.config))
        _tidy(aws, known)
    except BaseException as error:
        told = f"The release itself is done: {known.record.good} serves, and was asked."
        if isinstance(error, (Trouble, *AwsError)):
            raise Trouble(f"{aliases.said(error)}\n{told} Run the same command again for the rest.") from error
        say(told)
        raise


def _mind_failures(aws: Aws, jobs: Function, published: Mapping[str, str]) -> None:
    """Has Lambda keep the jobs that failed: schedules only hand them over, and hear nothing of how they end."""
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=jobs.name,
        Qualifier=names.ALIAS,
        MaximumRetryAttempts=_RETRIES,
        MaximumEventAgeInSeconds=_RETRY_SECONDS,
        DestinationConfig={"OnFailure": {"Destination": published["compute/dead-letter-queue-arn"]}},
    )


def _tidy(aws: Aws, known: History) -> None:
    for one in functions.functions(aws.config):
        if gone := lambdas.prune(aws, one, history.known_versions(known.record, one.concern)):
            say(f"{one.name}: versions {', '.join(map(str, gone))} are removed.")


def ending(config: Config, released: Released) -> str:
    """What an operator wants to know at the end."""
    told = ", ".join(f"{concern} {version}" for concern, version in released.versions.items())
    back = f" To go back: make rollback ENV={config.env}" if released.has_way_back else ""
    return f"{released.address} answers; versions: {told}.{back}"
