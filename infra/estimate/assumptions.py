"""How the service is used: all that the estimate takes for granted, in one place. `--assumptions` prints it.

Times come from the speed targets and benchmarks (CPU at full speed), stretched by the share of a CPU that the memory
buys; units of DynamoDB from the calls that tests count on the wire, and the sizes of rows. Bytes are decimal.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

# A function of so much memory has one whole CPU (AWS Lambda Developer Guide, "Configure Lambda function memory").
FULL_CPU_MB: Final = 1769
HOURS: Final = 730.5
DAYS: Final = HOURS / 24


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request: its share of all, milliseconds of CPU and of waiting, DynamoDB's units, and bytes answered."""

    name: str
    share: float
    cpu_ms: float
    wait_ms: float
    reads: float
    writes: float
    bytes_out: int


# Nearly each counts itself for the rate limit, which is one write.
KINDS: Final = (
    Kind("a list of titles, or the front page", 0.25, 8, 10, 4, 1, 12_000),
    Kind("a title or a person", 0.20, 8, 10, 1, 1, 10_000),
    Kind("a search", 0.10, 12, 6, 0, 1, 8_000),
    Kind("recommendations", 0.10, 10, 12, 9, 1, 12_000),
    Kind("own lists, ratings, profile", 0.15, 4, 12, 2.5, 1, 8_000),
    Kind("a change of a list, a rating, feedback", 0.08, 4, 15, 1, 4, 500),
    # A sign-in's event is six of its writes: three rows in one transaction. A refresh, which is half of them, has none.
    Kind("sign-in, refresh, sign-up", 0.02, 10, 200, 6, 15, 2_000),
    Kind("posters, health, preflights, refusals", 0.10, 1, 2, 0, 0.2, 2_000),
)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The rest of the model; a field's comment in `TOLD` is what `--assumptions` says of it."""

    site_share: float = 0.5
    files_per_site_request: float = 1
    file_bytes: int = 15_000
    cold_share: float = 0.01
    cold_cpu_ms: float = 450
    secrets_a_start: float = 2
    objects_a_start: float = 12
    units_a_start: float = 18
    process_minutes: float = 3
    units_a_process_minute: float = 2
    reads_a_process_minute: float = 3
    app_log_bytes: int = 1_250
    gateway_log_bytes: int = 400
    cloudfront_log_bytes: int = 400
    trail_events: int = 30_000
    trail_event_bytes: int = 1_300
    log_compression: float = 0.15
    people_per_mau: float = 2
    person_bytes: int = 15_000
    titles: int = 20_000
    title_bytes: int = 6_000
    title_writes_a_day: int = 1_000
    units_a_title: float = 10
    scans_a_day: float = 2
    run_units_a_day: float = 600
    job_seconds: float = 120
    mails_per_mau: float = 0.2
    codes_per_mau: float = 0.3
    s3_gb: float = 2
    s3_log_writes: int = 20_000
    key_calls_per_table_hour: float = 12
    used_tables: int = 5
    busy_hours: float = 8
    blocked_share: float = 0.02
    waf_log_bytes: int = 2_000


TOLD: Final = {
    "site_share": "share of the requests that comes through CloudFront, where hosting is django; the API has the rest",
    "files_per_site_request": "files that CloudFront serves beside each of these",
    "file_bytes": "bytes of such a file",
    "cold_share": "share of the requests that starts a process",
    "cold_cpu_ms": "milliseconds of CPU of such a start, model loaded",
    "secrets_a_start": "secrets that a process reads",
    "objects_a_start": "objects of S3 that a process reads: the model and the catalogue's index",
    "units_a_start": "write units of the admin's figures in the first minute of a process",
    "process_minutes": "minutes that it lives: two at a time in the busy hours of a month, for each start",
    "units_a_process_minute": "write units of the admin's figures in each of these",
    "reads_a_process_minute": "read units of flags, limits and hidden titles in each of these",
    "app_log_bytes": "bytes of log for each request: the line with its metrics, and Lambda's own three",
    "gateway_log_bytes": "bytes of the gateway's access line",
    "cloudfront_log_bytes": "bytes of CloudFront's access line",
    "trail_events": "events of the account's management that the trail writes, beside those of keys",
    "trail_event_bytes": "bytes of such an event in the log",
    "log_compression": "size of logs as they are kept, of what was taken in",
    "people_per_mau": "accounts for each monthly user",
    "person_bytes": "bytes in tables and indexes for each account",
    "titles": "titles and people in the catalogue",
    "title_bytes": "bytes of each in the table and its index",
    "title_writes_a_day": "titles that a day's sync writes",
    "units_a_title": "write units of such a title, with its index",
    "scans_a_day": "times a day that a job reads the whole catalogue",
    "run_units_a_day": "write units a day of the records and logs of jobs",
    "job_seconds": "seconds that a scheduled job runs",
    "mails_per_mau": "mails of the service itself for each monthly user",
    "codes_per_mau": "mails of the user pool with a code for each monthly user; they cost where pool_mail is ses",
    "s3_gb": "GB in buckets: models, packages, the site, logs; uploads are not counted",
    "s3_log_writes": "objects that logs of buckets and the trail write",
    "key_calls_per_table_hour": "calls of KMS for each table in use and hour: DynamoDB asks again after five minutes",
    "used_tables": "tables in use",
    "busy_hours": "hours of the day in which the requests come",
    "blocked_share": "share of the requests that the firewall logs",
    "waf_log_bytes": "bytes of such a line",
}


def told(model: Assumptions) -> list[tuple[str, Any, str]]:
    """Each assumption: its name, its value, and what it means."""
    return [(field.name, getattr(model, field.name), TOLD[field.name]) for field in fields(model)]
