"""`python -m infra diff`: tells what a deploy would change."""

from __future__ import annotations

import argparse
from typing import Final

from infra import graph
from infra.commands import deploy
from infra.config import Config
from infra.deployment import deploying, parameters
from infra.deployment.deploying import Task
from infra.deployment.telling import listed, say

HELP: Final = "tell what a deploy would change, and change nothing"
DIFFERENT: Final = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    deploy.add_common(parser)
    parser.add_argument("--exit-code", action="store_true", help=f"answer {DIFFERENT} where anything differs")


def run(config: Config, options: argparse.Namespace) -> int:
    """Compares each stack with its template."""
    task = Task(
        deploy.aws_of(config, options), agree=lambda _question: False, given=parameters.given(options.parameter)
    )
    different = deploying.compare(task, graph.chosen(config, options.stack))
    say(f"Different: {listed(different)}." if different else "All stacks are as their templates say.")
    return DIFFERENT if different and options.exit_code else 0
