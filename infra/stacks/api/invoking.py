"""How a gateway reaches the application: the version that serves, by a role that may call nothing else."""

from __future__ import annotations

from typing import Final

from troposphere import Sub

from infra import names
from infra.stack import Stack, Value

# What access tokens of the pool carry and ID tokens do not: a gateway that asks for it takes access tokens only.
SCOPES: Final = ["aws.cognito.signin.user.admin"]


def uri(stack: Stack) -> Sub:
    """The address by which API Gateway calls the function's alias."""
    alias = f"function:{names.app_function(stack.config)}:{names.ALIAS}"
    function = f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:{alias}"
    return Sub(
        f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{function}/invocations"
    )


def role(stack: Stack) -> Value:
    """The role that a gateway takes on for it."""
    return stack.read("compute", "api-invoke-role-arn")
