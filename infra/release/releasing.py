"""A release: stacks, package, both functions, and the alias that serves, in this order and each step tried first.

Until the alias moves, the old version serves whatever happens; when something is wrong after that, it moves back. Every
step looks at what is there, so that a release that was stopped goes on when it is started again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from infra import graph, names
from infra.config import Config, WrongConfig
from infra.declared import functions
from infra.declared.functions import Function
from infra.declared.variables import variables
from infra.deployment import deploying, home, parameters
from infra.deployment.aws import Aws, AwsError, sentence
from infra.deployment.deploying import Task
from infra.deployment.telling import Trouble, say
from infra.deployment.waiting import Clock
from infra.release import filling, lambdas, packaging, probing, settings, shifting, static_files
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
    """What came of a release: the address, and which version of each function serves."""

    address: str
    versions: Mapping[str, str]
    changed: bool


def release(plan: Plan) -> Released:
    """Does all of it. Raises Trouble, or what AWS raises, with the old version serving."""
    config = plan.aws.config
    _must_be_possible(plan.aws)
    home.must_be(plan.aws)
    if plan.stacks:
        with step("Deploying the stacks"):
            deploying.deploy(plan.task, graph.chosen(config, ()))
    published = parameters.published(plan.aws)
    surroundings = environment(plan.aws, published)
    filling.must_have_keys(plan.aws)
    package = packaging.checked(config, plan.package) if plan.package else packaging.build(config)
    say(f"The package is {package}.")
    # Before any new process starts, so that none begins without it.
    with step("Looking for a model"):
        filling.bring_model(plan.aws, plan.model, surroundings)
    versions = _upload(plan, package, published, surroundings)
    _bring_static_files(plan.aws, published)
    released = _serve(plan, versions, published)
    with step("Looking for a catalogue"):
        filling.begin_catalogue(plan.aws, names.jobs_function(config))
    _tidy(plan.aws)
    return released


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


def _bring_static_files(aws: Aws, published: Mapping[str, str]) -> None:
    if aws.config.hosting != "django":
        return
    with step("Uploading the static files"):
        # Collected again, because a package that is given was built at another time.
        if not (packaging.STATIC / "staticfiles.json").exists():
            raise Trouble("build/static is empty: run `make package`, which collects the static files.")
        count = static_files.upload(aws, published["frontend/site-bucket-name"], packaging.STATIC)
        say(f"  {count} new" if count else "  all there already")


def _serve(plan: Plan, versions: Mapping[str, str], published: Mapping[str, str]) -> Released:
    """Lets the new versions serve, and takes that back where the service does not work then."""
    aws, config = plan.aws, plan.aws.config
    pairs = [(one, versions[one.concern]) for one in functions.functions(config)]
    before = {one.concern: lambdas.serving(aws, one) for one, _ in pairs}
    changed = any(_version(before[one.concern]) != new for one, new in pairs)
    if not changed:
        say("These versions serve already; nothing is moved.")
    try:
        with step("Letting the new versions serve"):
            for one, new in pairs:
                shifting.shift(aws, plan.clock, one, new, published)
            if changed:
                _note_unmoved(aws, pairs, before)
            _mind_failures(aws, functions.jobs(config), published)
        with step("Asking the service"):
            probing.version(aws, functions.app(config), names.ALIAS, published["api/host"])
            address = probing.service(aws, plan.clock, published)
    except (Trouble, *AwsError) as error:
        raise Trouble(f"{_said(error)}\n{_taken_back(aws, pairs, before)}") from error
    return Released(address, dict(versions), changed)


def _note_unmoved(
    aws: Aws, pairs: list[tuple[Function, str]], before: Mapping[str, lambdas.Serving | None]
) -> None:
    """Notes of a function that stays as it is that the same version served before: the way back is of both together."""
    for one, new in pairs:
        if _version(before[one.concern]) == new:
            lambdas.note_before(aws, one, new, new)


def _version(serving: lambdas.Serving | None) -> str:
    return serving.version if serving else ""


def _said(error: Any) -> str:
    return str(error) if isinstance(error, Trouble) else sentence(error)


def _taken_back(aws: Aws, pairs: list[tuple[Function, str]], before: Mapping[str, lambdas.Serving | None]) -> str:
    """Points the aliases to where they pointed; answers what serves now."""
    told = []
    for one, _ in pairs:
        old = before[one.concern]
        if old is None:
            told.append(f"{one.name} served nothing before, so what is new stays, and the same command tries again.")
            continue
        now = lambdas.serving(aws, one)
        if now is not None and (now.version != old.version or now.others):
            lambdas.point(aws, one, old.version, old.before)
        told.append(f"{one.name}: version {old.version} serves, as before.")
    return "\n".join(told)


def _mind_failures(aws: Aws, jobs: Function, published: Mapping[str, str]) -> None:
    """Has Lambda keep the jobs that failed: schedules only hand them over, and hear nothing of how they end."""
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=jobs.name,
        Qualifier=names.ALIAS,
        MaximumRetryAttempts=_RETRIES,
        MaximumEventAgeInSeconds=_RETRY_SECONDS,
        DestinationConfig={"OnFailure": {"Destination": published["compute/dead-letter-queue-arn"]}},
    )


def _tidy(aws: Aws) -> None:
    for one in functions.functions(aws.config):
        if gone := lambdas.prune(aws, one):
            say(f"{one.name}: versions {', '.join(map(str, gone))} are removed.")


def ending(config: Config, released: Released) -> str:
    """What an operator wants to know at the end."""
    told = ", ".join(f"{concern} {version}" for concern, version in released.versions.items())
    return f"{released.address} answers; versions: {told}. To go back: make rollback ENV={config.env}"
