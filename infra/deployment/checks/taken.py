"""Names that are taken already: buckets of other accounts, tables that belong to no stack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from botocore.exceptions import ClientError

from infra import names
from infra.declared.tables import TABLES
from infra.deployment import stacks
from infra.deployment.aws import is_denied, is_missing
from infra.deployment.checks.finding import Finding, Patient, Verdict
from infra.deployment.telling import listed

_BUCKETS: Final = ("assets", "models", "catalogue", "deployment", "site", "access-logs")


def buckets(patient: Patient) -> Iterator[Finding]:
    """Bucket names are the whole world's: whether somebody else has one of ours."""
    s3 = patient.aws.client("s3")
    foreign = []
    for purpose in _BUCKETS:
        name = names.bucket(patient.aws.config, purpose)
        try:
            s3.head_bucket(Bucket=name)
        except ClientError as error:
            if is_denied(error):
                foreign.append(name)
            elif not is_missing(error):
                raise
    if foreign:
        remedy = "Write another `domain` into environments.toml, or sign in to the account that has them."
        yield Finding("bucket names", Verdict.WRONG, f"Another account has {listed(foreign)}.", remedy)
    else:
        yield Finding("bucket names", Verdict.OK, "The names are free, or ours.")


def tables(patient: Patient) -> Iterator[Finding]:
    """Tables that exist and that no stack of this environment has made."""
    config = patient.aws.config
    there = set(_table_names(patient))
    wanted = {table.name_in(config) for table in TABLES}
    if config.data == "import":
        yield _imported(sorted(wanted - there))
        return
    cloudformation = patient.aws.client("cloudformation")
    stack = stacks.look(cloudformation, names.stack_name(config, "data"))
    own = {one.id for one in stacks.resources(cloudformation, stack.id)} if stack else set()
    if strange := sorted((wanted & there) - own):
        yield Finding(
            "tables",
            Verdict.WRONG,
            f"{listed(strange)} exist already and belong to no stack of {config.prefix}.",
            'Write data = "import" to use them as they are, take them into the stack by '
            f"`python -m infra deploy --env {config.env} --adopt`, or use another account or region.",
        )
    else:
        yield Finding("tables", Verdict.OK, "No table is in the way.")


def _imported(missing: list[str]) -> Finding:
    if missing:
        remedy = 'Write data = "create", or sign in to the account that has them.'
        return Finding("tables", Verdict.WRONG, f"data is import, and {listed(missing)} are not there.", remedy)
    return Finding("tables", Verdict.OK, "The tables to be imported are there.")


def _table_names(patient: Patient) -> Iterator[str]:
    for page in patient.aws.client("dynamodb").get_paginator("list_tables").paginate():
        yield from page["TableNames"]
