"""`python -m infra synth`: writes the templates."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from infra import report, synth
from infra.config import Config

HELP: Final = "write the templates of an environment, without asking AWS anything"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--out", type=Path, help="the folder to write to (build/<env>)")
    parser.add_argument(
        "--report", action="store_true", help="write a page on the templates, and a picture of the stacks, beside them"
    )


def run(config: Config, options: argparse.Namespace) -> int:
    """Writes one file a stack, and the report where it is wanted, and says where."""
    folder = options.out or Path("build") / config.env
    stacks = synth.templates(config, options.stack)
    for path in synth.write(stacks, folder):
        print(path)
    if options.report:
        for path in report.write(config, stacks, folder):
            print(path)
        print(report.summary(stacks))
    return 0
