"""The job that reads the budget."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.ops.dashboard.costs import KEY, Cost, refresh
from movierec import jobs
from movierec.aws import client
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.leases import take
from tests.stand_ins.log_lines import Lines, lines

NAME = "movierec-dev-monthly"

__all__ = ["lines"]

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def budget(settings: Any) -> None:
    """A budget of 50 USD, of which AWS tells at its own addresses."""
    settings.AWS_ENDPOINT_URL, settings.BUDGET_NAME = "", NAME
    limit = {"Amount": "50", "Unit": "USD"}
    made = {"BudgetName": NAME, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit}
    client("budgets", "us-east-1").create_budget(AccountId="123456789012", Budget=made)


def run() -> str:
    out = io.StringIO()
    call_command("refresh_figures", stdout=out)
    return out.getvalue()


def test_the_cost_is_stored_and_the_run_recorded(budget: None) -> None:
    assert run() == "0.00 USD so far of 50.00.\n"
    row = DataRow.get_row(KEY["pk"], KEY["sk"])
    assert row is not None
    moment = row["at"]
    assert row == {**KEY, "actual": 0, "forecast": 0, "limit": 50, "unit": "USD", "at": moment}
    (done,) = jobs.newest("refresh_figures")
    assert (done.state, done.schedule, done.message) == ("done", "daily", "0.00 USD so far of 50.00.")


def test_a_forecast_is_kept_where_aws_has_one(budget: None) -> None:
    told = {
        "BudgetLimit": {"Amount": "50.0", "Unit": "USD"},
        "CalculatedSpend": {
            "ActualSpend": {"Amount": "12.345", "Unit": "USD"},
            "ForecastedSpend": {"Amount": "40.5", "Unit": "USD"},
        },
    }
    events = client("budgets", "us-east-1").meta.events

    def answer(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Budget"] = told

    events.register("after-call.budgets.DescribeBudget", answer)
    now = datetime(2026, 5, 1, tzinfo=UTC)
    try:
        cost = refresh(now)
    finally:
        events.unregister("after-call.budgets.DescribeBudget", answer)
    assert cost == Cost(12.345, 40.5, 50, "USD", "2026-05-01T00:00:00.000Z")
    row = DataRow.get_row(KEY["pk"], KEY["sk"])
    assert row is not None
    assert Cost.of_row(row) == cost


def test_a_budget_that_is_not_there_is_a_failed_run_and_stores_nothing(budget: None, settings: Any) -> None:
    settings.BUDGET_NAME = "another"
    with pytest.raises(CommandError, match=r"The budget another could not be read .*budgets:ViewBudget"):
        run()
    assert DataRow.get_row(KEY["pk"], KEY["sk"]) is None
    assert [done.state for done in jobs.newest("refresh_figures")] == ["failed"]


def test_beside_another_process_it_is_busy_which_is_no_failure(
    budget: None, monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    monkeypatch.setattr("movierec.jobs.recorder.WAIT_SECONDS", 0.0)
    take("refresh_figures#daily", 20)
    with pytest.raises(CommandError, match="Another process reads the figures already") as refusal:
        run()
    (line,) = lines("movierec.telemetry.jobs")
    assert (refusal.value.returncode, line["state"], line["JobFailed"]) == (75, "busy", 0)
    assert jobs.newest("refresh_figures") == []


def test_where_nothing_is_paid_for_nothing_is_asked(operations: list[str]) -> None:
    assert run() == "Nothing is paid for here: BUDGET_NAME names no budget.\n"
    assert operations == []
