"""Puts titles into a deployed environment's catalogue, as a sync would; run with the variables of its functions."""

from __future__ import annotations

from datetime import UTC, datetime

import django

django.setup()

from apps.media.providers.demo import DemoCatalogue  # noqa: E402  (Django is ready from here on)
from apps.media.services import rebuild_catalogue, store_titles  # noqa: E402

for _ in store_titles(DemoCatalogue().titles()):
    pass
rebuild_catalogue(now=datetime.now(UTC))
