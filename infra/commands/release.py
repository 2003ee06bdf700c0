"""`python -m infra release`: deploys everything, and lets the new version serve when it works."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from infra.commands import deploy
from infra.config import Config
from infra.deployment import parameters
from infra.deployment.deploying import Task
from infra.deployment.telling import say
from infra.release import packaging, releasing
from infra.release.releasing import Plan

HELP: Final = "deploy the stacks and the functions, and let the new version serve when it works"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    deploy.add_common(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--no-stacks", action="store_true", help="only the functions; the stacks stand")
    parser.add_argument("--package", type=Path, metavar="ZIP", help="a package that was built before")
    parser.add_argument("--model", type=Path, metavar="DIR", help="publish this model")


def run(config: Config, options: argparse.Namespace) -> int:
    """Releases and tells the address."""
    if options.package:
        packaging.must_be_a_zip(options.package)
    aws = deploy.aws_of(config, options)
    task = Task(
        aws=aws,
        # On an AWS that is not AWS's there is nothing to lose.
        agree=deploy.agreement(may=options.yes or aws.is_local),
        given=parameters.given(options.parameter),
    )
    plan = Plan(task, stacks=not options.no_stacks, package=options.package, model=options.model)
    say(releasing.ending(config, releasing.release(plan)))
    return 0
