"""`manage.py recommender_model list|activate|rollback|share|publish`: the published models, and which one serves."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.recommendations import publishing
from apps.recommendations.engine.artifact import ArtifactError
from apps.recommendations.publishing import Published
from movierec.objects import StoreError

TAKEN_UP = "Running processes take it up within a minute."


class Command(BaseCommand):
    help = "Lists the published models, chooses which one serves, and publishes a model folder (MODEL_STORE)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="list|activate|rollback|share|publish")
        _add(
            actions, "list", "Shows every published model, newest first; * is the active one, + the one that is tried."
        )
        _add(actions, "activate", "Makes a published model the active one.").add_argument(
            "version", metavar="VERSION", help="as the list shows it"
        )
        _add(actions, "rollback", "Makes the model that was active before the active one.")
        shared = _add(actions, "share", "Tries a published model on some of the people, beside the active one.")
        shared.add_argument("version", metavar="VERSION", help="as the list shows it")
        shared.add_argument("percent", metavar="PERCENT", type=_percent, help="0 to 100; 0 ends it")
        published = _add(actions, "publish", "Checks and stores a model folder, and activates it.")
        published.add_argument("folder", metavar="DIR", type=Path, help="as train_recommender --output wrote it")
        published.add_argument("--no-activate", dest="activate", action="store_false", help="only store it")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            said = getattr(self, f"_{action}")(**options)
        except (ArtifactError, StoreError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(said)

    def _list(self, *, as_json: bool, **_: Any) -> str:
        found = publishing.versions()
        if as_json:
            return json.dumps([asdict(published) for published in found], indent=1)
        if not found:
            return f"{settings.MODEL_STORE} has no models. Train one: manage.py train_recommender"
        return "\n".join(map(_line, found))

    def _activate(self, *, version: str, as_json: bool, **_: Any) -> str:
        publishing.activate(version)
        return _told({"active": version}, f"{version} is active. {TAKEN_UP}", as_json=as_json)

    def _rollback(self, *, as_json: bool, **_: Any) -> str:
        version = publishing.rollback()
        return _told({"active": version}, f"{version} is active again. {TAKEN_UP}", as_json=as_json)

    def _share(self, *, version: str, percent: int, as_json: bool, **_: Any) -> str:
        publishing.share(version, percent)
        said = f"{version} serves {percent} % of the people." if percent else f"{version} is tried on nobody any more."
        return _told({"candidate": version, "share": percent}, f"{said} {TAKEN_UP}", as_json=as_json)

    def _publish(self, *, folder: Path, activate: bool, as_json: bool, **_: Any) -> str:
        version = publishing.publish(folder, activate=activate)
        said = f"{version} is published and active. {TAKEN_UP}" if activate else f"{version} is published."
        return _told({"published": version, "activated": activate}, said, as_json=as_json)


def _add(actions: Any, name: str, text: str) -> ArgumentParser:
    parser: ArgumentParser = actions.add_parser(name, help=text, description=text)
    parser.add_argument("--json", dest="as_json", action="store_true", help="answer with JSON, for scripts")
    return parser


def _percent(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 100:
        raise ArgumentTypeError(f"{text!r} is no whole number from 0 to 100")
    return int(text)


def _told(facts: Mapping[str, Any], sentence: str, *, as_json: bool) -> str:
    return json.dumps(facts) if as_json else sentence


def _line(published: Published) -> str:
    mark = "*" if published.active else "+" if published.share else " "
    trained = published.trained_at[:16].replace("T", " ") or "at an unknown time"
    size = f"{published.bytes / 1e6:.1f} MB"
    share = [f"{published.share} % of the people"] if 0 < published.share < 100 else []
    return "  ".join([f"{mark} {published.version}", f"trained {trained}", size, *share, *_figures(published.report)])


def _figures(report: Mapping[str, Any]) -> list[str]:
    """What the training measured of the served recommendations, such as `ndcg_at_100 0.412`."""
    evaluation = report.get("evaluation")
    served = evaluation.get("served") if isinstance(evaluation, dict) else None
    if not isinstance(served, dict):
        return []
    return [f"{name} {value:.3f}" for name, value in served.items() if isinstance(value, float)]
