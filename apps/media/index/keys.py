"""Titles by their identity: the numbers of the catalogue in order, and the place of each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from apps.media.titles import MEDIA_TYPES, TitleKey

# Ids have at most 53 bits; the media type stands above them.
_ID_BITS: Final = 53


def number_of(key: TitleKey) -> int:
    """A title's identity as one number: films first, each type in the order of the ids."""
    media_type, media_id = key
    return MEDIA_TYPES.index(media_type) << _ID_BITS | media_id


def key_of(number: int) -> TitleKey:
    """The title that `number_of` made a number of."""
    return MEDIA_TYPES[number >> _ID_BITS], number & (1 << _ID_BITS) - 1


def place_of(numbers: Sequence[int], key: TitleKey) -> int | None:
    """The place of a title among `numbers`, which are in order; None where it is not among them."""
    wanted = number_of(key)
    place = bisect_left(numbers, wanted)
    return place if place < len(numbers) and numbers[place] == wanted else None
