"""`python -m infra deploy`: makes the stacks be as their templates say."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Final

from infra import graph
from infra.config import Config, WrongConfig
from infra.deployment import deploying, parameters
from infra.deployment.aws import Aws
from infra.deployment.deploying import Task
from infra.deployment.showing import shown
from infra.deployment.telling import say

HELP: Final = "deploy the stacks, each after showing what changes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_common(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--adopt", action="store_true", help="take in resources that exist already under the names of new ones"
    )
    parser.add_argument(
        "--let-go", action="store_true", help="let tables and the user pool be replaced, or leave their stack"
    )


def add_common(parser: argparse.ArgumentParser) -> None:
    """Options that deploy and diff share."""
    parser.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the stacks; remembered"
    )
    add_local(parser)


def add_local(parser: argparse.ArgumentParser) -> None:
    """The option that keeps a command away from AWS."""
    parser.add_argument("--local", action="store_true", help="only on the embedded AWS that AWS_ENDPOINT_URL names")


def aws_of(config: Config, options: argparse.Namespace) -> Aws:
    """The door to AWS. Raises WrongConfig where only the embedded AWS is allowed and none is named."""
    aws = Aws(config)
    if options.local and not aws.is_local:
        raise WrongConfig("--local: set AWS_ENDPOINT_URL to the address of the embedded AWS.")
    if aws.is_local:
        say(f"AWS is the one at {aws.endpoint}.")
    return aws


def run(config: Config, options: argparse.Namespace) -> int:
    """Deploys and tells the outputs."""
    aws = aws_of(config, options)
    task = Task(
        aws=aws,
        agree=agreement(may=options.yes),
        given=parameters.given(options.parameter),
        adopt=options.adopt,
        let_go=options.let_go,
    )
    outputs = deploying.deploy(task, graph.chosen(config, options.stack))
    say(shown(outputs, "text"))
    return 0


def agreement(*, may: bool) -> Callable[[str], bool]:
    """How the deployer gets agreement: where it `may`, it need not ask.

    Raises WrongConfig where it has to ask and nobody is there.
    """
    if may:
        return lambda _question: True
    if not sys.stdin.isatty():
        raise WrongConfig("Nobody can be asked here (standard input is no terminal); add --yes.")
    return asked


def asked(question: str) -> bool:
    """Asks at the terminal; whether the answer is yes."""
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
