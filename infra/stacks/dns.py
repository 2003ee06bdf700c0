"""Certificates of the site and the API, in the region where CloudFront and edge domains look for them."""

from __future__ import annotations

from troposphere import Parameter, Ref
from troposphere.certificatemanager import Certificate, DomainValidationOption

from infra.config import GLOBAL_REGION, Config
from infra.stack import Stack


def build(config: Config) -> Stack:
    """The certificates; without a REST API only the site's, because an HTTP API has its own in its own region."""
    stack = Stack(config, "dns", GLOBAL_REGION, "Certificates of the site and the API of MovieRec")
    zone = stack.ask(
        Parameter(
            "HostedZoneId",
            Type="AWS::Route53::HostedZone::Id",
            Description=f"The hosted zone of {config.site}, where the certificates' proofs are written",
        ),
        group="Domain",
        label="Hosted zone",
    )
    _certificate(stack, "site", [config.site, f"www.{config.site}"], zone)
    if config.api == "rest":
        _certificate(stack, "api", [config.api_host], zone)
    return stack


def _certificate(stack: Stack, purpose: str, hosts: list[str], zone: Ref) -> None:
    certificate = Certificate(
        f"{purpose.title()}Certificate",
        DomainName=hosts[0],
        ValidationMethod="DNS",
        DomainValidationOptions=[DomainValidationOption(DomainName=host, HostedZoneId=zone) for host in hosts],
        CertificateTransparencyLoggingPreference="ENABLED",
    )
    if len(hosts) > 1:
        certificate.SubjectAlternativeNames = hosts[1:]
    stack.add(certificate)
    stack.publish(f"{purpose}-certificate-arn", Ref(certificate), f"The certificate of {hosts[0]}")
