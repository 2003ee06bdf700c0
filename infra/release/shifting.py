"""Moves the alias of a function from one version to another: at once, or in steps that CodeDeploy watches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Any, Final

from infra import names
from infra.declared.functions import Function
from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble, say
from infra.deployment.waiting import Clock, until
from infra.release import lambdas

# Less than a release keeps others away for.
_SECONDS: Final = 1500
_UNDER_WAY: Final = ("Created", "Queued", "InProgress", "Baking", "Ready")
_ENDS: Final = ("Succeeded", "Failed", "Stopped")


def shift(aws: Aws, clock: Clock, function: Function, version: str, published: Mapping[str, str]) -> str:
    """Lets a version serve; answers which one did before, or nothing. Raises Trouble where it was taken back."""
    before = lambdas.serving(aws, function)
    if before is not None and before.others:
        _finish_earlier(aws, clock, published)
        before = lambdas.serving(aws, function)
    if before is not None and before.version == version and not before.others:
        return before.version
    old = before.version if before else ""
    if old and _in_steps(aws, function, published):
        _by_codedeploy(aws, clock, function, (old, version), published)
    else:
        lambdas.point(aws, function, version)
    say(f"{function.name}: version {version} serves{f' in place of {old}' if old else ''}.")
    return old


def _in_steps(aws: Aws, function: Function, published: Mapping[str, str]) -> bool:
    if not aws.config.is_on("canary") or function.concern != "app":
        return False
    if aws.is_local:
        say("The embedded AWS has no CodeDeploy, so the version serves all requests at once.")
        return False
    if "compute/release-group" not in published:
        raise Trouble("The stack compute has no deployment group yet: deploy it with canary = on first.")
    return True


def _by_codedeploy(
    aws: Aws, clock: Clock, function: Function, versions: tuple[str, str], published: Mapping[str, str]
) -> None:
    content = json.dumps(app_spec(function.name, *versions))
    made = aws.client("codedeploy").create_deployment(
        applicationName=published["compute/release-application"],
        deploymentGroupName=published["compute/release-group"],
        revision={
            "revisionType": "AppSpecContent",
            "appSpecContent": {"content": content, "sha256": sha256(content.encode()).hexdigest()},
        },
        description=f"{function.name}: version {versions[0]} to {versions[1]}",
    )
    _follow(aws, clock, made["deploymentId"], function.name)


def app_spec(function: str, old: str, new: str) -> dict[str, Any]:
    """What CodeDeploy is told: which alias of which function goes from which version to which."""
    properties = {"Name": function, "Alias": names.ALIAS, "CurrentVersion": old, "TargetVersion": new}
    return {"version": 0.0, "Resources": [{"app": {"Type": "AWS::Lambda::Function", "Properties": properties}}]}


def _finish_earlier(aws: Aws, clock: Clock, published: Mapping[str, str]) -> None:
    """Follows a deployment that an earlier release, perhaps a killed one, has begun."""
    for deployment in _under_way(aws, published):
        say(f"An earlier release is still under way ({deployment}); waiting for it.")
        _follow(aws, clock, deployment, names.app_function(aws.config))


def halt(aws: Aws, clock: Clock, published: Mapping[str, str]) -> None:
    """Stops what CodeDeploy has begun, which would move the alias again after it was moved back. Raises Trouble."""
    for deployment in _under_way(aws, published):
        aws.client("codedeploy").stop_deployment(deploymentId=deployment, autoRollbackEnabled=False)
        if until(partial(_ended, aws, deployment), clock, _SECONDS) is None:
            raise Trouble(f"CodeDeploy does not stop {deployment}; look at it there.")


def _ended(aws: Aws, deployment: str) -> bool | None:
    found = aws.client("codedeploy").get_deployment(deploymentId=deployment)["deploymentInfo"]
    return True if found["status"] in _ENDS else None


def _under_way(aws: Aws, published: Mapping[str, str]) -> list[str]:
    if aws.is_local or "compute/release-group" not in published:
        return []
    found = aws.client("codedeploy").list_deployments(
        applicationName=published["compute/release-application"],
        deploymentGroupName=published["compute/release-group"],
        includeOnlyStatuses=list(_UNDER_WAY),
    )
    return list(found["deployments"])


def _follow(aws: Aws, clock: Clock, deployment: str, function: str) -> None:
    """Tells how a deployment goes, to its end. Raises Trouble where the old version serves again."""
    client = aws.client("codedeploy")
    told: set[str] = set()

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get_deployment(deploymentId=deployment)["deploymentInfo"]
        if found["status"] not in told:
            told.add(found["status"])
            say(f"  CodeDeploy {deployment}: {found['status']}")
        return found if found["status"] in _ENDS else None

    found = until(look, clock, _SECONDS)
    if found is None:
        raise Trouble(
            f"CodeDeploy is at work on {deployment} for more than {_SECONDS // 60} minutes; look at it there."
        )
    if found["status"] != "Succeeded":
        why = " ".join(
            found.get("errorInformation", {}).get("message", "an alarm went off, or somebody stopped it").split()
        )
        raise Trouble(f"CodeDeploy took the new version of {function} back: {why}. The old version serves.")
