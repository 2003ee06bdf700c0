"""`python -m infra doctor`: looks for what would go wrong, or has."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from infra.config import Config
from infra.deployment.aws import Aws
from infra.deployment.checks.finding import Finding, Patient, Verdict
from infra.deployment.examining import examine
from infra.deployment.telling import say
from infra.deployment.waiting import Clock

HELP: Final = "look for what would go wrong in a deploy, or has gone wrong since"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--json", action="store_true", help="a list of the findings as JSON")


def run(config: Config, options: argparse.Namespace) -> int:
    """Tells each finding; 1 where something is wrong."""
    found: list[Finding] = []
    for finding in examine(Patient(Aws(config), Clock())):
        found.append(finding)
        if not options.json:
            say(str(finding))
    if options.json:
        say(json.dumps([asdict(finding) for finding in found], indent=2, ensure_ascii=False))
    else:
        say(_counted(found))
    return int(any(finding.verdict is Verdict.WRONG for finding in found))


def _counted(found: Iterable[Finding]) -> str:
    verdicts = [finding.verdict for finding in found]
    return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in Verdict) + "."
