"""Which language titles are answered in."""

from __future__ import annotations

from typing import Any

import pytest

from apps.media.details import Translation
from apps.media.languages import is_fallback, served_language, texts_in


@pytest.mark.parametrize(
    ("asked", "served"),
    [("de", "de"), ("DE", "de"), ("de-AT", "de"), ("de_AT", "de"), ("sv", "en"), ("", "en"), ("deutsch", "en")],
)
def test_a_language_that_is_not_kept_is_the_first_one(settings: Any, asked: str, served: str) -> None:
    settings.CATALOGUE_LANGUAGES = ("en", "de")
    assert served_language(asked) == served
    assert is_fallback(served) == (served == "en")


def test_what_was_not_translated_is_left_out() -> None:
    translations = {"de": Translation(title="Das Boot", overview="")}
    assert texts_in("de", translations) == {"title": "Das Boot"}
    assert texts_in("fr", translations) == {}
