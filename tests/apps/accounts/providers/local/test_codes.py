from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine

from apps.accounts.errors import CodeMismatch, ExpiredCode, TooManyGuesses
from apps.accounts.models import RESET_CODE, SIGN_UP_CODE, Code
from apps.accounts.providers.local import codes

ADDRESS = "ann@example.com"
NOW = 1_800_000_000


@pytest.fixture
def stored(tables: None) -> Code:
    """The row of the code 123456, mailed at NOW."""
    with time_machine.travel(NOW, tick=False):
        row = codes.code_row(SIGN_UP_CODE, ADDRESS, "123456", "ann-id")
        row.save()
    return row


def guess(code: str, at: int = NOW, purpose: str = SIGN_UP_CODE) -> Code:
    with time_machine.travel(at, tick=False):
        return codes.check_code(purpose, ADDRESS, code)


def test_a_code_has_six_digits_and_is_random() -> None:
    made = {codes.new_code() for _ in range(50)}
    assert all(len(code) == 6 and code.isdecimal() for code in made)
    assert len(made) > 40


def test_the_table_holds_no_code_only_a_keyed_hash(stored: Code) -> None:
    row = Code.get_row("EMAIL#ann@example.com", "CODE#SIGNUP")
    assert row == {
        "pk": "EMAIL#ann@example.com",
        "sk": "CODE#SIGNUP",
        "codeHash": stored.code_hash,
        "userId": "ann-id",
        "tries": 0,
        "expiresAt": NOW + 900,
    }
    assert len(str(stored.code_hash)) == 64


def test_one_code_has_another_hash_for_another_address_and_purpose() -> None:
    uses = [(SIGN_UP_CODE, "a@x.de"), (SIGN_UP_CODE, "b@x.de"), (RESET_CODE, "a@x.de")]
    assert len({codes.code_row(purpose, address, "123456", "u").code_hash for purpose, address in uses}) == 3


def test_the_code_of_one_purpose_is_none_of_the_other(stored: Code) -> None:
    with pytest.raises(CodeMismatch):
        guess("123456", purpose=RESET_CODE)
    with time_machine.travel(NOW, tick=False):
        codes.code_row(RESET_CODE, ADDRESS, "654321", "ann-id").save()
    with pytest.raises(CodeMismatch):
        guess("654321")
    assert guess("123456").user_id == guess("654321", purpose=RESET_CODE).user_id == "ann-id"


def test_a_hash_moved_to_the_other_purpose_matches_nothing(stored: Code) -> None:
    with time_machine.travel(NOW, tick=False):
        row = codes.decoy_row(RESET_CODE, ADDRESS)
        row.code_hash = stored.code_hash
        row.save()
    with pytest.raises(CodeMismatch):
        guess("123456", purpose=RESET_CODE)


def test_guesses_of_one_purpose_use_up_none_of_the_other(stored: Code) -> None:
    for _ in range(5):
        with pytest.raises(CodeMismatch):
            guess("000000", purpose=RESET_CODE)
    with pytest.raises(TooManyGuesses):
        guess("000000", purpose=RESET_CODE)
    assert guess("123456").user_id == "ann-id"


def test_the_right_code_answers_whose_it_is(stored: Code) -> None:
    assert guess("123456", NOW + 899).user_id == "ann-id"


@pytest.mark.parametrize(
    "code", ["123457", "12345", "1234567", " 123456", "\uff11\uff12\uff13\uff14\uff15\uff16", "x", "é"]
)
def test_a_wrong_code_is_a_mismatch_and_counts(stored: Code, code: str) -> None:
    with pytest.raises(CodeMismatch):
        guess(code)
    row = Code.get_row("EMAIL#ann@example.com", "CODE#SIGNUP")
    assert row is not None
    assert row["tries"] == 1


def test_after_15_minutes_the_right_code_is_expired_and_a_wrong_one_a_mismatch(stored: Code) -> None:
    with pytest.raises(ExpiredCode):
        guess("123456", NOW + 900)
    with pytest.raises(CodeMismatch):
        guess("000000", NOW + 900)


def test_the_fifth_guess_may_be_right(stored: Code) -> None:
    for _ in range(4):
        with pytest.raises(CodeMismatch):
            guess("000000")
    assert guess("123456").user_id == "ann-id"


def test_the_sixth_guess_is_refused_even_if_right(stored: Code) -> None:
    for _ in range(5):
        with pytest.raises(CodeMismatch):
            guess("000000")
    with pytest.raises(TooManyGuesses) as caught:
        guess("123456", NOW + 100)
    assert caught.value.headers["Retry-After"] == "800"
    with pytest.raises(ExpiredCode):
        guess("123456", NOW + 900)


@pytest.mark.parametrize("decoy", [True, False], ids=["taken address", "unknown address"])
def test_an_address_without_a_code_counts_its_guesses_as_well(tables: None, decoy: bool) -> None:
    if decoy:
        with time_machine.travel(NOW, tick=False):
            codes.decoy_row(SIGN_UP_CODE, ADDRESS).save()
    for _ in range(5):
        with pytest.raises(CodeMismatch):
            guess("000000")
    with pytest.raises(TooManyGuesses) as caught:
        guess("000000", NOW + 100)
    assert caught.value.headers["Retry-After"] == "800"
    with pytest.raises(ExpiredCode):
        guess("000000", NOW + 900)


def test_parallel_guesses_stay_within_five(stored: Code, atomic_requests: None) -> None:
    def outcome(number: int) -> type[Any]:
        try:
            codes.check_code(SIGN_UP_CODE, ADDRESS, f"{number:06}")
        except (CodeMismatch, TooManyGuesses) as error:
            return type(error)
        return Code

    with time_machine.travel(NOW, tick=False), ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(outcome, range(24)))
    assert outcomes.count(CodeMismatch) == 5
    assert outcomes.count(TooManyGuesses) == 19
    row = Code.get_row("EMAIL#ann@example.com", "CODE#SIGNUP")
    assert row is not None
    assert row["tries"] == 5
