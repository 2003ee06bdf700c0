"""`manage.py rank --model DIR`: rankings for programs, a line of JSON each."""

from __future__ import annotations

import gc
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.recommendations.engine.artifact import ArtifactError, load
from apps.recommendations.json_lines import answers


class Command(BaseCommand):
    help = (
        "Reads a JSON value a line: a list of liked ids, or an object with likes, dislikes, exclude, limit (1 to 100), "
        "novelty and diversity (0 to 1). Answers each at once with a line: the ranked ids, or an object with the "
        "error. Films are numbers, series tv#<number>."
    )
    # Nothing of the service is needed but the engine.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", type=Path, required=True, metavar="DIR", help="folder of a trained model")

    def handle(self, *args: Any, model: Path, **options: Any) -> None:
        try:
            loaded = load(model)
        except ArtifactError as error:
            raise CommandError(str(error)) from error
        # The model lives as long as the process; the collector need not look at it again.
        gc.collect()
        gc.freeze()
        try:
            for answer in answers(loaded, sys.stdin.buffer):
                sys.stdout.buffer.write(answer)
                sys.stdout.buffer.flush()
        except BrokenPipeError:
            # Whoever asked has what they wanted; Python must not flush into the closed pipe as it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
