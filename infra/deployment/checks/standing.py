"""How the stacks stand, and whether what they made was changed behind their back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from infra import graph, names
from infra.deployment import stacks
from infra.deployment.checks.finding import Finding, Patient, Verdict
from infra.deployment.pruning import REFUSED_STACKS
from infra.deployment.stacks import Standing
from infra.deployment.telling import listed
from infra.deployment.waiting import until

_DRIFT_SECONDS: Final = 120
_Found = tuple[Any, Standing]


def health(patient: Patient) -> Iterator[Finding]:
    """Whether every stack stands."""
    config = patient.aws.config
    missing = []
    for part in graph.parts(config):
        if patient.aws.is_local and part.name in REFUSED_STACKS:
            yield Finding("stacks", Verdict.UNSEEN, f"{part.name} is left out: {REFUSED_STACKS[part.name]}.")
            continue
        region = part.region(config)
        standing = stacks.look(patient.aws.client("cloudformation", region), names.stack_name(config, part.name))
        if standing is None:
            missing.append(part.name)
        else:
            yield _health_of(standing, region)
    if missing:
        remedy = f"Run `python -m infra deploy --env {config.env}`."
        yield Finding("stacks", Verdict.WARNING, f"Not deployed: {listed(missing)}.", remedy)


def _health_of(standing: Standing, region: str) -> Finding:
    if standing.is_moving:
        return Finding("stacks", Verdict.WARNING, f"{standing.name} is at work ({standing.status}).")
    if standing.is_healthy:
        return Finding("stacks", Verdict.OK, f"{standing.name} stands.")
    return Finding("stacks", Verdict.WRONG, stacks.unhealthy_sentence(standing, region))


def drift(patient: Patient) -> Iterator[Finding]:
    """Whether somebody changed by hand what the stacks made. All stacks are looked at together."""
    begun = [
        (cloudformation, standing, cloudformation.detect_stack_drift(StackName=standing.id)["StackDriftDetectionId"])
        for cloudformation, standing in _healthy(patient)
    ]
    if not begun:
        yield Finding("drift", Verdict.UNSEEN, "No stack stands yet.")
    for cloudformation, standing, identity in begun:
        yield _drift_of(patient, cloudformation, standing, identity)


def _healthy(patient: Patient) -> Iterator[_Found]:
    config = patient.aws.config
    for part in graph.parts(config):
        cloudformation = patient.aws.client("cloudformation", part.region(config))
        standing = stacks.look(cloudformation, names.stack_name(config, part.name))
        if standing is not None and standing.is_healthy:
            yield cloudformation, standing


def _drift_of(patient: Patient, cloudformation: Any, standing: Standing, identity: str) -> Finding:
    def look() -> dict[str, Any] | None:
        answer: dict[str, Any] = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=identity)
        return None if answer["DetectionStatus"] == "DETECTION_IN_PROGRESS" else answer

    answer = until(look, patient.clock, _DRIFT_SECONDS)
    if answer is None or answer["DetectionStatus"] != "DETECTION_COMPLETE":
        why = answer.get("DetectionStatusReason", "") if answer else "it takes longer than two minutes"
        return Finding("drift", Verdict.UNSEEN, f"{standing.name} was not compared: {why}.")
    if answer["StackDriftStatus"] != "DRIFTED":
        return Finding("drift", Verdict.OK, f"{standing.name} is as it was made.")
    remedy = "Put it back by hand, or change the template so that it says the same."
    return Finding(
        "drift",
        Verdict.WARNING,
        f"{standing.name} was changed by hand: {listed(_drifted(cloudformation, standing))}.",
        remedy,
    )


def _drifted(cloudformation: Any, standing: Standing) -> list[str]:
    answer = cloudformation.describe_stack_resource_drifts(
        StackName=standing.name, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
    )
    return [_drifted_words(one) for one in answer["StackResourceDrifts"]]


def _drifted_words(one: dict[str, Any]) -> str:
    if one["StackResourceDriftStatus"] == "DELETED":
        return f"{one['LogicalResourceId']} (gone)"
    paths = sorted({difference["PropertyPath"] for difference in one.get("PropertyDifferences", [])})
    return f"{one['LogicalResourceId']} ({', '.join(paths)})"
