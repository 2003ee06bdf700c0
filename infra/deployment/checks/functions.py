"""The two functions, which are of no stack: whether they are there, and whether a version of each serves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from infra import names
from infra.config import Config
from infra.declared import functions
from infra.deployment import stacks
from infra.deployment.aws import is_missing
from infra.deployment.checks.finding import Finding, Patient, Verdict
from infra.deployment.telling import listed

_CHECK: Final = "functions"
_LATEST: Final = "$LATEST"
# Lambda puts a version to sleep that nobody has asked for weeks, and wakes it by itself.
_SOUND: Final = ("Active", "Inactive")


def serving(patient: Patient) -> Iterator[Finding]:
    """Whether both functions are there, and the version of each that serves is sound."""
    config = patient.aws.config
    client = patient.aws.client("lambda")
    found = {one.name: _configuration(client, one.name, _LATEST) for one in functions.functions(config)}
    missing = [name for name, body in found.items() if body is None]
    if missing:
        yield _missing(patient, missing, some=len(missing) < len(found))
    for name, body in found.items():
        if body is not None:
            yield _finding(config, name, body, _configuration(client, name, names.ALIAS))


def _configuration(client: Any, name: str, qualifier: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = client.get_function_configuration(FunctionName=name, Qualifier=qualifier)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    return found


def _missing(patient: Patient, missing: list[str], *, some: bool) -> Finding:
    config = patient.aws.config
    stand = stacks.look(patient.aws.client("cloudformation"), names.stack_name(config, "compute")) is not None
    verdict = Verdict.WRONG if some or stand else Verdict.UNSEEN
    are = "is" if len(missing) == 1 else "are"
    return Finding(_CHECK, verdict, f"{listed(missing)} {are} not there.", _remedy(config))


def _finding(config: Config, name: str, latest: dict[str, Any], live: dict[str, Any] | None) -> Finding:
    if live is None:
        return Finding(
            _CHECK, Verdict.WRONG, f"{name} has no alias {names.ALIAS}, so it serves nobody.", _remedy(config)
        )
    version = f"{name}, version {live['Version']},"
    if (state := live.get("State", "Active")) not in _SOUND:
        why = live.get("StateReason", "AWS gives no reason")
        return Finding(_CHECK, Verdict.WRONG, f"{version} serves and is {state}: {why}", _back(config))
    if (update := latest.get("LastUpdateStatus", "Successful")) == "Failed":
        why = latest.get("LastUpdateStatusReason", "AWS gives no reason")
        return Finding(_CHECK, Verdict.WRONG, f"{version} serves, but the last update failed: {why}", _remedy(config))
    if update == "InProgress":
        return Finding(_CHECK, Verdict.WARNING, f"{version} serves, and an update is under way.")
    return Finding(_CHECK, Verdict.OK, f"{version} serves.")


def _remedy(config: Config) -> str:
    return f"Run `make deploy ENV={config.env}`."


def _back(config: Config) -> str:
    return f"Go back with `make rollback ENV={config.env}`, or release again."
