"""What a deploy would change: CloudFormation's change sets, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from botocore.exceptions import ClientError

from infra.deployment.aws import is_missing
from infra.deployment.telling import Trouble, kind_words, listed
from infra.deployment.waiting import Clock, until

_LIMIT_SECONDS: Final = 300
_NOTHING: Final = ("didn't contain changes", "No updates are to be performed")
_LONGEST_VALUE: Final = 60
# What holds people's data: CloudFormation may not replace or remove it in passing.
KEPT_TYPES: Final = ("AWS::DynamoDB::Table", "AWS::Cognito::UserPool")
_GOES: Final = {
    "Delete": "is removed, with what is in it",
    "Retain": "leaves the stack and is kept in AWS",
    "Snapshot": "is removed after a snapshot",
}
_OLD_ONE: Final = {"ReplaceAndRetain": "the old one is kept", "ReplaceAndSnapshot": "a snapshot of the old one is kept"}


@dataclass(frozen=True, slots=True)
class Change:
    """One resource of a change set. `properties` are texts such as `MemorySize: 256 → 512`."""

    action: str
    title: str
    kind: str
    properties: tuple[str, ...] = ()
    replaces: str = "False"
    fate: str = ""

    @property
    def loses(self) -> bool:
        """Whether something that holds data would be replaced, or would leave its stack."""
        return self.kind in KEPT_TYPES and (self.action == "Remove" or self.replaces == "True")

    def __str__(self) -> str:
        thing = f"{self.title} ({kind_words(self.kind)})"
        if self.action == "Add":
            return f"  + {thing} is new"
        if self.action == "Import":
            return f"  + {thing} exists already and is taken in"
        if self.action == "Remove":
            return f"  - {thing} {_GOES.get(self.fate, _GOES['Delete'])}"
        what = listed(self.properties) or "its details"
        if self.replaces == "True":
            return f"  ! {thing} is REPLACED, because of {what}; {_OLD_ONE.get(self.fate, 'the old one is removed')}"
        perhaps = "; it may be replaced" if self.replaces == "Conditional" else ""
        return f"  ~ {thing} changes: {what}{perhaps}"


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes that CloudFormation has worked out and waits to make."""

    id: str
    stack_id: str
    changes: tuple[Change, ...]


@contextmanager
def prepared(cloudformation: Any, clock: Clock, *, is_new: bool, **request: Any) -> Iterator[ChangeSet | None]:
    """A change set of a stack, None where nothing would change; what was not executed is gone after the block.

    `request` is what CreateChangeSet takes: StackName, the template, Parameters, Tags. Raises Trouble where
    CloudFormation cannot work it out.
    """
    made = cloudformation.create_change_set(
        **request,
        ChangeSetName=f"infra-{uuid4().hex}",
        ChangeSetType="CREATE" if is_new else "UPDATE",
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    try:
        yield _worked_out(cloudformation, clock, made["Id"], request["StackName"])
    finally:
        _remove(cloudformation, made, is_new=is_new)


def _worked_out(cloudformation: Any, clock: Clock, identity: str, stack: str) -> ChangeSet | None:
    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = cloudformation.describe_change_set(ChangeSetName=identity, IncludePropertyValues=True)
        return None if found["Status"].endswith(("PENDING", "IN_PROGRESS")) else found

    found = until(look, clock, _LIMIT_SECONDS)
    if found is None:
        raise Trouble(f"CloudFormation does not work out the changes of {stack}. Run the same command again later.")
    if found["Status"] == "FAILED":
        reason = " ".join(found.get("StatusReason", "AWS gives no reason").split())
        if any(words in reason for words in _NOTHING):
            return None
        raise Trouble(f"CloudFormation refuses the template or the parameters of {stack}: {reason}")
    return ChangeSet(identity, found["StackId"], tuple(_all_changes(cloudformation, found, identity)))


def _all_changes(cloudformation: Any, page: dict[str, Any], identity: str) -> Iterator[Change]:
    while True:
        yield from (_change(one["ResourceChange"]) for one in page["Changes"] if "ResourceChange" in one)
        if "NextToken" not in page:
            return
        page = cloudformation.describe_change_set(
            ChangeSetName=identity, IncludePropertyValues=True, NextToken=page["NextToken"]
        )


def _change(body: dict[str, Any]) -> Change:
    targets = [detail["Target"] for detail in body.get("Details", [])]
    return Change(
        action=body["Action"],
        title=body["LogicalResourceId"],
        kind=body["ResourceType"],
        properties=tuple(dict.fromkeys(_property(target) for target in targets)),
        replaces=body.get("Replacement", "False"),
        fate=body.get("PolicyAction", ""),
    )


def _property(target: dict[str, Any]) -> str:
    name = str(target.get("Name") or target["Attribute"])
    old, new = target.get("BeforeValue"), target.get("AfterValue")
    if old is None or new is None or max(len(old), len(new)) > _LONGEST_VALUE:
        return name
    return f"{name}: {old} → {new}"


def _remove(cloudformation: Any, made: dict[str, Any], *, is_new: bool) -> None:
    """Removes a change set that was not executed, and with it the plan of a new stack."""
    try:
        status = cloudformation.describe_change_set(ChangeSetName=made["Id"])["ExecutionStatus"]
    except ClientError as error:
        if is_missing(error):  # it was executed, or the stack is gone
            return
        raise
    if status not in ("AVAILABLE", "UNAVAILABLE"):
        return
    if is_new:
        cloudformation.delete_stack(StackName=made["StackId"])
    else:
        cloudformation.delete_change_set(ChangeSetName=made["Id"])


def of_new_stack(template: dict[str, Any]) -> tuple[Change, ...]:
    """What a stack that does not stand yet would make."""
    return tuple(Change("Add", title, body["Type"]) for title, body in sorted(template["Resources"].items()))
