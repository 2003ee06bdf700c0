"""How much of each thing on the price list an environment uses in a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import exp
from typing import Final

from infra.config import GLOBAL_REGION, Config
from infra.declared import functions
from infra.estimate.assumptions import DAYS, FULL_CPU_MB, HOURS, KINDS, Assumptions, Kind
from infra.estimate.inventory import Inventory, custom_metrics

_GB: Final = 1e9
# What a month's rotation asks of Secrets Manager.
_ROTATION_CALLS: Final = 20
# Prices and quantities, and a region where it is another than the environment's.
Used = Iterator[tuple[str, float] | tuple[str, float, str]]


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of the thing with this key in prices.toml, in a region."""

    price: str
    quantity: float
    region: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """Who comes in a month: people, and requests of all of them."""

    people: int
    requests: int


@dataclass(frozen=True, slots=True)
class Month:
    """An environment, what its templates hold, and a month of its use."""

    config: Config
    inventory: Inventory
    traffic: Traffic
    model: Assumptions = field(default_factory=Assumptions)

    @property
    def site_requests(self) -> float:
        """Requests that come through CloudFront to the application."""
        return self.traffic.requests * self.model.site_share if self.config.hosting == "django" else 0

    @property
    def direct_requests(self) -> float:
        """Requests that come to the API past CloudFront."""
        return self.traffic.requests - self.site_requests

    @property
    def page_requests(self) -> float:
        """Requests of browsers that get files from CloudFront or Amplify, whoever answers the others."""
        return self.traffic.requests * self.model.site_share

    @property
    def starts(self) -> float:
        """Processes that start."""
        return self.traffic.requests * self.model.cold_share

    @property
    def table_gb(self) -> float:
        """GB in all tables and their indexes."""
        people = self.traffic.people * self.model.people_per_mau * self.model.person_bytes
        return (people + self.model.titles * self.model.title_bytes) / _GB

    def mean(self, figure: str) -> float:
        """The mean of a figure of the kinds of requests."""
        return sum(kind.share * float(getattr(kind, figure)) for kind in KINDS)


def amounts(month: Month) -> list[Amount]:
    """All that is used; nothing of which there is none."""
    parts = (_functions, _gateways, _cdn, _tables, _copies, _people, _seals, _logs, _watching, _buckets)
    found = [Amount(price, quantity, region) for part in parts for price, quantity, region in _here(month, part(month))]
    return [amount for amount in found if amount.quantity]


def _here(month: Month, used: Used) -> Iterator[tuple[str, float, str]]:
    for price, quantity, *region in used:
        yield price, quantity, region[0] if region else month.config.region


def milliseconds(kind: Kind, memory_mb: int) -> float:
    """How long a request of a kind keeps a function of this memory."""
    return kind.cpu_ms * max(1, FULL_CPU_MB / memory_mb) + kind.wait_ms


def _functions(month: Month) -> Used:
    app, jobs = functions.app(month.config), functions.jobs(month.config)
    mean = sum(kind.share * milliseconds(kind, app.memory_mb) for kind in KINDS)
    started = month.starts * month.model.cold_cpu_ms * max(1, FULL_CPU_MB / app.memory_mb)
    answering = (month.traffic.requests * mean + started) / 1000 * app.memory_mb / 1024
    runs = month.inventory.job_runs
    yield "lambda-requests", month.traffic.requests + runs
    yield "lambda-gb-seconds", answering + runs * month.model.job_seconds * jobs.memory_mb / 1024
    yield "scheduler-runs", runs


def _gateways(month: Month) -> Used:
    direct = month.direct_requests
    if month.inventory.has("ApiGateway::RestApi"):
        yield "api-rest-requests", direct
        yield "api-http-requests", month.site_requests
    else:
        yield "api-http-requests", direct + month.site_requests
    # What API Gateway sends to CloudFront is free.
    yield "transfer-out", direct * month.mean("bytes_out") / _GB


def _cdn(month: Month) -> Used:
    files = month.page_requests * month.model.files_per_site_request
    gigabytes = (files * month.model.file_bytes + month.site_requests * month.mean("bytes_out")) / _GB
    if month.inventory.has("Amplify::App"):
        yield "amplify-transfer", gigabytes
        return
    yield "cloudfront-requests", files + month.site_requests, GLOBAL_REGION
    yield "cloudfront-transfer", gigabytes, GLOBAL_REGION
    if month.inventory.has("CloudFront::Function"):
        yield "cloudfront-functions", month.site_requests, GLOBAL_REGION


def _tables(month: Month) -> Used:
    model = month.model
    if month.config.capacity == "provisioned":
        reads, writes = month.inventory.capacity
        yield "dynamodb-read-capacity", reads * HOURS
        yield "dynamodb-write-capacity", writes * HOURS
    else:
        scanned = model.titles * model.title_bytes / 8_000 * model.scans_a_day * DAYS
        synced = model.title_writes_a_day * model.units_a_title * DAYS
        figures = model.units_a_start + model.process_minutes * model.units_a_process_minute
        switches = model.process_minutes * model.reads_a_process_minute
        starts = month.traffic.requests * model.cold_share
        read = month.traffic.requests * month.mean("reads") + starts * switches
        written = month.traffic.requests * month.mean("writes") + starts * figures
        yield "dynamodb-reads", read + scanned
        yield "dynamodb-writes", written + synced + model.run_units_a_day * DAYS
    yield "dynamodb-storage", month.table_gb
    yield "dynamodb-recovery", month.table_gb


def _copies(month: Month) -> Used:
    inventory, second = month.inventory, month.config.second_region
    here, there = inventory.copies
    tables, restored = inventory.restore_tests
    yield "backup-storage", here * month.table_gb
    yield "backup-storage", there * month.table_gb, second
    yield "transfer-regions", inventory.copies_made * month.table_gb
    yield "backup-restores", restored * month.table_gb
    yield "backup-restore-tests", tables


def _people(month: Month) -> Used:
    yield f"cognito-{month.inventory.user_plan}", month.traffic.people
    # What Cognito's own sender sends is free.
    codes = month.model.codes_per_mau if month.inventory.codes_by_ses else 0
    yield "ses-mails", month.traffic.people * (month.model.mails_per_mau + codes)


def _key_calls(month: Month) -> float:
    if not month.inventory.has("KMS::Key"):
        return 0
    tables = month.model.used_tables * month.model.key_calls_per_table_hour * HOURS
    return tables + month.starts * (month.model.secrets_a_start + 1)


def _seals(month: Month) -> Used:
    yield "secrets", month.inventory.secrets
    yield "secret-calls", month.starts * month.model.secrets_a_start + _ROTATION_CALLS
    yield "kms-keys", month.inventory.count("KMS::Key")
    yield "kms-calls", _key_calls(month)
    yield "waf-acls", month.inventory.count("WAFv2::WebACL")
    yield "waf-rules", month.inventory.firewall_rules
    yield "waf-requests", _inspected(month)
    # The zone itself is nobody's resource here: its id is a parameter.
    yield "route53-zones", int(month.inventory.has("Route53::RecordSet")), GLOBAL_REGION


def _inspected(month: Month) -> float:
    scopes = {acl.properties["Scope"] for acl in month.inventory.of("WAFv2::WebACL")}
    files = month.page_requests * month.model.files_per_site_request
    return (month.direct_requests if "REGIONAL" in scopes else 0) + (
        month.site_requests + files if "CLOUDFRONT" in scopes else 0
    )


def _logs(month: Month) -> Used:
    model, requests = month.model, month.traffic.requests
    here: float = requests * (model.app_log_bytes + model.gateway_log_bytes)
    here += (model.trail_events + _key_calls(month)) * model.trail_event_bytes
    there = 0.0
    if month.inventory.has("Logs::Delivery"):
        files = month.page_requests * model.files_per_site_request
        there = (month.site_requests + files) * model.cloudfront_log_bytes
    there += _inspected(month) * model.blocked_share * model.waf_log_bytes
    yield "cloudwatch-logs", here / _GB
    yield "cloudwatch-logs", there / _GB, GLOBAL_REGION
    yield "cloudwatch-log-storage", (here + there) / _GB * model.log_compression * min(1, month.config.log_days / DAYS)


def _watching(month: Month) -> Used:
    small, large = month.inventory.dashboards
    yield "cloudwatch-metrics", custom_metrics()
    yield "cloudwatch-alarms", month.inventory.alarm_metrics
    yield "cloudwatch-composites", month.inventory.count("CloudWatch::CompositeAlarm")
    yield "cloudwatch-dashboards", small
    yield "cloudwatch-large-dashboards", large
    yield "xray-traces", _traced(month)


def _traced(month: Month) -> float:
    """Only the REST API's gateway traces: HTTP APIs, the site's own door among them, have no X-Ray."""
    sampling = month.inventory.sampling
    return 0 if sampling is None else traces(month.direct_requests, sampling, month.model)


def traces(requests: float, sampling: tuple[float, float], model: Assumptions) -> float:
    """Traces by X-Ray's sampling: some of each second, and a share of the rest. Requests come by chance (Poisson)."""
    if not requests:
        return 0
    reservoir, share = sampling
    rate = requests / (DAYS * model.busy_hours * 3600)
    first = min(rate, reservoir * (1 - exp(-rate / reservoir))) if reservoir else 0
    return requests * (first + share * (rate - first)) / rate


def _buckets(month: Month) -> Used:
    yield "s3-storage", month.model.s3_gb
    yield "s3-writes", month.model.s3_log_writes
    yield "s3-reads", month.starts * month.model.objects_a_start
