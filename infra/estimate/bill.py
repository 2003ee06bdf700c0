"""A month's bill in three columns: by the free tier of the documents, by today's, and without one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from infra import synth
from infra.config import Config
from infra.estimate.assumptions import Assumptions
from infra.estimate.inventory import Inventory
from infra.estimate.prices import Column, prices
from infra.estimate.usage import Amount, Month, Traffic, amounts

Costs = dict[Column, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is paid for: how much of it, and what it costs in USD by each column."""

    price: str
    quantity: float
    costs: Costs


@dataclass(frozen=True, slots=True)
class Bill:
    """The lines of a month."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> Costs:
        """The sum of all lines, in USD."""
        return _sum(self.lines)

    def by_service(self) -> dict[str, Costs]:
        """What each service costs, in USD; the dearest without free tier first."""
        grouped: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            grouped[prices()[line.price].service].append(line)
        sums = {service: _sum(lines) for service, lines in grouped.items()}
        return dict(sorted(sums.items(), key=lambda item: (-item[1][Column.NONE], item[0])))

    def without(self, service: str) -> Costs:
        """The total without a service."""
        return _sum(line for line in self.lines if prices()[line.price].service != service)


def bill(config: Config, traffic: Traffic, model: Assumptions | None = None) -> Bill:
    """The bill of an environment, from its templates as they are."""
    month = Month(config, Inventory(synth.templates(config)), traffic, model or Assumptions())
    return priced(amounts(month))


def priced(used: Iterable[Amount]) -> Bill:
    """The bill of amounts. A free tier is one for all regions: each has the part of it that it has of the amount."""
    grouped: dict[str, list[Amount]] = defaultdict(list)
    for amount in used:
        grouped[amount.price].append(amount)
    return Bill(tuple(_line(key, parts) for key, parts in grouped.items()))


def _line(key: str, parts: list[Amount]) -> Line:
    price = prices()[key]
    quantity = sum(part.quantity for part in parts)
    full = sum(part.quantity * price.in_region(part.region) for part in parts)
    return Line(key, quantity, {column: full * max(0, 1 - price.free(column) / quantity) for column in Column})


def _sum(lines: Iterable[Line]) -> Costs:
    found = list(lines)
    return {column: sum(line.costs[column] for line in found) for column in Column}
