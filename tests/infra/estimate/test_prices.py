"""The price list: complete, dated, and honest about where each price was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from infra import environments
from infra.estimate import usage
from infra.estimate.prices import SEEN, Column, Price, known_regions, prices


def price(**changed: object) -> Price:
    values: dict[str, object] = {
        "key": "k",
        "service": "S",
        "what": "w",
        "unit": 1000,
        "usd": {"us-east-1": 2.0, "eu-north-1": 3.0},
        "always": 5,
        "documents": 3,
        "seen": "page",
        "date": date(2026, 11, 21),
        "source": "https://example.com/",
    }
    return Price(**{**values, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("key", sorted(prices()))
def test_every_price_says_where_and_when_it_was_read(key: str) -> None:
    one = prices()[key]

    assert one.seen in SEEN
    assert date(2020, 1, 1) < one.date <= date(2026, 11, 21)
    assert one.source.startswith("https://")
    assert one.service
    assert one.what
    assert one.unit > 0
    assert one.always >= 0
    assert one.documents >= 0
    assert all(usd > 0 for usd in (one.usd.values() if isinstance(one.usd, Mapping) else [one.usd]))


def test_regions_are_known_where_every_price_has_them() -> None:
    assert known_regions() == {"us-east-1", "eu-north-1", "eu-west-1"}


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_the_regions_of_the_environments_are_known(env: str) -> None:
    config = environments.load(env)

    assert {config.region, config.second_region} <= known_regions()


def test_a_price_is_that_of_one_in_its_region() -> None:
    assert price().in_region("eu-north-1") == 0.003
    assert price().in_region("us-east-1") == 0.002
    assert price().in_region("ap-south-1") == 0.002
    assert price(usd=4.0).in_region("ap-south-1") == 0.004


def test_what_is_free_for_good_is_free_for_the_documents_too() -> None:
    assert {column: price().free(column) for column in Column} == {
        Column.DOCUMENTS: 5,
        Column.TODAY: 5,
        Column.NONE: 0,
    }
    assert price(documents=9).free(Column.DOCUMENTS) == 9


@pytest.mark.parametrize(
    ("key", "usd"),
    [
        ("lambda-requests", 0.20e-6),
        ("lambda-gb-seconds", 0.0000166667),
        ("api-rest-requests", 3.5e-6),
        ("dynamodb-writes", 0.625e-6),
        ("dynamodb-reads", 0.125e-6),
        ("cognito-lite", 0.0055),
        ("secrets", 0.40),
        ("kms-keys", 1.0),
        ("xray-traces", 5e-6),
        ("waf-acls", 5.0),
        ("cloudfront-requests", 1e-6),
    ],
)
def test_prices_of_one_in_the_first_region(key: str, usd: float) -> None:
    assert prices()[key].in_region("us-east-1") == pytest.approx(usd)


def test_every_price_is_used_and_every_use_has_a_price() -> None:
    source = Path(usage.__file__).read_text(encoding="utf-8")
    unused = {key for key in prices() if f'"{key}"' not in source and not key.startswith("cognito-")}

    assert unused == set()
    assert {key for key in prices() if key.startswith("cognito-")} == {
        "cognito-lite",
        "cognito-essentials",
        "cognito-plus",
    }
