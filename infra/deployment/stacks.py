"""How a stack stands in CloudFormation, and whether one can go on from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.deployment.aws import is_missing

# A deploy can go on from these, and other stacks can stand on them.
HEALTHY: Final = frozenset(
    ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")
)
# A change set was made for a stack that never came to be.
PLANNED: Final = "REVIEW_IN_PROGRESS"
# The first creation failed; nothing can be done with the stack but to remove it.
STILLBORN: Final = frozenset(("ROLLBACK_COMPLETE", "CREATE_FAILED"))


@dataclass(frozen=True, slots=True)
class Standing:
    """A stack as CloudFormation describes it."""

    name: str
    id: str
    status: str
    reason: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    protected: bool

    @property
    def is_healthy(self) -> bool:
        """Whether other stacks can stand on it."""
        return self.status in HEALTHY

    @property
    def is_moving(self) -> bool:
        """Whether CloudFormation is at work on it."""
        return self.status.endswith("_IN_PROGRESS") and self.status != PLANNED


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a stack: its name in the template, its type, its name or id in AWS, and its status."""

    title: str
    kind: str
    id: str
    status: str


def look(cloudformation: Any, name: str) -> Standing | None:
    """How the stack with this name or id stands; None where there is none, or no more."""
    try:
        found = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    if not found or found[0]["StackStatus"] == "DELETE_COMPLETE":
        return None
    return _standing(found[0])


def _standing(found: dict[str, Any]) -> Standing:
    return Standing(
        name=found["StackName"],
        id=found["StackId"],
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        outputs={one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])},
        parameters={one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", [])},
        protected=bool(found.get("EnableTerminationProtection")),
    )


def resources(cloudformation: Any, name: str) -> Iterator[Resource]:
    """The resources of a stack, in CloudFormation's order."""
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=name):
        for one in page["StackResourceSummaries"]:
            yield Resource(
                title=one["LogicalResourceId"],
                kind=one["ResourceType"],
                id=one.get("PhysicalResourceId", ""),
                status=one["ResourceStatus"],
            )


def unhealthy_sentence(standing: Standing, region: str) -> str:
    """Why nothing can be deployed on a stack, and what to do about it."""
    at = f"--stack-name {standing.name} --region {region}"
    remedies = {
        "UPDATE_ROLLBACK_FAILED": f"mend what it names and run `aws cloudformation continue-update-rollback {at}`",
        "ROLLBACK_FAILED": f"mend what it names, run `aws cloudformation delete-stack {at}`",
        "DELETE_FAILED": f"mend what it names and run `aws cloudformation delete-stack {at}` again",
        "UPDATE_FAILED": f"run `aws cloudformation rollback-stack {at}`",
    }
    remedy = remedies.get(standing.status, f"see `aws cloudformation describe-stack-events {at}`")
    why = f" ({' '.join(standing.reason.split())})" if standing.reason else ""
    return (
        f"The stack {standing.name} in {region} is {standing.status}{why}: {remedy}, then run the same command again."
    )
