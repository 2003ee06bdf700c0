from __future__ import annotations

import pytest

from movierec.dynamo.connection import key_for


@pytest.mark.parametrize(
    ("endpoint", "function", "key"),
    [
        (None, "", None),
        (None, "movierec-dev", None),
        ("http://127.0.0.1:4566", "", "test"),
        # It has credentials of the function's role there.
        ("http://127.0.0.1:4566", "movierec-dev", None),
    ],
)
def test_a_stand_in_never_gets_a_persons_credentials(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, function: str, key: str | None
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", function)
    assert key_for(endpoint) == key
