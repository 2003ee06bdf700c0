"""`python -m infra outputs`: what the stacks answer, for people, shells and programs."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from infra import graph
from infra.config import Config
from infra.deployment import deploying, home
from infra.deployment.aws import Aws
from infra.deployment.showing import FORMS, shown
from infra.deployment.telling import Trouble, say

HELP: Final = "show the outputs of the stacks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--format", choices=FORMS, default="text", help="text (default), shell lines, or JSON")


def run(config: Config, options: argparse.Namespace) -> int:
    """Shows the outputs of the chosen stacks."""
    parts = graph.chosen(config, options.stack)
    aws = Aws(config)
    home.must_be(aws)
    found = deploying.outputs(aws, parts)
    if not found:
        raise Trouble(f"Nothing of {config.prefix} is deployed here: run `python -m infra deploy --env {config.env}`.")
    missing = [part.name for part in parts if part.name not in found]
    sys.stderr.write("".join(f"The stack {name} is not deployed.\n" for name in missing))
    say(shown(found, options.format))
    return 0
