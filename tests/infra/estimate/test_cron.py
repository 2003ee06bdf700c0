"""How often schedules run in a month."""

from __future__ import annotations

import pytest

from infra.declared.jobs import JOBS
from infra.estimate.cron import runs_a_month


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("cron(0 8 * * ? *)", 30.4375),
        ("cron(0 8,20 * * ? *)", 60.875),
        ("cron(0,30 8 ? * * *)", 60.875),
        ("cron(0 9 ? * SUN *)", 30.4375 / 7),
        ("cron(0 9 ? * MON,THU *)", 2 * 30.4375 / 7),
        ("cron(0 9 ? * SUN#1 *)", 1),
        ("cron(0 9 1 * ? *)", 1),
        ("cron(0 9 1,15 * ? *)", 2),
        ("cron(0 9 L * ? *)", 1),
        ("cron(0 9 1 1,4,7,10 ? *)", 1 / 3),
    ],
)
def test_runs_of_a_schedule(expression: str, runs: float) -> None:
    assert runs_a_month(expression) == pytest.approx(runs)


@pytest.mark.parametrize("expression", ["rate(5 minutes)", "cron(0/5 8 * * ? *)", "cron(* * * * ? *)", "cron()", ""])
def test_what_cannot_be_counted_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="cannot be counted"):
        runs_a_month(expression)


def test_the_schedules_of_the_jobs_can_be_counted() -> None:
    assert all(runs_a_month(job.cron) > 0 for job in JOBS)
