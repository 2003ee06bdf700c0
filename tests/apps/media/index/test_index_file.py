"""The index as bytes: what was written is read, and whatever happened to it on the way is noticed."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.index import file
from apps.media.index.build import build_index
from apps.media.index.catalogue import CatalogueIndex
from apps.media.index.errors import REMEDY, IndexDamaged
from apps.media.index.file import opened, sealed
from apps.media.titles import CatalogueTitle, FullTitle

SMALL = sealed({"one": b"abc", "none": b"", "two": b"\x00\xff"}, built_at="2026-05-01T12:00:00Z")
INDEX = build_index([FullTitle(CatalogueTitle("movie", 603, "The Matrix", "demo"))], built_at="2026-05-01T12:00:00Z")


def test_what_is_sealed_is_opened() -> None:
    found = opened(SMALL)
    assert found.built_at == "2026-05-01T12:00:00Z"
    assert {name: bytes(content) for name, content in found.parts.items()} == {
        "one": b"abc",
        "none": b"",
        "two": b"\x00\xff",
    }


@given(st.dictionaries(st.text(max_size=20), st.binary(max_size=50), max_size=5))
def test_any_parts_come_back(parts: dict[str, bytes]) -> None:
    assert {name: bytes(content) for name, content in opened(sealed(parts, built_at="")).parts.items()} == parts


def test_every_byte_counts() -> None:
    for place in range(len(SMALL)):
        changed = bytearray(SMALL)
        changed[place] ^= 1
        with pytest.raises(IndexDamaged):
            opened(bytes(changed))


def test_every_cut_is_noticed() -> None:
    for length in range(len(SMALL)):
        with pytest.raises(IndexDamaged):
            opened(SMALL[:length])


@given(st.data())
def test_a_damaged_index_is_never_read(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(INDEX) - 1))
    cut = data.draw(st.integers(0, len(INDEX) - 1))
    changed = bytearray(INDEX)
    changed[place] ^= data.draw(st.integers(1, 255))
    for content in (bytes(changed), INDEX[:cut], INDEX + b"\0"):
        with pytest.raises(IndexDamaged, match="Build it anew"):
            CatalogueIndex.read(content)


@given(st.binary(max_size=200))
def test_other_bytes_are_no_index(content: bytes) -> None:
    with pytest.raises(IndexDamaged):
        opened(content)


def test_another_format_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "FORMAT", 2)
    with pytest.raises(IndexDamaged) as raised:
        opened(SMALL)
    assert str(raised.value) == f"The index of the catalogue has format 1; this program reads 2. {REMEDY}"


def test_a_file_that_lacks_a_part_says_which() -> None:
    parts = {name: bytes(content) for name, content in opened(INDEX).parts.items()}
    for name in sorted(parts):
        less = {other: content for other, content in parts.items() if other != name}
        with pytest.raises(IndexDamaged, match=f"lacks a part or has a wrong one .*{name}"):
            CatalogueIndex.read(sealed(less, built_at=""))


def test_parts_that_do_not_fit_one_another_are_refused() -> None:
    parts = {name: bytes(content) for name, content in opened(INDEX).parts.items()}
    twice = {**parts, "titles.numbers": parts["titles.numbers"] * 2}
    with pytest.raises(IndexDamaged, match="lacks a part or has a wrong one"):
        CatalogueIndex.read(sealed(twice, built_at=""))


def test_the_seal_is_over_everything_before_it() -> None:
    assert SMALL[-32:] == sha256(SMALL[:-32]).digest()
