import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.text import clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  two \n lines\t", "two lines"),
        ("nul\x00 and \x1b[0m", "nul and [0m"),
        ("left\u202eright\u200b", "leftright"),
        ("بچه\u200cها", "بچه\u200cها"),  # noqa: RUF001  (Persian is meant)
        ("lone \ud800 half", "lone half"),
        ("\ufeff\u200b", ""),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(exclude_categories=[])))
def test_clean_text_is_one_line_of_shown_characters_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not any(unicodedata.category(c).startswith("C") and c not in "\u200c\u200d" for c in cleaned)
