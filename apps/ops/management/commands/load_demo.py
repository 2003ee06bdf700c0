"""`manage.py load_demo`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.media.errors import CatalogueError
from apps.ops.demo import ensure_demo_loaded, refuse_outside_local
from apps.ops.errors import NotLocal
from movierec.dynamo.registry import create_missing_tables
from movierec.dynamo.turns import TurnTaken
from movierec.localaws import LocalAwsError


class Command(BaseCommand):
    help = (
        "Fills a local installation with the demo: a catalogue of real films and series, invented viewers, the "
        "ready-made lists and an account. Does nothing where it is loaded; can be stopped and started again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            refuse_outside_local()
            list(create_missing_tables())
            loaded = ensure_demo_loaded(self.stdout)
        except (NotLocal, CatalogueError, LocalAwsError, TurnTaken) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The demo is loaded." if loaded else "The demo was loaded before; nothing to do.")
