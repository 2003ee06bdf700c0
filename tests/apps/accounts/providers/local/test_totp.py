from __future__ import annotations

from base64 import b32decode, b32encode

import pyotp
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.providers.local import totp

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOW = 1_800_000_000
STEP = NOW // 30


def step_of(code: str, *, after: int = 0, at: float = NOW, secret: str = SECRET) -> int | None:
    with time_machine.travel(at, tick=False):
        return totp.matching_step(secret, code, after=after)


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_the_vectors_of_rfc_6238(moment: int, code: str) -> None:
    assert step_of(code, at=moment) == moment // 30


def test_a_secret_has_20_random_bytes_in_base32() -> None:
    secrets = {totp.new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert {len(b32decode(secret)) for secret in secrets} == {20}


@given(st.binary(min_size=20, max_size=20), st.integers(60, 2**33))
def test_an_independent_authenticator_agrees(key: bytes, moment: int) -> None:
    secret = b32encode(key).decode()
    assert step_of(pyotp.TOTP(secret).at(moment), at=moment, secret=secret) is not None


@pytest.mark.parametrize(("offset", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_one_step(offset: int, good: bool) -> None:
    code = pyotp.TOTP(SECRET).at(NOW + 30 * offset)
    assert step_of(code) == (STEP + offset if good else None)


@pytest.mark.parametrize(("after", "found"), [(STEP - 1, STEP), (STEP, None), (STEP + 5, None)])
def test_only_codes_of_later_steps_than_the_last_count(after: int, found: int | None) -> None:
    assert step_of(pyotp.TOTP(SECRET).at(NOW), after=after) == found


@pytest.mark.parametrize("code", ["", "1", "12345", "1234567", "é23456", "\uff11\uff12\uff13\uff14\uff15\uff16"])
def test_what_is_not_six_digits_matches_nothing(code: str) -> None:
    assert step_of(code) is None
    assert step_of(pyotp.TOTP(SECRET).at(NOW) + " ") is None
