"""Roles that a service of AWS takes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from troposphere import Ref
from troposphere.iam import Policy, Role

from infra import names
from infra.stack import Stack
from infra.stacks import _reasons

Statement = dict[str, Any]
VERSION: Final = "2012-10-17"
# Services that say for which account they take on a role.
_SAY_ACCOUNT: Final = ("scheduler", "ssm")


def add_role(stack: Stack, title: str, concern: str, service: str, policies: Mapping[str, list[Statement]]) -> Role:
    """A role for `concern` that `service`, such as lambda, takes on, with policies by their names."""
    role = Role(
        title,
        RoleName=names.role(stack.config, concern),
        AssumeRolePolicyDocument=_trust(service),
        Policies=[
            Policy(PolicyName=name, PolicyDocument={"Version": VERSION, "Statement": statements})
            for name, statements in policies.items()
        ],
    )
    stack.add(role)
    _explain_stars(stack, role, [statement for listed in policies.values() for statement in listed])
    return role


def _trust(service: str) -> dict[str, Any]:
    taking: Statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    if service in _SAY_ACCOUNT:
        taking["Condition"] = {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}}
    return {"Version": VERSION, "Statement": [taking]}


def _explain_stars(stack: Stack, role: Role, statements: list[Statement]) -> None:
    resources = [resource for statement in statements for resource in statement["Resource"]]
    if any("*" in str(getattr(resource, "data", resource)) for resource in resources):
        stack.suppress(role, _reasons.STARS)
