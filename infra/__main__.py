"""The command line of the infrastructure."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, Final

from infra import environments
from infra.commands import deploy, destroy, diff, doctor, estimate, outputs, package, release, restore, rollback, synth
from infra.config import ENVIRONMENTS, SWITCHES, WrongConfig
from infra.deployment.aws import AwsError, sentence
from infra.deployment.telling import Trouble
from infra.graph import UnknownStack

# The commands that can be about a part of the stacks.
_BY_STACK: Final = ("synth", "deploy", "diff", "outputs", "destroy")
# What each exit code means; 2 is argparse's own for a wrong option.
DONE, FAILED, WRONG = 0, 1, 2
INTERRUPTED: Final = 130
# Shells say this of a program whose reader has gone, as `| head` does.
UNREAD: Final = 141
_COMMANDS: Final[dict[str, Any]] = {
    "synth": synth,
    "estimate": estimate,
    "deploy": deploy,
    "package": package,
    "release": release,
    "rollback": rollback,
    "diff": diff,
    "outputs": outputs,
    "restore": restore,
    "destroy": destroy,
    "doctor": doctor,
}


def main(arguments: list[str]) -> int:
    """Does one command; answers its exit code."""
    try:
        try:
            return _done(arguments)
        finally:
            # What is left would be written, and fail, where nobody can catch it any more.
            sys.stdout.flush()
    except BrokenPipeError:
        _write_no_more()
        return UNREAD


def _done(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        config = environments.load(options.env, options.set)
        return int(_COMMANDS[options.command].run(config, options))
    except (WrongConfig, UnknownStack) as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return FAILED
    except AwsError as error:
        sys.stderr.write(f"{sentence(error)}\n")
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. The same command goes on from here.\n")
        return INTERRUPTED


def _write_no_more() -> None:
    """Has the streams that nobody reads end in nothing: Python writes out what they hold when it ends."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nothing, stream.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra", description="Makes, deploys and watches the infrastructure."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, module in _COMMANDS.items():
        one = commands.add_parser(
            name,
            help=module.HELP,
            description=module.HELP,
            epilog=_switches(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _ask_environment(one, getattr(module, "DEFAULT_ENV", None))
        one.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="another value for once")
        if name in _BY_STACK:
            one.add_argument(
                "--stack", action="append", default=[], metavar="NAME", help="only this stack; may be repeated"
            )
        module.add_arguments(one)
    return parser


def _ask_environment(parser: argparse.ArgumentParser, default: str | None) -> None:
    told = f"the environment ({default})" if default else "the environment"
    parser.add_argument("--env", required=not default, default=default, metavar="|".join(ENVIRONMENTS), help=told)


def _switches() -> str:
    lines = [f"  {name:20} {' | '.join(allowed)}" for name, allowed in SWITCHES.items()]
    return "switches, in infra/environments.toml or by --set:\n" + "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
