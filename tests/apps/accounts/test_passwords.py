from __future__ import annotations

import unicodedata
from base64 import b64decode

import pytest

from apps.accounts import passwords
from apps.accounts.errors import InvalidPassword
from apps.accounts.passwords import Cost, check_password, hash_password, is_outdated, matches

PASSWORD = "correct horse battery"


def test_the_stored_form_names_its_parameters() -> None:
    name, n, r, p, salt, key = hash_password(PASSWORD).split("$")
    assert (name, n, r, p) == ("scrypt", "32768", "8", "1")
    assert len(b64decode(salt)) == 32
    assert len(b64decode(key)) == 64


def test_a_known_vector_of_rfc_7914(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", Cost(16384, 8, 1))
    expected = bytes.fromhex(
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    )
    assert passwords._key("pleaseletmein", b"SodiumChloride", passwords.COST) == expected


def test_only_the_same_password_matches() -> None:
    stored = hash_password(PASSWORD)
    assert matches(PASSWORD, stored)
    assert not matches(PASSWORD + " ", stored)


def test_two_hashes_of_one_password_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", Cost(2, 1, 1))
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


def test_the_whole_password_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", Cost(2, 1, 1))
    stored = hash_password("x" * 127 + "y")
    assert not matches("x" * 127 + "z", stored)


def test_two_ways_to_write_an_accent_are_one_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", Cost(2, 1, 1))
    stored = hash_password("café au lait")
    assert matches(unicodedata.normalize("NFD", "café au lait"), stored)


def test_a_hash_of_other_parameters_still_matches_and_is_outdated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", Cost(2, 1, 1))
    stored = hash_password(PASSWORD)
    monkeypatch.undo()
    assert matches(PASSWORD, stored)
    assert is_outdated(stored)
    assert not is_outdated(passwords.nobodys_hash())


@pytest.mark.parametrize("password", ["", "zero bytes", "\x00"])
def test_nobodys_hash_matches_nothing(password: str) -> None:
    assert not matches(password, passwords.nobodys_hash())


@pytest.mark.parametrize(
    "password", ["eightchr", "x" * 128, "é" * 128, "   spaces   ", "日本語日本語日本", "e\u0301" * 128]
)
def test_8_to_128_characters_are_taken(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("sevench", "This password is too short. It must contain at least 8 characters."),
        ("e\u0301" * 7, "This password is too short. It must contain at least 8 characters."),
        ("x" * 129, "This password is too long. It must contain at most 128 characters."),
        ("x" * 100_000, "This password is too long. It must contain at most 128 characters."),
        ("\u0301" * 100_000, "This password is too long. It must contain at most 128 characters."),
        ("password1", "This password is too common."),
        ("PASSWORD1", "This password is too common."),
    ],
)
def test_others_are_refused_with_the_field(password: str, message: str) -> None:
    with pytest.raises(InvalidPassword) as caught:
        check_password(password)
    assert caught.value.status == 400
    assert caught.value.error_code == "InvalidPasswordException"
    assert caught.value.details == [{"path": "password", "message": message}]
