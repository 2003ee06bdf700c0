"""Reading the series: rows, and on top of them what this process has not sent yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from movierec.dynamo.data_table import DataRow
from movierec.dynamo.table import Row
from movierec.telemetry.series import counters
from movierec.telemetry.series.counters import FAULTS, SECONDS, Amounts, Kind
from movierec.telemetry.series.histogram import BUCKETS
from movierec.telemetry.series.rows import amounts_of, number_of, pk, sk


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in the period that begins `at`, in seconds since 1970."""

    at: int
    amounts: Mapping[str, float]


def counted(kind: Kind, since: float, until: float) -> list[Counted]:
    """The periods from the one with `since` to the one with `until`, seconds since 1970, the oldest first.

    One Query for each MB: a day of minutes and a month of hours are less. Periods without a row are left out.
    """
    first, last = int(since // SECONDS[kind]), int(until // SECONDS[kind])
    rows = DataRow.query_all(pk(kind), range_condition=DataRow.sk.between(sk(kind, first), sk(kind, last)))
    return with_waiting(kind, rows, range(first, last + 1))


def keys(kind: Kind, since: float, until: float) -> list[dict[str, str]]:
    """The keys of the rows of these periods, for whoever reads them together with others."""
    numbers = range(int(since // SECONDS[kind]), int(until // SECONDS[kind]) + 1)
    return [{"pk": pk(kind), "sk": sk(kind, number)} for number in numbers]


def with_waiting(kind: Kind, rows: Iterable[Row], numbers: range) -> list[Counted]:
    """The periods of rows of one kind, with what this process has not sent yet; the oldest first."""
    found: dict[int, Amounts] = {number_of(kind, row["sk"]): amounts_of(row) for row in rows}
    for number, amounts in counters.process.waiting(kind).items():
        if number in numbers:
            found[number] = sums((found.get(number, {}), amounts))
    return [Counted(number * SECONDS[kind], found[number]) for number in sorted(found)]


def sums(many: Iterable[Mapping[str, float]]) -> Amounts:
    """The sums of amounts by name."""
    total: Amounts = {}
    for amounts in many:
        for name, amount in amounts.items():
            total[name] = total.get(name, 0) + amount
    return total


def labelled(prefix: str, since: float, until: float) -> Amounts:
    """The labelled counters whose names begin with a prefix, summed over the days. One Query; a day is kept for 400."""
    total = sums(day.amounts for day in counted("DAY", since, until))
    return {name: amount for name, amount in total.items() if name.startswith(prefix)}


def by_route(periods: Iterable[Counted]) -> dict[str, Amounts]:
    """The histograms of periods of the kind ROUTE, summed, by route; with the number of its 5xx as FAULTS."""
    found: dict[str, Amounts] = {}
    for name, amount in sums(period.amounts for period in periods).items():
        route, _, what = name.rpartition(" ")
        if what == FAULTS or what in BUCKETS:
            found.setdefault(route, {})[what] = amount
    return found
