"""`python -m infra restore`: brings back what a table held at an earlier moment."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from infra.commands.deploy import add_local, asked, aws_of
from infra.config import Config, WrongConfig
from infra.declared.tables import TABLES
from infra.restoring import orders, restoring, returning
from infra.restoring.restoring import Task

HELP: Final = "restore a table to a moment, into a second table, and copy rows back"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    known = ", ".join(table.key for table in TABLES)
    parser.add_argument("--table", required=True, metavar="NAME", help=f"the table: {known}")
    parser.add_argument("--at", required=True, metavar="TIME", help="the moment in UTC, such as 2026-11-20T12:00:00Z")
    parser.add_argument(
        "--copy-back",
        choices=(returning.MISSING, returning.ALL),
        help="write rows into the table in use: those whose key is gone, or also those that differ",
    )
    parser.add_argument("--drop", action="store_true", help="remove the second table: at once, or after the copying")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_local(parser)


def run(config: Config, options: argparse.Namespace) -> int:
    """Restores and tells what differs; copies back and removes where that is asked for."""
    order = orders.checked(config, options.table, options.at)
    if (options.copy_back or options.drop) and not options.yes and not sys.stdin.isatty():
        raise WrongConfig("Nobody can be asked here (standard input is no terminal); add --yes.")
    restoring.restore(
        Task(
            aws=aws_of(config, options),
            order=order,
            agree=(lambda _question: True) if options.yes else asked,
            how=options.copy_back or "",
            drop=options.drop,
        )
    )
    return 0
