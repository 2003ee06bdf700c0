"""`python -m infra synth`: writes the templates."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from infra import synth
from infra.config import Config

HELP: Final = "write the templates of an environment, without asking AWS anything"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--out", type=Path, help="the folder to write to (build/<env>)")


def run(config: Config, options: argparse.Namespace) -> int:
    """Writes one file a stack and says where."""
    folder = options.out or Path("build") / config.env
    for path in synth.write(synth.templates(config, options.stack), folder):
        print(path)
    return 0
