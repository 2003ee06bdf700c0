from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.emails import address_of, check_email
from apps.accounts.errors import InvalidEmail


@pytest.mark.parametrize(
    "email", ["a@example.com", "Ann+tag@Example.COM", "a@bücher.example", f"{'a' * 64}@{'b' * 63}.{'c' * 63}.de"]
)
def test_good_addresses_pass(email: str) -> None:
    check_email(email)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "plain",
        "@example.com",
        "a@",
        "a@b",
        "a b@example.com",
        "a@example.com\nBcc: x@example.com",
        "a\x00@example.com",
        '"a\x01"@example.com',
        "a@example.com,b@example.com",
        f"a@{'ü' * 63}.example",
        f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.com",
        "a" * 100_000,
    ],
)
def test_bad_addresses_are_refused_by_name(email: str) -> None:
    with pytest.raises(InvalidEmail) as caught:
        check_email(email)
    assert caught.value.status == 400
    assert caught.value.details == [{"path": "email", "message": "Enter an e-mail address of at most 254 characters."}]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Ann@Example.COM", "ann@example.com"),
        ("ann@ⓔxample.com", "ann@example.com"),
        ("ann@example.com", "ann@example.com"),
    ],
)
def test_case_and_compatibility_forms_do_not_tell_two_apart(typed: str, address: str) -> None:
    assert address_of(typed) == address


@given(st.emails())
def test_an_address_stands_for_itself(email: str) -> None:
    assert address_of(address_of(email)) == address_of(email)
    assert address_of(email.upper()) == address_of(email.lower())


@given(st.text(max_size=300))
def test_any_text_is_refused_or_taken_without_another_error(text: str) -> None:
    address_of(text)
    try:
        check_email(text)
    except InvalidEmail:
        return
    assert "@" in text
