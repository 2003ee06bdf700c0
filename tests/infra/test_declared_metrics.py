"""What alarms and the dashboard read is what the application tells."""

from __future__ import annotations

from typing import get_args

from infra.declared.metrics import METRICS
from infra.declared.metrics import NAMESPACE as DECLARED_NAMESPACE
from movierec.telemetry.figures import ENVIRONMENT, JOB, JOB_UNITS, NAMESPACE, UNITS, Name


def test_names_units_and_dimensions() -> None:
    told = {name: (unit, (ENVIRONMENT,)) for name, unit in UNITS.items()}
    of_jobs = {name: (unit, (ENVIRONMENT, JOB)) for name, unit in JOB_UNITS.items()}
    assert {metric.name: (metric.unit, metric.dimensions) for metric in METRICS} == told | of_jobs
    assert DECLARED_NAMESPACE == NAMESPACE


def test_whatever_has_a_unit_can_be_counted_and_the_rest_stands_in_the_lines() -> None:
    assert set(get_args(Name)) - {*UNITS, *JOB_UNITS} == {
        "Requests",
        "Errors5xx",
        "DynamoMilliseconds",
        "TmdbMilliseconds",
        "SignIns",
        "ModelAgeHours",
        "SessionCacheHits",
        "SessionCacheMisses",
    }
    assert {*UNITS, *JOB_UNITS} < set(get_args(Name))


def test_there_are_as_many_by_environment_as_are_free() -> None:
    # Each more costs 0.30 USD a month in each environment that has requests all the time.
    assert len(UNITS) == 10
    assert set(JOB_UNITS) == {"JobSucceeded", "JobFailed"}
