"""How much an environment uses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from math import exp

import pytest

from infra import environments, synth
from infra.estimate.assumptions import KINDS, TOLD, Assumptions, Kind
from infra.estimate.inventory import Inventory
from infra.estimate.usage import Month, Traffic, amounts, milliseconds
from tests.infra.estimate.conftest import Made

TRAFFIC = Traffic(10_000, 1_000_000)


def used(month: Month) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for amount in amounts(month):
        found[amount.price] += amount.quantity
    return found


def month(inventory: Inventory, traffic: Traffic = TRAFFIC, *changes: str) -> Month:
    return Month(environments.load("dev", changes), inventory, traffic)


def of_env(env: str, *changes: str) -> dict[str, float]:
    config = environments.load(env, changes)
    return used(Month(config, Inventory(synth.templates(config)), TRAFFIC))


def test_shares_of_the_kinds_are_a_whole_and_all_assumptions_are_explained() -> None:
    assert sum(kind.share for kind in KINDS) == pytest.approx(1)
    assert list(TOLD) == [field.name for field in fields(Assumptions)]


def test_less_memory_is_less_of_a_cpu_and_waiting_stays() -> None:
    kind = Kind("k", 1, cpu_ms=10, wait_ms=5, reads=0, writes=0, bytes_out=0)

    assert milliseconds(kind, 1769) == 15
    assert milliseconds(kind, 512) == pytest.approx(10 * 1769 / 512 + 5)
    # One request has no use for a second CPU.
    assert milliseconds(kind, 10_240) == 15


def test_every_request_is_a_run_and_jobs_are_runs_too(inventory: Made) -> None:
    found = used(month(inventory(("Scheduler::Schedule", {"ScheduleExpression": "cron(0 8 1 * ? *)"}))))

    assert found["lambda-requests"] == 1_000_001
    assert found["scheduler-runs"] == 1


def test_browsers_and_programs_have_a_gateway_each(inventory: Made) -> None:
    rest, http = inventory(("ApiGateway::RestApi", {})), inventory()

    assert used(month(rest))["api-rest-requests"] == 500_000
    assert used(month(rest))["api-http-requests"] == 500_000
    assert used(month(http))["api-http-requests"] == 1_000_000
    assert used(month(rest, TRAFFIC, "hosting=spa"))["api-rest-requests"] == 1_000_000
    assert "api-http-requests" not in used(month(rest, TRAFFIC, "hosting=spa"))


def test_what_the_gateway_sends_to_cloudfront_is_not_paid_twice(inventory: Made) -> None:
    django, spa = used(month(inventory())), used(month(inventory(), TRAFFIC, "hosting=spa"))

    assert spa["transfer-out"] == pytest.approx(2 * django["transfer-out"])


def test_tables_are_paid_for_by_the_request_or_by_the_hour(inventory: Made) -> None:
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}}
    provisioned = used(month(inventory(("DynamoDB::Table", units)), TRAFFIC, "capacity=provisioned"))

    assert provisioned["dynamodb-read-capacity"] == 730.5
    assert provisioned["dynamodb-write-capacity"] == 1461
    assert "dynamodb-writes" not in provisioned
    assert "dynamodb-write-capacity" not in used(month(inventory()))


def test_without_anybody_there_are_the_jobs_and_what_stands(inventory: Made) -> None:
    model = Assumptions()
    found = used(month(inventory(), Traffic(0, 0)))

    a_day = model.title_writes_a_day * model.units_a_title + model.run_units_a_day
    assert found["dynamodb-writes"] == pytest.approx(a_day * 30.4375)
    assert found["dynamodb-storage"] == pytest.approx(20_000 * 6_000 / 1e9)
    assert not {"api-http-requests", "cognito-lite", "xray-traces", "secrets", "kms-calls"} & set(found)


def test_copies_are_whole_ones_here_and_there(inventory: Made) -> None:
    kept = {"DeleteAfterDays": 10}
    rule = {"ScheduleExpression": "cron(0 5 ? * * *)", "Lifecycle": kept, "CopyActions": [{"Lifecycle": kept}]}
    holder = month(inventory(("Backup::BackupPlan", {"BackupPlan": {"BackupPlanRule": [rule]}})))
    stored = {amount.region: amount.quantity for amount in amounts(holder) if amount.price == "backup-storage"}

    assert stored == {
        "eu-north-1": pytest.approx(10 * holder.table_gb),
        "eu-west-1": pytest.approx(10 * holder.table_gb),
    }
    assert used(holder)["transfer-regions"] == pytest.approx(30.4375 * holder.table_gb)


@pytest.mark.parametrize(
    ("requests", "reservoir", "share"), [(1_000_000, 1, 0.05), (100_000_000, 1, 0.05), (1_000_000, 0, 0.05), (10, 2, 0)]
)
def test_x_ray_takes_some_of_each_second_and_a_share_of_the_rest(
    inventory: Made, requests: int, reservoir: float, share: float
) -> None:
    rule = {"ReservoirSize": reservoir, "FixedRate": share}
    found = inventory(("ApiGateway::Stage", {"TracingEnabled": True}), ("XRay::SamplingRule", {"SamplingRule": rule}))
    # The other half comes by the site's own door, an HTTP API.
    direct = requests / 2
    rate = direct / (30.4375 * 8 * 3600)
    first = reservoir * (1 - exp(-rate / reservoir)) if reservoir else 0
    traces = used(month(found, Traffic(0, requests)))["xray-traces"]

    assert traces == pytest.approx(direct * (first + share * (rate - first)) / rate)
    assert direct * share <= traces <= direct


def test_all_that_comes_is_traced_where_all_of_it_comes_to_the_rest_api() -> None:
    assert of_env("prod", "hosting=spa")["xray-traces"] == pytest.approx(2 * of_env("prod")["xray-traces"])
    assert "xray-traces" not in of_env("prod", "api=http")


def test_codes_cost_where_ses_sends_them(inventory: Made) -> None:
    model = Assumptions()

    assert of_env("prod")["ses-mails"] == 10_000 * model.mails_per_mau
    assert of_env("prod", "pool_mail=ses")["ses-mails"] == 10_000 * (model.mails_per_mau + model.codes_per_mau)
    assert of_env("prod", "pool_mail=ses", "auth=import")["ses-mails"] == 10_000 * model.mails_per_mau


def test_firewalls_see_what_comes_through_them(inventory: Made) -> None:
    regional = ("WAFv2::WebACL", {"Scope": "REGIONAL", "Rules": [{}]})
    edge = ("WAFv2::WebACL", {"Scope": "CLOUDFRONT", "Rules": [{}, {}]})

    assert used(month(inventory(regional)))["waf-requests"] == 500_000
    # The application's and the files.
    assert used(month(inventory(edge)))["waf-requests"] == 1_000_000
    both = used(month(inventory(regional, edge)))
    assert (both["waf-acls"], both["waf-rules"], both["waf-requests"]) == (2, 3, 1_500_000)


def test_keys_are_called_only_where_there_are_keys(inventory: Made) -> None:
    with_keys = used(month(inventory(("KMS::Key", {}), ("KMS::Key", {}))))

    assert with_keys["kms-keys"] == 2
    assert with_keys["kms-calls"] == pytest.approx(5 * 12 * 730.5 + 10_000 * 3)


def test_cloudfront_and_its_log_count_in_their_region(inventory: Made) -> None:
    regions = {
        amount.price: amount.region
        for amount in amounts(month(inventory(("Logs::Delivery", {}))))
        if amount.region == "us-east-1"
    }

    assert set(regions) == {"cloudfront-requests", "cloudfront-transfer", "cloudwatch-logs"}


def test_the_site_of_amplify_has_no_distribution() -> None:
    found = of_env("prod", "hosting=amplify")

    assert found["amplify-transfer"] > 0
    assert not {"cloudfront-requests", "cloudfront-functions"} & set(found)


def test_a_domain_has_a_zone() -> None:
    assert of_env("prod")["route53-zones"] == 1
    assert "route53-zones" not in of_env("dev")
