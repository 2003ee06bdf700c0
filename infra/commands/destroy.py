"""`python -m infra destroy`: removes stacks that hold no data, and the functions with the stack of their roles."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from infra import graph
from infra.commands.deploy import add_local, aws_of
from infra.config import Config, WrongConfig
from infra.deployment import destroying, home
from infra.deployment.destroying import Doomed
from infra.deployment.telling import Trouble, kind_words, say
from infra.deployment.waiting import Clock

HELP: Final = "remove stacks, and with compute the functions; stacks with data are refused"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_local(parser)
    parser.add_argument("--confirm", metavar="ENV", help="the environment's name, instead of being asked for it")
    parser.add_argument("--empty-buckets", action="store_true", help="empty the buckets that a deploy fills again")


def run(config: Config, options: argparse.Namespace) -> int:
    """Shows what goes, asks, removes, and lists what was kept."""
    if options.confirm is None and not sys.stdin.isatty():
        raise WrongConfig(f"Nobody can be asked here (standard input is no terminal); add --confirm {config.env}.")
    aws = aws_of(config, options)
    home.must_be(aws)
    parts = graph.chosen_of_all(config, options.stack)
    doomed, lost = destroying.found(aws, parts), destroying.lost_functions(aws, parts)
    if not doomed and not lost:
        say(f"Nothing of {config.prefix} stands here.")
        return 0
    _show(doomed, lost)
    objections = destroying.objections(aws, doomed, empty_buckets=options.empty_buckets)
    if objections:
        raise Trouble("\n".join([*objections, _remedy(config, doomed)]))
    _confirm(config, options.confirm)
    kept = destroying.destroy(aws, doomed, lost, Clock())
    say("All of it is removed." if not kept else "Removed. Kept in AWS:")
    for one in kept:
        say(f"  {one}")
    return 0


def _show(doomed: list[Doomed], lost: list[str]) -> None:
    for one in doomed:
        say(f"{one.standing.name} in {one.region} would go:")
        for resource in one.resources:
            say(f"  - {resource.title} ({kind_words(resource.kind)}) {resource.id}")
    for name in lost:
        say(f"The function {name} would go, with all its versions.")


def _remedy(config: Config, doomed: list[Doomed]) -> str:
    others = destroying.without_data(doomed)
    if not others or len(others) == len(doomed):
        return "Nothing was removed."
    words = " ".join(f"--stack {name}" for name in others)
    return f"Nothing was removed. The stacks without data: `python -m infra destroy --env {config.env} {words}`."


def _confirm(config: Config, given: str | None) -> None:
    answer = given if given is not None else input(f"Write {config.env} to remove all of this: ").strip()
    if answer != config.env:
        raise Trouble(f"{answer!r} is not {config.env}; nothing was removed.")
