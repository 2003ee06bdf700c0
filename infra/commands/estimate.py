"""`python -m infra estimate`: what an environment costs in a month, before it is deployed."""

from __future__ import annotations

import argparse
from typing import Final

from infra import environments
from infra.config import Config
from infra.deployment.telling import say
from infra.estimate import shown
from infra.estimate.bill import bill
from infra.estimate.shown import Estimate
from infra.estimate.switches import turned
from infra.estimate.usage import Traffic

# The one that people's money is for.
DEFAULT_ENV: Final = "prod"
HELP: Final = "tell what a month costs, by service and by switch, without asking AWS anything"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--mau", type=_whole, required=True, metavar="N", help="monthly active users")
    parser.add_argument("--rpm", type=_whole, required=True, metavar="N", help="requests per month (not per minute)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="all of it as JSON")
    form.add_argument("--lines", action="store_true", help="each thing that is paid for, and how much of it")
    form.add_argument("--assumptions", action="store_true", help="how the service is taken to be used")
    parser.add_argument("--check", action="store_true", help="answer 1 where the month is past the budget")


def run(config: Config, options: argparse.Namespace) -> int:
    """Tells the month; 1 with `--check` where it is past the budget."""
    traffic = Traffic(options.mau, options.rpm)

    def change(words: str) -> Config:
        return environments.load(options.env, [*options.set, words])

    estimate = Estimate(config, traffic, bill(config, traffic), tuple(turned(config, change, traffic)))
    say(_told(estimate, options))
    return int(options.check and bool(estimate.over_budget))


def _told(estimate: Estimate, options: argparse.Namespace) -> str:
    if options.json:
        return shown.as_json(estimate)
    if options.lines:
        return shown.lines(estimate.bill)
    if options.assumptions:
        return shown.assumptions(estimate.config.app_memory_mb)
    return shown.text(estimate)


def _whole(text: str) -> int:
    """A number of at least 0, which may have commas or underscores between its digits."""
    try:
        number = int(text.replace(",", "_"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0")
    return number
