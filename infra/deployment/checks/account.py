"""Credentials, clock, region and quotas of the account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from botocore.exceptions import ClientError

from infra.config import GLOBAL_REGION
from infra.deployment import home
from infra.deployment.aws import AwsError, code_of, sentence
from infra.deployment.checks.finding import Finding, Patient, Verdict
from infra.deployment.telling import Trouble

# AWS refuses signatures that are off by five minutes.
_WORST_SKEW_SECONDS: Final = 300
_BAD_SKEW_SECONDS: Final = 30
# New accounts may run ten requests at once, which one busy page uses up.
_FEW_AT_ONCE: Final = 50
_STACKS: Final = 15


def credentials(patient: Patient) -> Iterator[Finding]:
    """Who we are at AWS, and whether this machine's clock is right."""
    try:
        answer = patient.aws.client("sts").get_caller_identity()
    except AwsError as error:
        yield Finding("credentials", Verdict.WRONG, sentence(error))
        return
    except Trouble as trouble:
        yield Finding("credentials", Verdict.WRONG, str(trouble))
        return
    who = f"{answer['Arn']} in the account {answer['Account']}"
    yield Finding("credentials", Verdict.OK, f"These are the credentials of {who}.")
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    if date:
        yield skew(parsedate_to_datetime(date), datetime.now(UTC))


def skew(there: datetime, here: datetime) -> Finding:
    """Whether the clocks of AWS and of this machine agree."""
    seconds = abs((there - here).total_seconds())
    if seconds < _BAD_SKEW_SECONDS:
        return Finding("clock", Verdict.OK, "This machine's clock is that of AWS.")
    verdict = Verdict.WRONG if seconds >= _WORST_SKEW_SECONDS else Verdict.WARNING
    return Finding(
        "clock", verdict, f"This machine's clock is off by {seconds:.0f} seconds.", "Set it by a time server (NTP)."
    )


def region(patient: Patient) -> Iterator[Finding]:
    """Whether the regions are enabled for the account, and whether the environment is where it says it is."""
    config = patient.aws.config
    for name in dict.fromkeys((config.region, GLOBAL_REGION, config.second_region)):
        yield _enabled(patient, name)
    place = home.known(patient.aws)
    if place and place != config.region:
        yield Finding(
            "region",
            Verdict.WRONG,
            f"{config.prefix} stands in {place}, and region says {config.region}.",
            f'Write region = "{place}" into environments.toml.',
        )


def _enabled(patient: Patient, name: str) -> Finding:
    try:
        patient.aws.client("sts", name).get_caller_identity()
    except ClientError as error:
        if code_of(error) not in ("InvalidClientTokenId", "UnrecognizedClientException"):
            raise
        remedy = "Enable it in the account's settings, or write another region into environments.toml."
        return Finding("region", Verdict.WRONG, f"{name} is not enabled for this account.", remedy)
    except Trouble as trouble:
        return Finding("region", Verdict.WRONG, str(trouble))
    return Finding("region", Verdict.OK, f"{name} can be used.")


def quotas(patient: Patient) -> Iterator[Finding]:
    """How many requests may run at once, and whether there is room for the stacks."""
    limits = patient.aws.client("lambda").get_account_settings()["AccountLimit"]
    at_once = int(limits["ConcurrentExecutions"])
    if at_once < _FEW_AT_ONCE:
        remedy = "Ask for 1,000 in the console: Service Quotas, AWS Lambda, Concurrent executions."
        yield Finding("quotas", Verdict.WARNING, f"Lambda may run only {at_once} requests at once.", remedy)
    else:
        yield Finding("quotas", Verdict.OK, f"Lambda may run {at_once} requests at once.")
    yield from _room_for_stacks(patient)


def _room_for_stacks(patient: Patient) -> Iterator[Finding]:
    cloudformation = patient.aws.client("cloudformation")
    limits = {one["Name"]: one["Value"] for one in cloudformation.describe_account_limits()["AccountLimits"]}
    if "StackLimit" not in limits:
        return
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    there = sum(len(page["Stacks"]) for page in pages)
    left = int(limits["StackLimit"]) - there
    if left < _STACKS:
        remedy = "Ask for more in the console: Service Quotas, AWS CloudFormation, Stack count."
        yield Finding("quotas", Verdict.WARNING, f"CloudFormation has room for {left} more stacks.", remedy)
    else:
        yield Finding("quotas", Verdict.OK, f"CloudFormation has room for {left} more stacks.")
