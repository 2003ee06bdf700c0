"""How amounts become a bill."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.estimate.bill import priced
from infra.estimate.prices import Column, prices
from infra.estimate.usage import Amount

KEYS = sorted(prices())


def test_nothing_costs_nothing() -> None:
    assert priced([]).total == {Column.DOCUMENTS: 0, Column.TODAY: 0, Column.NONE: 0}


def test_each_column_takes_off_its_own_free_tier() -> None:
    (line,) = priced([Amount("api-rest-requests", 3_000_000, "eu-north-1")]).lines

    assert line.costs == {Column.DOCUMENTS: pytest.approx(7.0), Column.TODAY: 10.5, Column.NONE: 10.5}


def test_a_free_tier_is_never_more_than_what_is_used() -> None:
    (line,) = priced([Amount("cognito-lite", 10_001, "eu-north-1")]).lines

    assert line.costs[Column.DOCUMENTS] == 0
    assert line.costs[Column.TODAY] == pytest.approx(0.0055)
    assert line.costs[Column.NONE] == pytest.approx(10_001 * 0.0055)


def test_regions_share_one_free_tier() -> None:
    parts = [Amount("cloudwatch-logs", 6, "eu-north-1"), Amount("cloudwatch-logs", 4, "us-east-1")]
    (line,) = priced(parts).lines

    assert line.quantity == 10
    assert line.costs[Column.NONE] == pytest.approx(6 * 0.535 + 4 * 0.50)
    assert line.costs[Column.TODAY] == pytest.approx((6 * 0.535 + 4 * 0.50) / 2)


def test_services_are_sums_of_their_lines_and_the_dearest_is_first() -> None:
    found = priced(
        [
            Amount("secrets", 2, "eu-north-1"),
            Amount("waf-acls", 1, "us-east-1"),
            Amount("waf-rules", 4, "us-east-1"),
            Amount("secret-calls", 20_000, "eu-north-1"),
        ]
    )

    assert list(found.by_service()) == ["WAF", "Secrets Manager"]
    assert found.by_service()["WAF"][Column.TODAY] == 9
    assert found.by_service()["Secrets Manager"][Column.TODAY] == pytest.approx(0.9)
    assert found.total[Column.TODAY] == pytest.approx(9.9)
    assert found.without("WAF")[Column.TODAY] == pytest.approx(0.9)


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.floats(0.001, 1e9)), max_size=8))
def test_less_is_free_from_column_to_column(used: list[tuple[str, float]]) -> None:
    total = priced(Amount(key, quantity, "eu-north-1") for key, quantity in used).total

    assert 0 <= total[Column.DOCUMENTS] <= total[Column.TODAY] <= total[Column.NONE]
