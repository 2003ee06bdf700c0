"""Sealing: what is sealed opens as it was, for its purpose alone, unchanged, in its time, by keys old and new."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from movierec.sealing import BrokenSeal, seal, unseal

# A second of the clock.
NOW = 1_800_000_000
MINUTE = 60


@given(purpose=st.text(max_size=50), content=st.binary(max_size=2000))
def test_what_is_sealed_opens_as_it_was(purpose: str, content: bytes) -> None:
    assert unseal(purpose, seal(purpose, content)) == content


@given(content=st.binary(min_size=16, max_size=200))
def test_a_seal_is_of_one_line_that_an_address_can_hold_and_shows_nothing(content: bytes) -> None:
    sealed = seal("p", content)
    assert set(sealed) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=")
    assert content not in urlsafe_b64decode(sealed)


def test_the_same_content_is_never_sealed_alike() -> None:
    assert len({seal("p", b"content") for _ in range(50)}) == 50


@given(purposes=st.lists(st.text(max_size=20), min_size=2, max_size=2, unique=True), content=st.binary(max_size=100))
def test_another_purpose_does_not_open_it(purposes: list[str], content: bytes) -> None:
    sealed = seal(purposes[0], content)
    with pytest.raises(BrokenSeal):
        unseal(purposes[1], sealed)


@given(content=st.binary(max_size=100), data=st.data())
def test_no_byte_can_be_changed(content: bytes, data: st.DataObject) -> None:
    raw = bytearray(urlsafe_b64decode(seal("p", content)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BrokenSeal):
        unseal("p", urlsafe_b64encode(raw).decode())


@given(content=st.binary(max_size=100), data=st.data())
def test_nothing_can_be_cut_off_or_added(content: bytes, data: st.DataObject) -> None:
    raw = urlsafe_b64decode(seal("p", content))
    cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
    longer = raw + data.draw(st.binary(min_size=1, max_size=40))
    for changed in (cut, longer):
        with pytest.raises(BrokenSeal):
            unseal("p", urlsafe_b64encode(changed).decode())


@given(text=st.text(max_size=300))
def test_no_other_text_opens(text: str) -> None:
    with pytest.raises(BrokenSeal):
        unseal("p", text)


@pytest.mark.parametrize(
    ("passed", "opens"), [(0, True), (MINUTE, True), (MINUTE + 1, False), (10 * MINUTE, False), (-10 * MINUTE, False)]
)
def test_it_opens_until_its_age_is_over(passed: int, opens: bool) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        sealed = seal("p", b"content")
        clock.move_to(NOW + passed)
        if opens:
            assert unseal("p", sealed, max_age=MINUTE) == b"content"
        else:
            with pytest.raises(BrokenSeal):
                unseal("p", sealed, max_age=MINUTE)


def test_without_an_age_it_opens_for_ever() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        sealed = seal("p", b"content")
        clock.move_to(NOW + 50 * 365 * 24 * 3600)
        assert unseal("p", sealed) == b"content"


@pytest.fixture
def keys(settings: Any) -> Callable[..., None]:
    """Sets the key that seals, and older ones that still open."""

    def use(current: str, *older: str) -> None:
        settings.SECRET_KEY = current
        settings.SECRET_KEY_FALLBACKS = list(older)

    return use


def test_what_an_older_key_sealed_opens_as_long_as_it_is_a_fallback(keys: Callable[..., None]) -> None:
    keys("first")
    sealed = seal("p", b"content")
    keys("third", "second", "first")
    assert unseal("p", sealed) == b"content"
    keys("third", "second")
    with pytest.raises(BrokenSeal):
        unseal("p", sealed)


def test_only_the_newest_key_seals(keys: Callable[..., None]) -> None:
    keys("second", "first")
    sealed = seal("p", b"content")
    keys("first")
    with pytest.raises(BrokenSeal):
        unseal("p", sealed)
    keys("second")
    assert unseal("p", sealed) == b"content"
