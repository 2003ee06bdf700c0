"""Runs the checks of `doctor`, those that need AWS only where AWS knows us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from infra.deployment.aws import AwsError, sentence
from infra.deployment.checks import account, functions, origin_key, outside, package, standing, taken
from infra.deployment.checks.finding import Check, Finding, Patient, Verdict
from infra.deployment.telling import Trouble

# By what they are called when they cannot be done.
_ON_AWS: Final[dict[str, Check]] = {
    "region": account.region,
    "quotas": account.quotas,
    "bucket names": taken.buckets,
    "tables": taken.tables,
    "stacks": standing.health,
    "functions": functions.serving,
    "hosted zone": outside.zone,
    "certificates": outside.certificates,
    "mail": outside.mail,
    "codes": outside.pool_mail,
    "alarms": outside.alarms,
    "TMDB key": outside.tmdb_key,
    "signing key": outside.signing_key,
    "origin key": origin_key.same,
    "drift": standing.drift,
}


def examine(patient: Patient) -> Iterator[Finding]:
    """All findings, as they are found: whether AWS knows us first."""
    who = list(account.credentials(patient))
    yield from who
    known = who[0].verdict is Verdict.OK
    for name, check in _ON_AWS.items():
        if known:
            yield from _looked(patient, name, check)
        else:
            yield Finding(name, Verdict.UNSEEN, "It needs credentials.")
    yield from package.zappa_settings(patient)
    yield from package.package(patient)


def _looked(patient: Patient, name: str, check: Check) -> Iterator[Finding]:
    try:
        yield from check(patient)
    except AwsError as error:
        yield Finding(name, Verdict.UNSEEN, sentence(error))
    except Trouble as trouble:
        yield Finding(name, Verdict.UNSEEN, str(trouble))
