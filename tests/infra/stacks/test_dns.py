"""The certificates of the site and the API."""

from __future__ import annotations

from typing import Any

import pytest

from infra import environments, graph
from infra.graph import UnknownStack
from tests.infra.conftest import Template
from tests.infra.reading import of_type, published, tag_names

CERTIFICATE = "AWS::CertificateManager::Certificate"
ZONE = {"Ref": "HostedZoneId"}


def _certificates(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {title: body["Properties"] for title, body in of_type(template, CERTIFICATE).items()}


def test_the_sites_certificate_is_for_apex_and_www_proved_in_the_zone(template: Template) -> None:
    certificate = _certificates(template("dns"))["SiteCertificate"]

    assert tag_names(certificate) == {"Environment", "Project", "Stack", "ManagedBy"}
    del certificate["Tags"]
    assert certificate == {
        "DomainName": "movierec.net",
        "SubjectAlternativeNames": ["www.movierec.net"],
        "ValidationMethod": "DNS",
        "DomainValidationOptions": [
            {"DomainName": "movierec.net", "HostedZoneId": ZONE},
            {"DomainName": "www.movierec.net", "HostedZoneId": ZONE},
        ],
        "CertificateTransparencyLoggingPreference": "ENABLED",
    }


def test_the_certificate_of_a_rest_api_is_for_its_own_domain(template: Template) -> None:
    certificate = _certificates(template("dns", api="rest"))["ApiCertificate"]

    assert certificate["DomainName"] == "api.movierec.net"
    assert certificate["ValidationMethod"] == "DNS"
    assert certificate["DomainValidationOptions"] == [{"DomainName": "api.movierec.net", "HostedZoneId": ZONE}]
    assert "SubjectAlternativeNames" not in certificate


def test_an_http_api_has_its_certificate_in_its_own_region(template: Template) -> None:
    found = template("dns", api="http")

    assert list(_certificates(found)) == ["SiteCertificate"]
    assert list(published(found)) == ["/movierec/prod/dns/site-certificate-arn"]


def test_the_certificates_are_published(template: Template) -> None:
    assert published(template("dns")) == {
        "/movierec/prod/dns/site-certificate-arn": {"Ref": "SiteCertificate"},
        "/movierec/prod/dns/api-certificate-arn": {"Ref": "ApiCertificate"},
    }


def test_the_zone_is_asked_for(template: Template) -> None:
    found = template("dns")

    assert found["Parameters"]["HostedZoneId"]["Type"] == "AWS::Route53::HostedZone::Id"
    assert "Default" not in found["Parameters"]["HostedZoneId"]
    interface = found["Metadata"]["AWS::CloudFormation::Interface"]
    assert interface["ParameterGroups"] == [{"Label": {"default": "Domain"}, "Parameters": ["HostedZoneId"]}]


def test_they_are_in_the_region_where_cloudfront_looks() -> None:
    config = environments.load("prod", ["region=eu-north-1"])
    (part,) = graph.chosen(config, ["dns"])

    assert part.region(config) == part.build(config).region == "us-east-1"


def test_without_a_site_there_is_nothing_to_prove(template: Template) -> None:
    with pytest.raises(UnknownStack):
        template("dns", env="dev")
