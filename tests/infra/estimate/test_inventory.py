"""What is counted in templates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra import environments, synth
from infra.declared import metrics
from infra.estimate.inventory import Inventory, custom_metrics
from tests.infra.estimate.conftest import Made

QUERY = {"Id": "a", "MetricStat": {}}


def board(count: int) -> dict[str, Any]:
    widget = {"properties": {"metrics": [["AWS/Lambda", "Errors"]] * count}}
    return {"DashboardBody": {"Fn::Sub": json.dumps({"widgets": [widget, {"properties": {"query": "q"}}]})}}


def plan(*rules: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "Backup::BackupPlan", {"BackupPlan": {"BackupPlanRule": list(rules)}}


def rule(cron: str, days: int, *copies: int) -> dict[str, Any]:
    actions = [{"Lifecycle": {"DeleteAfterDays": kept}} for kept in copies]
    return {"ScheduleExpression": cron, "Lifecycle": {"DeleteAfterDays": days}, "CopyActions": actions}


def test_nothing_is_counted_where_there_is_nothing(inventory: Made) -> None:
    empty = inventory()

    assert (empty.secrets, empty.alarm_metrics, empty.dashboards, empty.firewall_rules) == (0, 0, (0, 0), 0)
    assert (empty.capacity, empty.copies, empty.copies_made, empty.restore_tests) == ((0, 0), (0, 0), 0, (0, 0))
    assert (empty.job_runs, empty.sampling, empty.user_plan) == (0, None, "lite")


def test_replicas_are_secrets(inventory: Made) -> None:
    two = {"ReplicaRegions": [{"Region": "eu-west-1"}, {"Region": "us-east-1"}]}

    assert inventory(("SecretsManager::Secret", two), ("SecretsManager::Secret", {})).secrets == 4


def test_an_alarm_counts_each_metric_of_its_formula_and_scaling_has_four(inventory: Made) -> None:
    found = inventory(
        ("CloudWatch::Alarm", {"MetricName": "Errors"}),
        ("CloudWatch::Alarm", {"Metrics": [{"Id": "r", "Expression": "a/b"}, QUERY, QUERY, QUERY]}),
        ("ApplicationAutoScaling::ScalingPolicy", {}),
        ("CloudWatch::CompositeAlarm", {}),
    )

    assert found.alarm_metrics == 1 + 3 + 4
    assert found.count("CloudWatch::CompositeAlarm") == 1


def test_dashboards_with_more_than_fifty_metrics_are_apart(inventory: Made) -> None:
    assert inventory(*(("CloudWatch::Dashboard", board(size)) for size in (0, 50, 51))).dashboards == (2, 1)


def test_rules_of_all_firewalls(inventory: Made) -> None:
    assert inventory(*(("WAFv2::WebACL", {"Rules": [{}] * count}) for count in (4, 3))).firewall_rules == 7


@pytest.mark.parametrize(
    ("properties", "named"),
    [({"UserPoolTier": "LITE"}, "lite"), ({"UserPoolTier": "PLUS"}, "plus"), ({}, "essentials")],
)
def test_the_plan_of_the_user_pool(inventory: Made, properties: dict[str, str], named: str) -> None:
    assert inventory(("Cognito::UserPool", properties)).user_plan == named


def test_provisioned_units_are_those_of_tables_and_indexes(inventory: Made) -> None:
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 1}}
    found = inventory(
        ("DynamoDB::Table", {**units, "GlobalSecondaryIndexes": [units, units]}),
        ("DynamoDB::Table", {"GlobalSecondaryIndexes": [{"IndexName": "i"}]}),
    )

    assert found.capacity == (6, 3)


def test_copies_that_are_there_and_copies_that_are_made(inventory: Made) -> None:
    found = inventory(plan(rule("cron(0 5 ? * * *)", 35, 35, 14), rule("cron(0 5 ? * SUN *)", 70)))

    assert found.copies == (35 + 10, 35 + 14)
    assert found.copies_made == pytest.approx(2 * 30.4375)


def test_restore_tests_count_the_tables(inventory: Made) -> None:
    found = inventory(
        ("Backup::BackupSelection", {"BackupSelection": {"Resources": ["a", "b", "c", "d"]}}),
        ("Backup::RestoreTestingPlan", {"ScheduleExpression": "cron(0 7 1 * ? *)"}),
        ("Backup::RestoreTestingSelection", {"ProtectedResourceArns": ["a", "b"]}),
    )

    assert found.restore_tests == (2, 0.5)


def test_schedules(inventory: Made) -> None:
    daily, monthly = "cron(0 8 * * ? *)", "cron(0 8 1 * ? *)"
    found = inventory(*(("Scheduler::Schedule", {"ScheduleExpression": cron}) for cron in (daily, monthly)))

    assert found.job_runs == pytest.approx(31.4375)


def test_tracing_is_by_the_rule_of_the_templates_or_else_x_rays_own(inventory: Made) -> None:
    stage = ("ApiGateway::Stage", {"TracingEnabled": True})
    sampled = ("XRay::SamplingRule", {"SamplingRule": {"ReservoirSize": 0, "FixedRate": 0.02}})

    assert inventory(stage).sampling == (1, 0.05)
    # A function behind an HTTP API has no gateway that traces.
    assert inventory(("Lambda::Function", {"TracingConfig": {"Mode": "Active"}})).sampling is None
    assert inventory(stage, sampled).sampling == (0, 0.02)
    assert inventory(("ApiGateway::Stage", {"TracingEnabled": False}), sampled).sampling is None


def test_metrics_of_jobs_cost_the_hours_in_which_jobs_end() -> None:
    of_requests = [metric for metric in metrics.METRICS if metrics.JOB not in metric.dimensions]

    # Three jobs a day and one a week, in a month of 730.5 hours.
    assert custom_metrics() == pytest.approx(len(of_requests) + 3 / 24 + 1 / 168)


def test_templates_are_what_is_counted() -> None:
    prod, dev = (Inventory(synth.templates(environments.load(env))) for env in ("prod", "dev"))

    assert prod.count("KMS::Key") > dev.count("KMS::Key") == 0
    assert prod.alarm_metrics > dev.alarm_metrics > 0
    assert prod.sampling
    assert dev.sampling is None
    assert prod.has("Route53::RecordSet")
    assert not dev.has("Route53::RecordSet")
