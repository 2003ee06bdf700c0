"""What the templates of an environment hold that costs money by its number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from infra.declared import metrics
from infra.declared.jobs import JOBS
from infra.estimate.assumptions import HOURS
from infra.estimate.cron import runs_a_month
from infra.stack import Stack

Body = dict[str, Any]
# Target tracking watches a table by alarms of its own: two for its use, two for what is provisioned.
ALARMS_OF_SCALING: Final = 4
# A dashboard of more metrics is in no free tier.
METRICS_OF_SMALL_DASHBOARD: Final = 50
# What X-Ray traces without a rule of ours: so many requests of a second, and a share of the rest.
SAMPLING_OF_AWS: Final = (1.0, 0.05)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template, and the region it is in."""

    kind: str
    region: str
    properties: Body


class Inventory:
    """The resources of an environment, counted."""

    def __init__(self, stacks: Iterable[Stack]) -> None:
        self._resources = tuple(_resources(stacks))

    def of(self, kind: str) -> list[Resource]:
        """The resources of a type, such as `KMS::Key`."""
        return [resource for resource in self._resources if resource.kind == f"AWS::{kind}"]

    def count(self, kind: str) -> int:
        """How many resources there are of a type."""
        return len(self.of(kind))

    def has(self, kind: str) -> bool:
        """Whether there is any resource of a type."""
        return self.count(kind) > 0

    @property
    def secrets(self) -> int:
        """Secrets with their replicas, each of which is paid for."""
        return sum(1 + len(secret.properties.get("ReplicaRegions", [])) for secret in self.of("SecretsManager::Secret"))

    @property
    def alarm_metrics(self) -> int:
        """Metrics that alarms watch: an alarm over a formula is paid for by each metric in it."""
        own = sum(_metrics_of(alarm.properties) for alarm in self.of("CloudWatch::Alarm"))
        return own + ALARMS_OF_SCALING * self.count("ApplicationAutoScaling::ScalingPolicy")

    @property
    def dashboards(self) -> tuple[int, int]:
        """Dashboards that a free tier takes, and those that have too many metrics for it."""
        sizes = [_metrics_shown(board.properties) for board in self.of("CloudWatch::Dashboard")]
        small = sum(size <= METRICS_OF_SMALL_DASHBOARD for size in sizes)
        return small, len(sizes) - small

    @property
    def firewall_rules(self) -> int:
        """Rules, and groups of rules, of all web ACLs."""
        return sum(len(acl.properties["Rules"]) for acl in self.of("WAFv2::WebACL"))

    @property
    def user_plan(self) -> str:
        """The plan of the user pool; one that was there before is taken to have the same as ours would."""
        pools = self.of("Cognito::UserPool")
        return str(pools[0].properties.get("UserPoolTier", "ESSENTIALS")).lower() if pools else "lite"

    @property
    def capacity(self) -> tuple[int, int]:
        """Units of reading and of writing that tables and indexes have all the time."""
        found = [_throughput(table.properties) for table in self.of("DynamoDB::Table")]
        return sum(reads for reads, _ in found), sum(writes for _, writes in found)

    @property
    def copies(self) -> tuple[int, int]:
        """Whole copies of each table that a backup plan keeps at a time: in the region, and in others."""
        rules = [
            rule for plan in self.of("Backup::BackupPlan") for rule in plan.properties["BackupPlan"]["BackupPlanRule"]
        ]
        return sum(map(_kept, rules)), sum(_kept(action, rule) for rule in rules for action in _actions(rule))

    @property
    def copies_made(self) -> float:
        """Copies to other regions that are made in a month."""
        plans = [plan.properties["BackupPlan"] for plan in self.of("Backup::BackupPlan")]
        return sum(_runs(rule) * len(_actions(rule)) for plan in plans for rule in plan["BackupPlanRule"])

    @property
    def restore_tests(self) -> tuple[float, float]:
        """In a month: tables restored by tests, and the share of all tables that each test restores, summed."""
        runs = sum(_runs(plan.properties) for plan in self.of("Backup::RestoreTestingPlan"))
        tables = sum(len(one.properties["ProtectedResourceArns"]) for one in self.of("Backup::RestoreTestingSelection"))
        copied = sum(len(one.properties["BackupSelection"]["Resources"]) for one in self.of("Backup::BackupSelection"))
        return runs * tables, runs * tables / copied if copied else 0

    @property
    def job_runs(self) -> float:
        """Jobs that schedules start in a month."""
        return sum(_runs(schedule.properties) for schedule in self.of("Scheduler::Schedule"))

    @property
    def codes_by_ses(self) -> bool:
        """Whether the pool sends its codes by SES, which is paid for, rather than by Cognito's own sender."""
        mails = [pool.properties.get("EmailConfiguration", {}) for pool in self.of("Cognito::UserPool")]
        return any(mail.get("EmailSendingAccount") == "DEVELOPER" for mail in mails)

    @property
    def sampling(self) -> tuple[float, float] | None:
        """How many requests a second a gateway traces whole, and what share of the rest; None where none traces."""
        if not any(stage.properties.get("TracingEnabled") for stage in self.of("ApiGateway::Stage")):
            return None
        rules = [rule.properties["SamplingRule"] for rule in self.of("XRay::SamplingRule")]
        return (rules[0]["ReservoirSize"], rules[0]["FixedRate"]) if rules else SAMPLING_OF_AWS


def custom_metrics() -> float:
    """Metrics of our own, each for the share of the month's hours in which it is told.

    What requests tell is told in every hour; what a job tells, in the hours in which it ends, well or not.
    """
    always = sum(metrics.JOB not in metric.dimensions for metric in metrics.METRICS)
    return always + sum(runs_a_month(job.cron) for job in JOBS) / HOURS


def _resources(stacks: Iterable[Stack]) -> Iterator[Resource]:
    for stack in stacks:
        for body in stack.to_dict().get("Resources", {}).values():
            yield Resource(body["Type"], stack.region, body.get("Properties", {}))


def _metrics_of(alarm: Body) -> int:
    queries = alarm.get("Metrics")
    return sum("MetricStat" in query for query in queries) if queries else 1


def _metrics_shown(dashboard: Body) -> int:
    body = dashboard["DashboardBody"]
    text = body["Fn::Sub"] if isinstance(body, dict) else body
    return sum(len(widget["properties"].get("metrics", [])) for widget in json.loads(text)["widgets"])


def _throughput(table: Body) -> tuple[int, int]:
    parts = [table, *table.get("GlobalSecondaryIndexes", [])]
    given = [part["ProvisionedThroughput"] for part in parts if "ProvisionedThroughput" in part]
    return sum(one["ReadCapacityUnits"] for one in given), sum(one["WriteCapacityUnits"] for one in given)


def _actions(rule: Body) -> list[Body]:
    actions: list[Body] = rule.get("CopyActions", [])
    return actions


def _kept(holder: Body, rule: Body | None = None) -> int:
    """Copies that are there at a time, by how often they are made and how many days they are kept."""
    days: int = holder["Lifecycle"]["DeleteAfterDays"]
    return round(days * runs_a_month((rule or holder)["ScheduleExpression"]) / 30.4375)


def _runs(schedule: Body) -> float:
    return runs_a_month(schedule["ScheduleExpression"])
