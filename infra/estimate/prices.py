"""The price list, read from prices.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from infra.config import GLOBAL_REGION

FILE: Final = Path(__file__).with_name("prices.toml")
SEEN: Final = ("page", "elsewhere", "memory")


class Column(StrEnum):
    """Which free tier counts; the values are the headings."""

    DOCUMENTS = "as documents assume"
    TODAY = "today"
    NONE = "without free tier"


@dataclass(frozen=True, slots=True)
class Price:
    """What one thing costs: USD for each `unit`, everywhere or by region, and how much of it each free tier has."""

    key: str
    service: str
    what: str
    unit: float
    usd: float | Mapping[str, float]
    always: float
    documents: float
    seen: str
    date: date
    source: str

    def in_region(self, region: str) -> float:
        """USD for one of it; a region that is not known has the price of us-east-1."""
        if not isinstance(self.usd, Mapping):
            return self.usd / self.unit
        return self.usd.get(region, self.usd[GLOBAL_REGION]) / self.unit

    def free(self, column: Column) -> float:
        """How much of it is free in a month; what is free for good is free for those documents as well."""
        allowances = {Column.DOCUMENTS: max(self.documents, self.always), Column.TODAY: self.always, Column.NONE: 0}
        return allowances[column]


@cache
def prices() -> Mapping[str, Price]:
    """All prices by their keys."""
    tables: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return MappingProxyType({key: Price(key=key, **table) for key, table in tables.items()})


@cache
def known_regions() -> frozenset[str]:
    """The regions that every price by region has."""
    return frozenset.intersection(
        *(frozenset(price.usd) for price in prices().values() if isinstance(price.usd, Mapping))
    )
