"""The two functions as Lambda has them: code and settings, versions, and the alias that serves."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from infra import names
from infra.declared.functions import Function
from infra.deployment.aws import Aws, is_missing
from infra.deployment.telling import Trouble, listed, say
from infra.deployment.waiting import Clock, until
from infra.release import zappa_cli
from infra.release.packaging import Package
from infra.release.settings import Settings

LATEST: Final = "$LATEST"
VERSIONS_KEPT: Final = 5
# How the description of a version begins that a release has published.
_OURS: Final = "package "
_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Serving:
    """What the alias of a function points to."""

    version: str
    # The versions that get a part of the requests while a release is under way.
    others: tuple[str, ...] = ()


def configuration(aws: Aws, function: Function, qualifier: str = LATEST) -> dict[str, Any] | None:
    """What Lambda says of a version of a function; None where there is none."""
    try:
        found: dict[str, Any] = aws.client("lambda").get_function_configuration(
            FunctionName=function.name, Qualifier=qualifier
        )
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    return found


def differences(found: Mapping[str, Any], wanted: Settings, code: str) -> list[str]:
    """In what a version differs from the code and the settings that it should have."""
    pairs = {
        "code": (found.get("CodeSha256"), code),
        "variables": (found.get("Environment", {}).get("Variables", {}), wanted["aws_environment_variables"]),
        "time-out": (found["Timeout"], wanted["timeout_seconds"]),
        "memory": (found["MemorySize"], wanted["memory_size"]),
        "role": (found["Role"], wanted["role_arn"]),
        "handler": (found["Handler"], wanted["lambda_handler"]),
        "runtime": (found["Runtime"], wanted["runtime"]),
        "tracing": (
            found.get("TracingConfig", {}).get("Mode", "PassThrough"),
            "Active" if wanted["xray_tracing"] else "PassThrough",
        ),
    }
    return [name for name, (is_so, should_be) in pairs.items() if is_so != should_be]


def bring(aws: Aws, clock: Clock, function: Function, package: Package, place: str, wanted: Settings) -> str:
    """Gives a function the package and the settings, and publishes that as a version, which it answers.

    Nothing happens where the newest version is so already. Raises Trouble; what serves is not touched.
    """
    before = versions(aws, function)
    now = settled(aws, clock, function) if configuration(aws, function) is not None else None
    if now is None or differences(now, wanted, package.code):
        zappa_cli.upload(aws, function, place, is_new=now is None)
        now = settled(aws, clock, function)
        now = _with_these_variables(aws, clock, function, now, wanted)
    if wrong := differences(now, wanted, package.code):
        raise Trouble(
            f"Zappa says that {function.name} is deployed, but it has another {listed(wrong)} than it should."
        )
    return _published(aws, clock, function, package, before)


def settled(aws: Aws, clock: Clock, function: Function, qualifier: str = LATEST) -> dict[str, Any]:
    """What Lambda says of a version when it is at rest. Raises Trouble where it failed, or is not there."""

    def look() -> dict[str, Any] | None:
        found = configuration(aws, function, qualifier)
        if found is None:
            raise Trouble(f"{function.name} is not there, although Zappa says so; see zappa.log.")
        busy = found.get("State") == "Pending" or found.get("LastUpdateStatus") == "InProgress"
        return None if busy else found

    found = until(look, clock, _SECONDS)
    if found is None:
        raise Trouble(f"Lambda is at work on {function.name} for more than {_SECONDS} s. Run the same command again.")
    if found.get("State") == "Failed" or found.get("LastUpdateStatus") == "Failed":
        why = found.get("LastUpdateStatusReason") or found.get("StateReason") or "AWS gives no reason"
        raise Trouble(f"Lambda could not take {function.name}: {why}")
    return found


def _with_these_variables(
    aws: Aws, clock: Clock, function: Function, now: dict[str, Any], wanted: Settings
) -> dict[str, Any]:
    """Zappa keeps the variables that were there; ones that are not declared any more have to go."""
    if now.get("Environment", {}).get("Variables", {}) == wanted["aws_environment_variables"]:
        return now
    aws.client("lambda").update_function_configuration(
        FunctionName=function.name, Environment={"Variables": wanted["aws_environment_variables"]}
    )
    return settled(aws, clock, function)


def _published(aws: Aws, clock: Clock, function: Function, package: Package, before: list[int]) -> str:
    client = aws.client("lambda")
    made = client.publish_version(
        FunctionName=function.name, CodeSha256=package.code, Description=f"{_OURS}{package.mark}"
    )
    version = str(made["Version"])
    settled(aws, clock, function, version)
    if int(version) in before:
        return version
    say(f"  version {version} is published")
    # Zappa publishes one of its own, with the code of now and the settings of before.
    for stray, description in _described(aws, function).items():
        if stray not in before and not description.startswith(_OURS):
            client.delete_function(FunctionName=function.name, Qualifier=str(stray))
    return version


def versions(aws: Aws, function: Function) -> list[int]:
    """The numbers of a function's versions, oldest first; none where there is no function."""
    return sorted(_described(aws, function))


def _described(aws: Aws, function: Function) -> dict[int, str]:
    """The versions of a function, each with its description."""
    pages = aws.client("lambda").get_paginator("list_versions_by_function").paginate(FunctionName=function.name)
    try:
        found = [one for page in pages for one in page["Versions"] if one["Version"] != LATEST]
    except ClientError as error:
        if is_missing(error):
            return {}
        raise
    return {int(one["Version"]): one.get("Description", "") for one in found}


def serving(aws: Aws, function: Function) -> Serving | None:
    """What the alias points to; None where there is no alias yet."""
    try:
        found = aws.client("lambda").get_alias(FunctionName=function.name, Name=names.ALIAS)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    others = tuple((found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {})
    return Serving(found["FunctionVersion"], others)


def point(aws: Aws, function: Function, version: str) -> None:
    """Points the alias to a version, at once and for all requests."""
    client = aws.client("lambda")
    if serving(aws, function) is None:
        client.create_alias(FunctionName=function.name, Name=names.ALIAS, FunctionVersion=version)
    else:
        client.update_alias(
            FunctionName=function.name,
            Name=names.ALIAS,
            FunctionVersion=version,
            # What releases of long ago wrote here is in the history now.
            Description="",
            RoutingConfig={"AdditionalVersionWeights": {}},
        )


def prune(aws: Aws, function: Function, wanted: Set[str]) -> list[int]:
    """Removes old versions but for the newest ones, what serves, and those that are wanted; answers what went."""
    known = versions(aws, function)
    now = serving(aws, function)
    kept = {str(version) for version in known[-VERSIONS_KEPT:]} | wanted
    if now is not None:
        kept |= {now.version, *now.others}
    gone = [version for version in known if str(version) not in kept]
    for version in gone:
        aws.client("lambda").delete_function(FunctionName=function.name, Qualifier=str(version))
    return gone
