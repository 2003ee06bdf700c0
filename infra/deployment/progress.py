"""Follows what CloudFormation does to a stack, by the stack's events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from infra.deployment import stacks
from infra.deployment.stacks import Standing
from infra.deployment.telling import Trouble, event_line, kind_words, listed, reason_of, say
from infra.deployment.waiting import Clock, until

# A distribution or a certificate can take half an hour.
LIMIT_SECONDS: Final = 3600
_OF_ITSELF: Final = "AWS::CloudFormation::Stack"
# A resource that was stopped because another one failed.
_CANCELLED: Final = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")

# Where the reasons of a refusal are.
_ELSEWHERE: Final = "DescribeEvents"


class Follower:
    """Reads the events of a stack that come from now on. `stack` is its id, so that it is found when removed."""

    def __init__(self, cloudformation: Any, stack: str, tell: Callable[[str], None] = say) -> None:
        self._cloudformation = cloudformation
        self._stack = stack
        self._tell = tell
        self._told: set[tuple[str, str]] = set()
        self._newest = self._first_id()
        self.failures: list[dict[str, Any]] = []
        self.skipped: list[str] = []
        self._ended = False
        self._own_failure = ""

    def _first_id(self) -> str:
        events = self._cloudformation.describe_stack_events(StackName=self._stack)["StackEvents"]
        return str(events[0]["EventId"]) if events else ""

    def ended(self) -> bool:
        """Tells the new events; whether the last of them ended what CloudFormation did to the stack."""
        for event in self._new_events():
            self._take(event)
        return self._ended

    def _new_events(self) -> list[dict[str, Any]]:
        new: list[dict[str, Any]] = []
        for page in self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=self._stack):
            for event in page["StackEvents"]:
                if event["EventId"] == self._newest:
                    return self._noted(new)
                new.append(event)
        return self._noted(new)

    def _noted(self, new: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if new:
            self._newest = new[0]["EventId"]
        return new[::-1]

    def _take(self, event: dict[str, Any]) -> None:
        status = event["ResourceStatus"]
        said = (event["LogicalResourceId"], status)
        if said not in self._told:
            self._told.add(said)
            self._tell(event_line(event))
        if event["ResourceType"] == _OF_ITSELF and event.get("PhysicalResourceId") == event["StackId"]:
            self._ended = not status.endswith("_IN_PROGRESS")
            self._own_failure = reason_of(event) if status.endswith("_FAILED") else self._own_failure
        elif status.endswith("_FAILED") and not reason_of(event).startswith(_CANCELLED):
            self.failures.append(event)
        elif status == "DELETE_SKIPPED":
            self.skipped.append(f"{event.get('PhysicalResourceId')} ({kind_words(event['ResourceType'])})")

    def wait(self, clock: Clock, limit_seconds: float = LIMIT_SECONDS) -> Standing | None:
        """Follows to the end, and answers how the stack stands then; None where it is removed. Raises Trouble."""
        if not until(lambda: self.ended() or None, clock, limit_seconds):
            raise Trouble(
                f"CloudFormation is at work on {self._stack} for more than {limit_seconds / 60:.0f} minutes. "
                "It goes on by itself; the same command waits for it again."
            )
        return stacks.look(self._cloudformation, self._stack)

    def first_failure(self) -> str:
        """Which resource failed first, and why; empty where none did."""
        if not self.failures:
            return listed(self._refusals()) or self._own_failure
        first = self.failures[0]
        return f"{first['LogicalResourceId']} ({kind_words(first['ResourceType'])}): {reason_of(first)}"

    def _refusals(self) -> list[str]:
        """What CloudFormation found wrong before it began; the stack's events only say that there is something."""
        if _ELSEWHERE not in self._own_failure:
            return []
        answer = self._cloudformation.describe_events(StackName=self._stack, Filters={"FailedEvents": True})
        found = [one for one in answer["OperationEvents"] if one["EventType"] == "VALIDATION_ERROR"]
        return [f"{one['LogicalResourceId']} ({one['ValidationStatusReason'].rstrip('.')})" for one in found]


def settle(cloudformation: Any, standing: Standing, clock: Clock, limit_seconds: float = LIMIT_SECONDS) -> None:
    """Waits for what an earlier deploy, perhaps a killed one, has begun. Raises Trouble."""
    say(f"{standing.name} is still at work ({standing.status}); waiting for it.")
    follower = Follower(cloudformation, standing.id)

    def look() -> bool | None:
        follower.ended()
        now = stacks.look(cloudformation, standing.id)
        return None if now is not None and now.is_moving else True

    if not until(look, clock, limit_seconds):
        raise Trouble(
            f"{standing.name} is still {standing.status} after {limit_seconds / 60:.0f} minutes. "
            "CloudFormation goes on by itself; the same command waits for it again."
        )
