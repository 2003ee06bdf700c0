"""What a row keeps compressed, and how much of it is ever unpacked."""

from __future__ import annotations

import pytest

from apps.media import packing
from apps.media.packing import DetailsDamaged, packed, unpacked


def test_no_more_is_unpacked_than_a_process_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    content = packed(["x" * 1000])
    monkeypatch.setattr(packing, "_MOST_BYTES", 1004)  # with brackets and quotes
    assert unpacked(content) == ["x" * 1000]
    monkeypatch.setattr(packing, "_MOST_BYTES", 1003)
    with pytest.raises(DetailsDamaged, match="cannot be read"):
        unpacked(content)


def test_the_bound_is_four_megabytes() -> None:
    assert unpacked(packed("x" * (4 * 1024 * 1024 - 2))) == "x" * (4 * 1024 * 1024 - 2)
    with pytest.raises(DetailsDamaged):
        unpacked(packed("x" * (4 * 1024 * 1024 - 1)))
