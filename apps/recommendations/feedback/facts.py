"""What is known of the titles that feedback names."""

from __future__ import annotations

from apps.media.selectors import title_row
from apps.media.titles import from_row, is_title
from apps.recommendations.artifacts import serving
from apps.recommendations.catalogue import engine_title
from apps.recommendations.engine.titles import Title, TitleKey


def served_title(key: TitleKey) -> Title | None:
    """The title in a model that serves somebody, None when none has such; no request."""
    for model in serving().models:
        place = model.index.get(key)
        if place is not None:
            return model.titles[place]
    return None


def known_title(key: TitleKey) -> Title | None:
    """The title in the model, else in the catalogue by one GetItem, None when neither has it."""
    served = served_title(key)
    if served is not None:
        return served
    row = title_row(*key)
    return engine_title(from_row(row)) if row and is_title(row) else None
