"""Removes stacks in the reverse order of their deployment, and nothing that holds data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from infra import graph, names
from infra.declared import functions
from infra.deployment import home, parameters, stacks
from infra.deployment.aws import Aws, is_missing
from infra.deployment.progress import Follower, settle
from infra.deployment.stacks import Resource, Standing
from infra.deployment.telling import Trouble, kind_words, listed, say
from infra.deployment.waiting import Clock
from infra.graph import Part

_TABLE: Final = "AWS::DynamoDB::Table"
_POOL: Final = "AWS::Cognito::UserPool"
_BUCKET: Final = "AWS::S3::Bucket"
# Buckets whose content a deploy makes again.
_DERIVED: Final = ("deployment", "site")
# The stack with the roles of the functions, which are of no stack themselves and of no use without it.
_OF_FUNCTIONS: Final = "compute"


@dataclass(frozen=True, slots=True)
class Doomed:
    """A stack that is to be removed, with what it holds."""

    part: Part
    region: str
    standing: Standing
    resources: tuple[Resource, ...]


def found(aws: Aws, parts: tuple[Part, ...]) -> list[Doomed]:
    """The stacks that stand, the last to be deployed first."""
    standing = []
    for part in reversed(parts):
        region = part.region(aws.config)
        cloudformation = aws.client("cloudformation", region)
        stack = stacks.look(cloudformation, names.stack_name(aws.config, part.name))
        if stack is not None:
            standing.append(Doomed(part, region, stack, tuple(stacks.resources(cloudformation, stack.id))))
    return standing


def lost_functions(aws: Aws, parts: tuple[Part, ...]) -> list[str]:
    """The names of the functions that are there and go with these stacks."""
    if _OF_FUNCTIONS not in [part.name for part in parts]:
        return []
    return [one.name for one in functions.functions(aws.config) if _is_function(aws, one.name)]


def _is_function(aws: Aws, name: str) -> bool:
    try:
        aws.client("lambda").get_function_configuration(FunctionName=name)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def objections(aws: Aws, doomed: list[Doomed], *, empty_buckets: bool) -> list[str]:
    """Why these stacks may not be removed, one sentence each."""
    going = {one.part.name for one in doomed}
    sentences = [sentence for one in doomed for sentence in _protected(aws, one, empty_buckets=empty_buckets)]
    for other in found(aws, graph.PARTS):
        if other.part.name not in going and (held := [need for need in other.part.needs if need in going]):
            sentences.append(f"{other.standing.name} stands on {listed(held)}; name it with --stack as well.")
    return sentences


def without_data(doomed: list[Doomed]) -> list[str]:
    """The names of the stacks that hold no tables and no pool, and on which no stack that does stands."""
    staying: set[str] = set()
    for one in doomed:  # whoever leans on a stack comes before it
        if _kept_kinds(one) or one.part.name in staying:
            staying |= {one.part.name, *one.part.needs}
    return [one.part.name for one in doomed if one.part.name not in staying]


def _kept_kinds(doomed: Doomed) -> list[Resource]:
    return [one for one in doomed.resources if one.kind in (_TABLE, _POOL) and one.status != "DELETE_COMPLETE"]


def _protected(aws: Aws, doomed: Doomed, *, empty_buckets: bool) -> Iterator[str]:
    name = doomed.standing.name
    if doomed.standing.protected:
        yield (
            f"{name} has termination protection; to lift it: `aws cloudformation update-termination-protection "
            f"--no-enable-termination-protection --stack-name {name} --region {doomed.region}`."
        )
    for one in _kept_kinds(doomed):
        yield f"{name} holds {one.id} ({kind_words(one.kind)}), which is never removed from here."
    for one in doomed.resources:
        if one.kind == _BUCKET and one.id and _has_content(aws, doomed.region, one.id):
            if not _is_derived(aws, one.id):
                yield f"{name} holds the bucket {one.id}, which is not empty; empty it by hand if nobody needs it."
            elif not empty_buckets:
                yield f"{name} holds the bucket {one.id} with files that a deploy makes again; add --empty-buckets."


def _is_derived(aws: Aws, bucket: str) -> bool:
    return bucket in [names.bucket(aws.config, purpose) for purpose in _DERIVED]


def _has_content(aws: Aws, region: str, bucket: str) -> bool:
    try:
        page = aws.client("s3", region).list_object_versions(Bucket=bucket, MaxKeys=1)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return bool(page.get("Versions") or page.get("DeleteMarkers"))


def destroy(aws: Aws, doomed: list[Doomed], lost: list[str], clock: Clock) -> list[str]:
    """Removes the stacks and the `lost` functions; answers what CloudFormation kept.

    The functions go before the stack with their roles and behind those that call them. Raises Trouble where a stack
    cannot be removed.
    """
    kept: list[str] = []
    for one in doomed:
        if one.part.name == _OF_FUNCTIONS:
            _remove_functions(aws, lost)
        for resource in one.resources:
            if (
                resource.kind == _BUCKET
                and _is_derived(aws, resource.id)
                and _has_content(aws, one.region, resource.id)
            ):
                empty(aws, one.region, resource.id)
        kept += _remove(aws, one, clock)
        parameters.forget_copies(aws, one.part.name, one.region)
    if _OF_FUNCTIONS not in [one.part.name for one in doomed]:
        _remove_functions(aws, lost)
    if not found(aws, graph.PARTS):
        home.forget(aws)
    return kept


def _remove_functions(aws: Aws, lost: list[str]) -> None:
    for name in lost:
        try:
            aws.client("lambda").delete_function(FunctionName=name)
        except ClientError as error:
            if not is_missing(error):
                raise
        say(f"The function {name} is removed, with all its versions.")


def _remove(aws: Aws, doomed: Doomed, clock: Clock) -> list[str]:
    cloudformation = aws.client("cloudformation", doomed.region)
    if doomed.standing.is_moving:
        settle(cloudformation, doomed.standing, clock)
    say(f"{doomed.standing.name} in {doomed.region} is being removed:")
    follower = Follower(cloudformation, doomed.standing.id)
    cloudformation.delete_stack(StackName=doomed.standing.id)
    after = follower.wait(clock)
    if after is not None:
        raise Trouble(
            f"{after.name} could not be removed. First was {follower.first_failure() or after.reason}. "
            "Mend it and run the same command again."
        )
    return follower.skipped


def empty(aws: Aws, region: str, bucket: str) -> None:
    """Removes all versions of all objects of a bucket."""
    s3: Any = aws.client("s3", region)
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        objects = [
            {"Key": one["Key"], "VersionId": one["VersionId"]}
            for one in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        ]
        if objects:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    say(f"The bucket {bucket} is emptied.")
