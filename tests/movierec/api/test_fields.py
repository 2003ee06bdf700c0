"""Fields of requests that several apps share."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from movierec.api.fields import WholeNumberField


@pytest.mark.parametrize("data", [7, "7", " 7 ", "07"])
def test_a_whole_number_is_read(data: Any) -> None:
    assert WholeNumberField(min_value=1, max_value=50).run_validation(data) == 7


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (0, "Send at least 1."),
        ("51", "Send at most 50."),
        ("ten", "Send a whole number."),
        ("1_0", "Send a whole number."),
        ("\u0667", "Send a whole number."),
        ("9" * 2000, "Send a whole number of fewer digits."),
    ],
)
def test_other_texts_and_numbers_are_told_what_to_send(data: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WholeNumberField(min_value=1, max_value=50).run_validation(data)
    assert refused.value.detail == [sentence]
