"""Leaves out of a template what the embedded AWS does not take, and says what that was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from infra.deployment.telling import Trouble, kind_words, listed

_REFUSED: Final = "the embedded AWS has no such resource"
# The types that the embedded AWS refuses, seen when each was tried; it refuses the whole template for one of them.
REFUSED_TYPES: Final = frozenset(
    f"AWS::{kind}"
    for kind in (
        "Amplify::App",
        "Amplify::Branch",
        "Amplify::Domain",
        "ApiGateway::ClientCertificate",
        "ApiGatewayV2::Deployment",
        "ApplicationAutoScaling::ScalableTarget",
        "ApplicationAutoScaling::ScalingPolicy",
        "Backup::BackupSelection",
        "Backup::Framework",
        "Backup::RestoreTestingPlan",
        "Backup::RestoreTestingSelection",
        "Budgets::Budget",
        "CE::AnomalyMonitor",
        "CE::AnomalySubscription",
        "CloudFront::KeyGroup",
        "CloudFront::MonitoringSubscription",
        "CloudFront::PublicKey",
        "CloudTrail::Trail",
        "CloudWatch::AnomalyDetector",
        "CloudWatch::CompositeAlarm",
        "CodeDeploy::Application",
        "CodeDeploy::DeploymentConfig",
        "CodeDeploy::DeploymentGroup",
        "Cognito::LogDeliveryConfiguration",
        "Cognito::UserPoolRiskConfigurationAttachment",
        "Cognito::UserPoolUser",
        "IAM::OIDCProvider",
        "IAM::RolePolicy",
        "KMS::ReplicaKey",
        "Logs::QueryDefinition",
        "Route53::HealthCheck",
        "Route53::RecordSetGroup",
        "SSM::Document",
        "SecretsManager::ResourcePolicy",
        "SecretsManager::RotationSchedule",
        "Synthetics::Canary",
        "WAFv2::IPSet",
        "WAFv2::LoggingConfiguration",
        "WAFv2::WebACLAssociation",
        "XRay::Group",
        "XRay::ResourcePolicy",
        "XRay::SamplingRule",
    )
)
# Stacks that are nothing without what the embedded AWS refuses.
REFUSED_STACKS: Final = {
    "backup": "the embedded AWS makes no backups",
    "backup-copy": "the embedded AWS makes no backups",
    "budget": "the embedded AWS costs nothing",
    "observability": "the embedded AWS raises no alarms",
    "observability-global": "the embedded AWS raises no alarms",
}
_PARAMETER: Final = "AWS::SSM::Parameter"
_NO_TLS: Final = "the embedded AWS is asked without TLS"
_WANTS_TLS: Final = {"Bool": {"aws:SecureTransport": "false"}}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of a template that is not deployed: its name, its type in words, and why."""

    name: str
    kind: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name} ({self.kind}) is left out: {self.reason}."


def prune(template: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[LeftOut, ...]]:
    """The template without what the embedded AWS refuses, and what was left out.

    Outputs and published values of what is left out go with it. Raises Trouble where something else needs it.
    """
    kept = deepcopy(dict(template))
    without_tls = [one for name, body in kept["Resources"].items() for one in _freed_from_tls(name, body)]
    left = [_refused(name, body) for name, body in kept["Resources"].items() if _is_refused(body)]
    gone = {one.name for one in left}
    for name, body in kept["Resources"].items():
        if name not in gone and body["Type"] == _PARAMETER and gone & set(referred(body)):
            left.append(LeftOut(name, "published value", "what it tells of is left out"))
    gone = {one.name for one in left}
    kept["Resources"] = {name: _free(body, gone) for name, body in kept["Resources"].items() if name not in gone}
    for name in [name for name, body in kept.get("Outputs", {}).items() if gone & set(referred(body))]:
        del kept["Outputs"][name]
        left.append(LeftOut(name, "output", "what it tells of is left out"))
    _must_stand(kept["Resources"], gone)
    return kept, (*left, *without_tls)


def _freed_from_tls(name: str, body: dict[str, Any]) -> Iterator[LeftOut]:
    """Takes the statements that want TLS out of a policy: the embedded AWS is asked without, and would refuse all."""
    kept = [one for one in _statements(body) if one.get("Condition") != _WANTS_TLS]
    if kept and len(kept) < len(_statements(body)):
        body["Properties"]["PolicyDocument"]["Statement"] = kept
        yield LeftOut(name, f"{kind_words(body['Type'])}, its demand of TLS", _NO_TLS)


def _wants_tls_alone(body: Mapping[str, Any]) -> bool:
    statements = _statements(body)
    return bool(statements) and all(one.get("Condition") == _WANTS_TLS for one in statements)


def _statements(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    document = body.get("Properties", {}).get("PolicyDocument", {})
    return list(document.get("Statement", [])) if isinstance(document, dict) else []


def _is_refused(body: Mapping[str, Any]) -> bool:
    metrics = body["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in body.get("Properties", {})
    return metrics or body["Type"] in REFUSED_TYPES or _wants_tls_alone(body)


def _refused(name: str, body: Mapping[str, Any]) -> LeftOut:
    reason = _NO_TLS if _wants_tls_alone(body) else "the embedded AWS knows no metric math"
    if body["Type"] in REFUSED_TYPES:
        reason = _REFUSED
    return LeftOut(name, kind_words(body["Type"]), reason)


def _free(body: dict[str, Any], gone: Iterable[str]) -> dict[str, Any]:
    """A resource that does not wait for what is not made."""
    waits = body.get("DependsOn", [])
    kept = [name for name in ([waits] if isinstance(waits, str) else waits) if name not in gone]
    rest = {key: value for key, value in body.items() if key != "DependsOn"}
    return {**rest, "DependsOn": kept} if kept else rest


def _must_stand(resources: Mapping[str, Any], gone: set[str]) -> None:
    for name, body in resources.items():
        if missing := sorted(gone & set(referred(body))):
            raise Trouble(
                f"{name} ({kind_words(body['Type'])}) needs {listed(missing)}, which the embedded AWS does not take; "
                "leave it out there too, in infra/deployment/pruning.py."
            )


def referred(value: Any) -> Iterator[str]:
    """The names of the template's own things that a part of it refers to."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _named(key, inner)
            yield from referred(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from referred(inner)


def _named(key: str, inner: Any) -> Iterator[str]:
    if key == "Ref" and isinstance(inner, str):
        yield inner
    elif key == "Fn::GetAtt":
        yield (inner if isinstance(inner, str) else inner[0]).split(".")[0]
    elif key == "Fn::Sub":
        text = inner if isinstance(inner, str) else inner[0]
        yield from (name.split(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", text))
