"""Remembers in which region an environment stands, so that it is not deployed a second time elsewhere."""

from __future__ import annotations

from typing import Final

from botocore.exceptions import ClientError

from infra import names
from infra.config import GLOBAL_REGION
from infra.deployment.aws import Aws, is_missing
from infra.deployment.telling import Trouble

_STACK: Final = "deployer"
_NAME: Final = "region"


def known(aws: Aws) -> str:
    """The region in which the environment stands; empty before the first deploy."""
    try:
        answer = aws.client("ssm", GLOBAL_REGION).get_parameter(Name=_place(aws))
    except ClientError as error:
        if is_missing(error):
            return ""
        raise
    return str(answer["Parameter"]["Value"])


def must_be(aws: Aws) -> None:
    """Raises Trouble where the environment stands in another region than the one that is configured."""
    config = aws.config
    found = known(aws)
    if found and found != config.region:
        raise Trouble(
            f"{config.prefix} stands in {found}, and region says {config.region}. Write region = {found!r} into "
            f"environments.toml; to move, destroy it there first."
        )


def remember(aws: Aws) -> None:
    """Notes where the environment stands."""
    if not known(aws):
        aws.client("ssm", GLOBAL_REGION).put_parameter(
            Name=_place(aws),
            Value=aws.config.region,
            Type="String",
            Description="The region of this environment, which the deployer compares with its configuration.",
        )


def forget(aws: Aws) -> None:
    """Forgets it, when nothing of the environment stands any more."""
    aws.client("ssm", GLOBAL_REGION).delete_parameters(Names=[_place(aws)])


def _place(aws: Aws) -> str:
    return names.parameter_name(aws.config, _STACK, _NAME)
