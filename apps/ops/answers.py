"""The codes of the questionnaire in words for staff."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from apps.recommendations.engine.phrases import LANGUAGE_NAMES, SERVICE_NAMES

_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAMES: Final[Mapping[str, str]] = {
    **LANGUAGE_NAMES,
    **SERVICE_NAMES,
    "latenight": "late at night",
    "comingofage": "coming of age",
}


def label(code: str) -> str:
    """A code of the questionnaire in words: "hiddenGems" is "hidden gems", "hbo" is "HBO"."""
    return _NAMES.get(code) or _HUMP.sub(" ", code).lower()
