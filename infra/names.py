"""The names of what is deployed, and the ARNs that follow from them."""

from __future__ import annotations

from typing import Final

from troposphere import Sub

from infra.config import Config

ALIAS: Final = "live"


def stack_name(config: Config, stack: str) -> str:
    """The name of a stack in CloudFormation, such as movierec-dev-data."""
    return f"{config.prefix}-{stack}"


def parameter_name(config: Config, stack: str, name: str) -> str:
    """The SSM parameter under which a stack publishes a value, such as /movierec/dev/auth/user-pool-id."""
    return f"/{config.domain}/{config.env}/{stack}/{name}"


def app_function(config: Config) -> str:
    """The Lambda function that answers requests; Zappa makes it of the project and the stage."""
    return config.prefix


def jobs_function(config: Config) -> str:
    """The Lambda function that runs jobs: the same package with more time and memory."""
    return f"{config.prefix}-jobs"


def role(config: Config, concern: str) -> str:
    """The name of a role, such as movierec-dev-app; all concerns share one where `roles` says so."""
    if config.roles == "shared" and concern in ("app", "jobs", "rotation"):
        return f"{config.prefix}-function"
    return f"{config.prefix}-{concern}"


def bucket(config: Config, purpose: str) -> str:
    """The name of a bucket, such as movierec-dev-models."""
    return f"{config.prefix}-{purpose}"


def secret(config: Config, purpose: str) -> str:
    """The name of a secret, such as movierec/dev/tmdb."""
    return f"{config.domain}/{config.env}/{purpose}"


def queue(config: Config, purpose: str) -> str:
    """The name of a queue, such as movierec-dev-dead-letters."""
    return f"{config.prefix}-{purpose}"


def budget(config: Config) -> str:
    """The budget of the environment's account."""
    return f"{config.prefix}-monthly"


def log_group(function: str) -> str:
    """Where Lambda writes what a function prints."""
    return f"/aws/lambda/{function}"


def arn(service: str, resource: str, *, region: bool = True, account: bool = True) -> Sub:
    """An ARN in the stack's own partition, region and account."""
    where = "${AWS::Region}" if region else ""
    who = "${AWS::AccountId}" if account else ""
    return Sub(f"arn:${{AWS::Partition}}:{service}:{where}:{who}:{resource}")


def alias_arn(function: str) -> Sub:
    """The ARN of the version of a function that serves."""
    return arn("lambda", f"function:{function}:{ALIAS}")
