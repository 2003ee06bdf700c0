"""What the dashboard shows: one Query for the figures over time, and one BatchGetItem for everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings

from apps.media.providers.tmdb.pace import REQUESTS_A_SECOND
from apps.ops.dashboard import words
from apps.ops.dashboard.costs import KEY, Cost
from apps.ops.dashboard.plots import Line, Plot, Words, plot
from apps.ops.dashboard.ranges import Span, told
from apps.recommendations.selectors import model_facts
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.table import Row
from movierec.telemetry.series.counters import FAULTS, SECONDS, Amounts
from movierec.telemetry.series.histogram import answers, quantile
from movierec.telemetry.series.reading import Counted, by_route, counted, keys, sums, with_waiting
from movierec.telemetry.series.rows import pk
from movierec.timestamps import epoch_seconds

# Of routes, by the hour, since a BatchGetItem has 100 keys.
MOST_ROUTE_HOURS: Final = 96
SLOW: Final = 0.95
# Without one of these there is nothing to draw: the page's own calls of DynamoDB alone are always counted.
_ENDS: Final = ("Requests", "JobSucceeded", "JobFailed")

Mark = Literal["", "good", "bad"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of the whole span: its words, whether they are good or bad, and what is to be said beside them."""

    label: str
    words: str
    note: str = ""
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Route:
    """How long requests of a route took; `share` is how long its slow ones took, in percent of the slowest route's."""

    name: str
    requests: str
    faults: str
    middle: str
    slow: str
    share: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the page. `since` is when the span begins, `routes_since` when that of the routes does.

    `routes_reach` says how far routes reach back at most, where that is less than the span; else it is empty.
    """

    empty: bool
    since: str
    facts: list[Fact]
    plots: list[Plot]
    routes: list[Route]
    routes_since: str
    routes_reach: str


def board(span: Span) -> Board:
    """The dashboard of a span of time. Raises PynamoDB's errors."""
    periods = counted(span.range.kind, span.since, span.until)
    routes_since = max(span.since, span.until - (MOST_ROUTE_HOURS - 1) * SECONDS["ROUTE"])
    hours = keys("ROUTE", routes_since, span.until)
    rows = DataRow.get_rows([*hours, KEY])
    numbers = range(int(routes_since // SECONDS["ROUTE"]), int(span.until // SECONDS["ROUTE"]) + 1)
    routes = with_waiting("ROUTE", [row for row in rows if row["pk"] == pk("ROUTE")], numbers)
    return Board(
        empty=not any(period.amounts.get(name) for period in periods for name in _ENDS),
        since=told(span.since),
        facts=[*_facts(periods, span), _model(span.until), _cost(rows, span.until)],
        plots=_plots(span.stepped(periods), span),
        routes=_routes(by_route(routes)),
        routes_since=hours[0]["sk"].replace("T", " ") + ":00",
        routes_reach=f"{MOST_ROUTE_HOURS} hours" if routes_since > span.since else "",
    )


def _facts(periods: Sequence[Counted], span: Span) -> list[Fact]:
    total = sums(period.amounts for period in periods)
    requests = total.get("Requests", 0)
    faults = total.get("Errors5xx", 0)
    failed = total.get("JobFailed", 0)
    return [
        Fact("Requests", words.number(requests), f"{words.number(total.get('Errors4xx', 0))} were refused (4xx)"),
        Fact("Faults (5xx)", words.number(faults), _of(faults, requests, "requests"), "bad" if faults else "good"),
        Fact("Half of the answers within", words.milliseconds(quantile(total, 0.5))),
        Fact("95 % of the answers within", words.milliseconds(quantile(total, SLOW))),
        _sign_ins(total),
        Fact("Found in the cache", words.percent(_hit_rate(total)), "of what may need TMDB"),
        _tmdb(total, periods, span),
        _throttles(total),
        Fact(
            "Recommendations that fell back",
            words.number(total.get("RecommendationFallbacks", 0)),
            "on a model that stands in",
        ),
        Fact(
            "Jobs that failed",
            words.number(failed),
            f"{words.number(total.get('JobSucceeded', 0))} were done",
            "bad" if failed else "good",
        ),
    ]


def _of(part: float, whole: float, what: str) -> str:
    return f"{words.percent(words.share(part, whole))} of the {what}" if whole else f"there were no {what}"


def _sign_ins(total: Amounts) -> Fact:
    failures, successes = total.get("SignInFailures", 0), total.get("SignIns", 0)
    return Fact("Sign-ins", words.number(successes), f"{words.number(failures)} failed beside them")


def _hit_rate(amounts: Amounts) -> float | None:
    hits = amounts.get("CacheHits", 0)
    return words.share(hits, hits + amounts.get("CacheMisses", 0))


def _tmdb(total: Amounts, periods: Sequence[Counted], span: Span) -> Fact:
    calls, failures = total.get("TmdbCalls", 0), total.get("TmdbFailures", 0)
    most = max((period.amounts.get("TmdbCalls", 0) for period in periods), default=0)
    kind = span.range.kind
    peak = f"{most / SECONDS[kind]:.1f} a second in the busiest {kind.lower()}, of {REQUESTS_A_SECOND} allowed"
    return Fact("Calls of TMDB", words.number(calls), f"{words.number(failures)} failed; {peak}", _bad_if(failures))


def _throttles(total: Amounts) -> Fact:
    throttles, calls = total.get("DynamoThrottles", 0), total.get("DynamoCalls", 0)
    note = f"of {words.number(calls)} calls"
    return Fact("Throttled by DynamoDB", words.number(throttles), note, "bad" if throttles else "good")


def _bad_if(failures: float) -> Mark:
    return "bad" if failures else ""


def _model(now: float) -> Fact:
    """The age of the model that serves, by the store of models; DynamoDB is not asked."""
    facts = model_facts()
    mark: Mark = "bad" if facts.problem else ""
    if facts.version is None:
        return Fact("Model trained", "unknown", f"{facts.problem} Train one: manage.py train_recommender.", mark)
    trained = words.age(now - facts.trained_at.timestamp()) if facts.trained_at else "at an unknown time"
    return Fact("Model trained", trained, f"{facts.version}. {facts.problem or ''}".strip(), mark)


def _cost(rows: Sequence[Row], now: float) -> Fact:
    label = "Cost of this month so far"
    row = next((row for row in rows if row["pk"] == KEY["pk"]), None)
    if row is None:
        if settings.BUDGET_NAME:
            return Fact(label, "not read yet", "run manage.py refresh_figures")
        return Fact(label, "none", "Nothing is paid for here.")
    cost = Cost.of_row(row)
    if told(int(now), "%Y-%m") != cost.at[:7]:
        return Fact(label, "not read yet", f"last read {words.age(now - epoch_seconds(cost.at))}, in another month")
    forecast = "" if cost.forecast is None else f"; {cost.forecast:,.2f} expected for the month"
    note = f"of {cost.limit:,.2f} {cost.unit}{forecast}; read {words.age(now - epoch_seconds(cost.at))}"
    above = cost.actual > cost.limit or (cost.forecast or 0) > cost.limit
    return Fact(label, f"{cost.actual:,.2f} {cost.unit}", note, "bad" if above else "good")


def _plots(steps: Sequence[Amounts], span: Span) -> list[Plot]:
    def counts(name: str, title: str, **figures: str) -> Plot:
        lines = [Line(label, [step.get(figure, 0) for step in steps]) for figure, label in figures.items()]
        return plot(name, f"{title} in {span.range.each}", lines, span, words.number)

    def values(name: str, title: str, told_by: Words, top: float, lines: Mapping[str, list[float | None]]) -> Plot:
        return plot(name, title, [Line(*line) for line in lines.items()], span, told_by, least_top=top)

    times = {
        "Half within": [quantile(step, 0.5) for step in steps],
        "95 % within": [quantile(step, SLOW) for step in steps],
    }
    return [
        counts("requests", "Requests", Requests="Requests"),
        counts("errors", "Errors", Errors5xx="Faults (5xx)", Errors4xx="Refused (4xx)"),
        values("latency", "How long answers took", words.milliseconds, 10, times),
        counts("sign-ins", "Sign-ins", SignIns="Sign-ins", SignInFailures="Failures"),
        values("cache", "Found in the cache", words.percent, 100, {"Found": [_hit_rate(step) for step in steps]}),
        counts("tmdb", "Calls of TMDB", TmdbCalls="Calls", TmdbFailures="Failures"),
        counts("throttles", "Throttled by DynamoDB", DynamoThrottles="Throttled"),
    ]


def _routes(histograms: Mapping[str, Amounts]) -> list[Route]:
    """The routes with the most requests first."""
    numbers = {name: answers(histogram) for name, histogram in histograms.items()}
    slow = {name: quantile(histogram, SLOW) or 0 for name, histogram in histograms.items()}
    slowest = max(slow.values(), default=0) or 1
    return [
        Route(
            words.route(name),
            words.number(numbers[name]),
            words.number(histograms[name].get(FAULTS, 0)),
            words.milliseconds(quantile(histograms[name], 0.5)),
            words.milliseconds(slow[name]),
            f"{100 * slow[name] / slowest:.1f}",
        )
        for name in sorted(numbers, key=lambda each: (-numbers[each], each))
    ]
