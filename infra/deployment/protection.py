"""Keeps people's data from a deploy: a stack policy in every environment, termination protection outside dev."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from infra.config import Config
from infra.deployment.changes import KEPT_TYPES, Change
from infra.deployment.stacks import Standing
from infra.deployment.telling import Trouble, kind_words, listed

_ALLOW: Final = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
_KEEP: Final = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": ["Update:Replace", "Update:Delete"],
    "Resource": "*",
    "Condition": {"StringEquals": {"ResourceType": list(KEPT_TYPES)}},
}


def has_data(template: Mapping[str, Any]) -> bool:
    """Whether a stack holds tables or a user pool."""
    return any(body["Type"] in KEPT_TYPES for body in template["Resources"].values())


def must_keep(changes: Iterable[Change], config: Config, stack: str) -> None:
    """Raises Trouble where a table or a pool would be replaced or leave its stack."""
    lost = [change for change in changes if change.loses]
    if not lost:
        return
    leave = [_thing(change) for change in lost if change.action == "Remove"]
    replaced = [_thing(change) for change in lost if change.action != "Remove"]
    sentences = [f"{listed(leave)} would leave it"] if leave else []
    sentences += [f"{listed(replaced)} would be replaced"] if replaced else []
    raise Trouble(
        f"{stack} is not touched: {'; '.join(sentences)}. Undo the change in the template; or back the data up and run "
        f"`python -m infra deploy --env {config.env} --let-go`."
    )


def _thing(change: Change) -> str:
    return f"{change.title} ({kind_words(change.kind)})"


def allow_all(cloudformation: Any, stack: str) -> None:
    """Lifts the stack policy, until `protect` sets it again."""
    cloudformation.set_stack_policy(StackName=stack, StackPolicyBody=json.dumps({"Statement": [_ALLOW]}))


def protect(cloudformation: Any, config: Config, standing: Standing) -> None:
    """Sets the stack policy of a stack with data, and its termination protection outside dev."""
    policy = json.dumps({"Statement": [_ALLOW, _KEEP]})
    cloudformation.set_stack_policy(StackName=standing.id, StackPolicyBody=policy)
    if config.env != "dev" and not standing.protected:
        cloudformation.update_termination_protection(StackName=standing.id, EnableTerminationProtection=True)
