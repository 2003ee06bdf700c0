"""What is deployed has names that AWS takes and that nothing else has."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from infra import environments, synth
from infra.config import WrongConfig

# A name of these is not for the whole account and region: a record has also a kind, and the others are of one API.
_SHARED = (
    "AWS::Route53::RecordSet",
    "AWS::ApiGateway::Model",
    "AWS::ApiGateway::RequestValidator",
    "AWS::ApiGatewayV2::Stage",
)
_OWN_REGION = ("region=us-east-1", "user_pool_id=us-east-1_AbCdEfGhI")


def _name(body: dict[str, Any]) -> Any:
    properties = body.get("Properties", {})
    return properties.get(f"{body['Type'].rpartition('::')[2]}Name", properties.get("Name"))


def _names(*changes: str) -> Counter[tuple[str, str, str]]:
    return Counter(
        (body["Type"], stack.region, name)
        for stack in synth.templates(environments.load("prod", changes))
        for body in stack.to_dict()["Resources"].values()
        if isinstance(name := _name(body), str) and body["Type"] not in _SHARED
    )


@pytest.mark.parametrize("changes", [(), _OWN_REGION, ("second_region=us-east-1",)], ids=str)
@pytest.mark.parametrize("api", ["api=rest", "api=http"])
@pytest.mark.parametrize("hosting", ["hosting=django", "hosting=spa", "hosting=amplify"])
def test_no_name_is_there_twice(changes: tuple[str, ...], api: str, hosting: str) -> None:
    found = _names(*changes, api, hosting)

    assert len(found) > 50
    assert [name for name, count in found.items() if count > 1] == []


def test_where_all_is_in_one_region_both_firewalls_and_both_topics_have_names_of_their_own() -> None:
    found = {name for kind, _, name in _names(*_OWN_REGION) if kind.startswith(("AWS::WAFv2", "AWS::SNS", "AWS::Logs"))}

    assert {
        "movierec-prod-firewall",
        "movierec-prod-site-firewall",
        "aws-waf-logs-movierec-prod-firewall",
        "aws-waf-logs-movierec-prod-site-firewall",
        "movierec-prod-alarms",
        "movierec-prod-site-alarms",
    } <= found


@pytest.mark.parametrize(
    "domain", ["my-aws-films", "aws", "amazonfilms", "cognito-films", "films-", "f", "Films", "f" * 21]
)
def test_a_domain_that_a_service_would_refuse(domain: str) -> None:
    with pytest.raises(WrongConfig, match=f"^environments.toml, dev: domain is '{domain}'; write it like movierec.$"):
        environments.load("dev", [f"domain={domain}"])


@pytest.mark.parametrize("domain", ["movierec", "films-2", "fi", "f" * 20])
def test_a_domain_that_all_services_take(domain: str) -> None:
    assert environments.load("dev", [f"domain={domain}"]).domain == domain
