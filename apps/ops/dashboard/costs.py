"""What the service has cost this month against its budget, as AWS tells it: read once a day, and kept in one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from movierec.aws import client
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.table import Row
from movierec.timestamps import timestamp

KEY: Final[Row] = {"pk": "FIGURES", "sk": "COST"}
# Budgets are asked for there, wherever the service is.
_REGION: Final = "us-east-1"


class BudgetUnreadable(Exception):
    """AWS did not tell how the budget stands; the message is a sentence for operators."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The month's cost so far, what AWS expects of the whole month (None where it does not), and the budget."""

    actual: float
    forecast: float | None
    limit: float
    unit: str
    at: str

    @classmethod
    def of_row(cls, row: Row) -> Cost:
        """The cost in a row."""
        return cls(row["actual"], row.get("forecast"), row["limit"], row["unit"], row["at"])


def refresh(now: datetime) -> Cost:
    """Asks AWS, stores what it says, and answers it. Raises BudgetUnreadable, and PynamoDB's errors."""
    budget = _budget()
    spend = budget["CalculatedSpend"]
    forecast = spend.get("ForecastedSpend")
    cost = Cost(
        actual=float(spend["ActualSpend"]["Amount"]),
        forecast=float(forecast["Amount"]) if forecast else None,
        limit=float(budget["BudgetLimit"]["Amount"]),
        unit=budget["BudgetLimit"]["Unit"],
        at=timestamp(now),
    )
    told = {name: value for name in Cost.__slots__ if (value := getattr(cost, name)) is not None}
    DataRow.put_row({**KEY, **told})
    return cost


def _budget() -> dict[str, Any]:
    try:
        account = client("sts").get_caller_identity()["Account"]
        answer = client("budgets", _REGION).describe_budget(AccountId=account, BudgetName=settings.BUDGET_NAME)
    except (BotoCoreError, ClientError) as error:
        raise BudgetUnreadable(
            f"The budget {settings.BUDGET_NAME} could not be read ({error}). Look whether BUDGET_NAME is right, and "
            "whether the role has budgets:ViewBudget on it."
        ) from error
    budget: dict[str, Any] = answer["Budget"]
    return budget
