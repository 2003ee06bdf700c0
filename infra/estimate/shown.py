"""An estimate as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from infra.config import GLOBAL_REGION, Config
from infra.estimate.assumptions import KINDS, Assumptions, told
from infra.estimate.bill import Bill, Costs
from infra.estimate.prices import Column, known_regions, prices
from infra.estimate.switches import Turned
from infra.estimate.tracing import past_the_rule
from infra.estimate.usage import Traffic, milliseconds

_LEAST_TOLD_USD: Final = 0.01


@dataclass(frozen=True, slots=True)
class Estimate:
    """The month of an environment, and what its switches would change."""

    config: Config
    traffic: Traffic
    bill: Bill
    switches: tuple[Turned, ...]

    @property
    def over_budget(self) -> str:
        """A sentence where the month costs more than the budget; empty where it does not."""
        cost, budget = self.bill.total[Column.TODAY], self.config.budget_usd
        if cost <= budget:
            return ""
        return (
            f"The month costs {money(cost)} USD today, which is past the budget of {budget} USD; "
            "turn something off, or raise budget_usd in infra/environments.toml."
        )

    @property
    def own_traces(self) -> str:
        """A sentence where functions may trace more than the sampling rule says; empty where they may not."""
        cost = past_the_rule(self.config, self.traffic, self.bill)
        if cost < _LEAST_TOLD_USD:
            return ""
        return (
            "X-Ray's sampling rule is for the gateway of the REST API. Behind an HTTP API the function may choose by "
            f"AWS's own rule, one request a second and 5 % of the rest, which would be {money(cost)} USD more; without "
            "xray_tracing of the function there are the gateway's traces alone."
        )

    @property
    def warnings(self) -> list[str]:
        """What whoever reads the figures has to know."""
        found = [
            *_unknown_regions(self.config),
            *_regions_from_memory(self.config),
            *_from_memory(self.bill),
            self.own_traces,
            self.over_budget,
        ]
        return [sentence for sentence in found if sentence]


def money(usd: float) -> str:
    """An amount to the cent, without a minus before zero."""
    return f"{round(usd, 2) + 0.0:,.2f}"


def text(estimate: Estimate) -> str:
    """The month by service, what the switches cost, and the warnings."""
    config, traffic = estimate.config, estimate.traffic
    parts = [
        f"A month of {config.env} in {config.region}: {traffic.people:,} monthly users, {traffic.requests:,} requests. "
        "In USD, without tax.",
        services(estimate.bill),
        "What a switch changes, in USD a month:",
        switches(estimate.switches),
        "Beside `today`, a new account has credits of up to 200 USD for its first 12 months. Free here: CloudTrail's "
        "first trail, CodeDeploy, certificates, budgets, topics, queues.",
        *estimate.warnings,
    ]
    return "\n\n".join(parts)


def services(bill: Bill) -> str:
    """A table of what each service costs, and the sums."""
    rows = [(service, costs) for service, costs in bill.by_service().items()]
    rows.append(("total", bill.total))
    if "WAF" in bill.by_service():
        rows.append(("total without WAF", bill.without("WAF")))
    return table(("service", *Column), [(name, *_moneys(costs)) for name, costs in rows])


def lines(bill: Bill) -> str:
    """A table of each thing that is paid for."""
    found = []
    for line in bill.lines:
        price = prices()[line.price]
        found.append((price.service, price.what, f"{line.quantity:,.2f}", *_moneys(line.costs)))
    return table(("service", "what", "how much", *Column), sorted(found), left=2)


def switches(found: Iterable[Turned]) -> str:
    """A table of what each switch changes."""
    rows = [(f"{one.switch}={one.other}", *_changes(one)) for one in found]
    return table(("switch", *Column), rows)


def assumptions(memory_mb: int, model: Assumptions | None = None) -> str:
    """The model of use, for a function of this memory."""
    requests = [
        (
            kind.name,
            f"{kind.share:.0%}",
            f"{milliseconds(kind, memory_mb):.0f}",
            f"{kind.reads:g}",
            f"{kind.writes:g}",
            f"{kind.bytes_out:,}",
        )
        for kind in KINDS
    ]
    headings = ("kind of request", "share", f"ms at {memory_mb} MB", "read units", "write units", "bytes out")
    rest = [(name, f"{value:,}", meaning) for name, value, meaning in told(model or Assumptions())]
    width = max(len(name) for name, _, _ in rest)
    listed = "\n".join(f"{name:{width}}  {value:>8}  {meaning}" for name, value, meaning in rest)
    return f"{table(headings, requests)}\n\n{listed}"


def as_json(estimate: Estimate) -> str:
    """All of it as JSON; amounts in USD."""
    config, traffic, bill = estimate.config, estimate.traffic, estimate.bill
    content = {
        "environment": config.env,
        "region": config.region,
        "people": traffic.people,
        "requests": traffic.requests,
        "budget": config.budget_usd,
        "total": _named(bill.total),
        "totalWithoutFirewall": _named(bill.without("WAF")),
        "services": {service: _named(costs) for service, costs in bill.by_service().items()},
        "lines": [_line(line.price, line.quantity, line.costs) for line in bill.lines],
        "switches": [_switch(one) for one in estimate.switches],
        "warnings": estimate.warnings,
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Columns of texts; the first `left` of them to the left, the others to the right."""
    widths = [max(len(row[number]) for row in [headings, *rows]) for number in range(len(headings))]
    return "\n".join(_aligned(row, widths, left) for row in [headings, *rows])


def _aligned(row: Sequence[str], widths: Sequence[int], left: int) -> str:
    cells = [
        f"{cell:<{width}}" if number < left else f"{cell:>{width}}"
        for number, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _moneys(costs: Costs) -> list[str]:
    return [money(costs[column]) for column in Column]


def _changes(one: Turned) -> list[str]:
    if one.difference is None:
        return ["cannot be"] + [""] * (len(Column) - 1)
    return [signed(one.difference[column]) for column in Column]


def signed(usd: float) -> str:
    """A difference to the cent, with its sign; zero has none."""
    rounded = round(usd, 2)
    return f"{rounded:+,.2f}" if rounded else money(0)


def _unknown_regions(config: Config) -> list[str]:
    unknown = [region for region in (config.region, config.second_region) if region not in known_regions()]
    if not unknown:
        return []
    return [
        f"The prices of {' and '.join(unknown)} are not known here; those of us-east-1 stand in, and are often lower. "
        f"Known are {', '.join(sorted(known_regions()))}."
    ]


def _regions_from_memory(config: Config) -> list[str]:
    regions = (config.region, config.second_region)
    found = [region for region in regions if region in known_regions() and region != GLOBAL_REGION]
    if not found:
        return []
    return [f"Where AWS has a price for each region, those of {' and '.join(found)} stand here from memory."]


def _from_memory(bill: Bill) -> list[str]:
    found = [prices()[line.price] for line in bill.lines if money(line.costs[Column.NONE]) != money(0)]
    names = [f"{price.service}, {price.what}" for price in found if price.seen == "memory"]
    if not names:
        return []
    return [f"Look these prices up before you rely on them; they stand here from memory: {'; '.join(names)}."]


def _named(costs: Costs) -> dict[str, float]:
    return {column.name.lower(): round(usd, 4) + 0.0 for column, usd in costs.items()}


def _line(key: str, quantity: float, costs: Costs) -> dict[str, Any]:
    price = prices()[key]
    return {
        "price": key,
        "service": price.service,
        "what": price.what,
        "quantity": round(quantity, 4),
        "usd": _named(costs),
        "seen": price.seen,
        "date": price.date.isoformat(),
        "source": price.source,
    }


def _switch(one: Turned) -> dict[str, Any]:
    difference = _named(one.difference) if one.difference is not None else None
    return {"switch": one.switch, "now": one.now, "other": one.other, "usd": difference, "objection": one.objection}
