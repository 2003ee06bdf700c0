"""`python -m infra rollback`: lets the pair of versions serve again that did before."""

from __future__ import annotations

import argparse
from typing import Final

from infra.commands import deploy
from infra.config import Config
from infra.deployment.telling import say
from infra.release import rolling_back

HELP: Final = "let the versions before serve again, of both functions; a second time, it stays there"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    deploy.add_local(parser)
    parser.add_argument("--to", default="", metavar="VERSION", help="the pair with this version of the application")


def run(config: Config, options: argparse.Namespace) -> int:
    """Rolls back and tells what serves."""
    now = rolling_back.roll_back(deploy.aws_of(config, options), options.to)
    say(f"Serving: {', '.join(f'{concern} {version}' for concern, version in now.items())}.")
    return 0
