"""`python -m infra package`: makes the package of the functions, and tries it."""

from __future__ import annotations

import argparse
from typing import Final

from infra.config import Config
from infra.deployment.telling import say
from infra.release import packaging

HELP: Final = "make the package of the functions and try it, without asking AWS anything"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(config: Config, options: argparse.Namespace) -> int:
    """Builds, and says where it is."""
    say(str(packaging.build(config)))
    return 0
