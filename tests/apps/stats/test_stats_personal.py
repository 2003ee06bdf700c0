from __future__ import annotations

import pytest

from apps.stats import personal, selectors
from apps.stats.services import award
from movierec.dynamo.data_table import DataRow

pytestmark = pytest.mark.usefixtures("tables")


def test_the_figures_are_exported_as_clients_see_them() -> None:
    figures = award("ann", 2500)
    assert list(personal.export("ann")) == [("stats", figures)]
    assert figures["totalXP"] == 2500


def test_one_persons_figures_are_erased_and_anothers_stay() -> None:
    award("ann", 10)
    award("bob", 20)
    personal.erase("ann")
    personal.erase("ann")
    assert [row["pk"] for row in DataRow.scan_rows()] == ["USER#bob"]
    assert list(personal.export("ann")) == [("stats", selectors.stats("nobody"))]
