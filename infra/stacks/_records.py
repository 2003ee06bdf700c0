"""Records in the zone of the site that lead to addresses of AWS."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import Parameter, Ref
from troposphere.route53 import RecordSetType
from troposphere.validators.route53 import AliasTarget

from infra.stack import Stack, Value


def zone(stack: Stack) -> Ref:
    """The hosted zone of the site, which the operator names once."""
    parameter = Parameter(
        "HostedZoneId",
        Type="AWS::Route53::HostedZone::Id",
        Description=f"The hosted zone of {stack.config.site} in Route 53",
    )
    return stack.ask(parameter, group="Domain", label="Hosted zone of the site")


@dataclass(frozen=True, slots=True)
class Target:
    """An address of AWS, and the zone of AWS that it is in."""

    host: Value
    zone: Value


def add_aliases(stack: Stack, title: str, name: str, zone_id: Value, target: Target) -> None:
    """Records by which a name of a zone leads to a target, for IPv4 and IPv6."""
    # troposphere has no types for this class.
    alias = AliasTarget(DNSName=target.host, HostedZoneId=target.zone)  # type: ignore[no-untyped-call]
    for kind in ("A", "AAAA"):
        record = RecordSetType(f"{title}{kind}Record", Name=name, Type=kind, HostedZoneId=zone_id, AliasTarget=alias)
        stack.add(record)
