"""Titles as clients name them: 603, "603", "tv#1396", or an object with mediaId and mediaType."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from apps.recommendations.engine.titles import TitleKey

MAX_TITLES = 1000
# Numbers that JavaScript holds exactly.
MAX_MEDIA_ID = 2**53 - 1

# A name without a type can mean a film and a series.
Named = tuple[TitleKey, ...]


def parse(entry: Any) -> Named:
    """The titles an entry can mean, films before series; ValueError with a sentence for anything else."""
    media_type = None
    if isinstance(entry, Mapping):
        media_type = entry.get("mediaType", entry.get("media_type"))
        entry = next((entry[name] for name in ("mediaId", "movieId", "id") if name in entry), None)
    if isinstance(entry, str) and entry.startswith("tv#"):
        entry, media_type = entry.removeprefix("tv#"), "tv"
    number = _number(entry)
    if media_type is None:
        return ("movie", number), ("tv", number)
    if media_type not in ("movie", "tv"):
        raise ValueError("mediaType must be movie or tv.")
    return ((media_type, number),)


def _number(entry: Any) -> int:
    if isinstance(entry, str) and entry.isascii() and entry.isdecimal() and len(entry) <= 16:
        entry = int(entry)
    if isinstance(entry, bool) or not isinstance(entry, int) or not 1 <= entry <= MAX_MEDIA_ID:
        raise ValueError("Name titles by their number, such as 603, or tv#1396 for a series.")
    return entry


class TitlesField(serializers.Field[list[Named], Any, list[Any], Any]):
    """A list of titles: an array of numbers, texts or objects, or one comma-separated text."""

    takes_many = True

    def to_internal_value(self, data: Any) -> list[Named]:
        """What the entries name; a ValidationError that says which is wrong."""
        entries = [part.strip() for part in data.split(",") if part.strip()] if isinstance(data, str) else data
        if not isinstance(entries, list):
            raise serializers.ValidationError("Send an array, or a text with commas.")
        if len(entries) > MAX_TITLES:
            raise serializers.ValidationError(f"At most {MAX_TITLES} titles are taken.")
        return [self._parse(position, entry) for position, entry in enumerate(entries)]

    @staticmethod
    def _parse(position: int, entry: Any) -> Named:
        try:
            return parse(entry)
        except ValueError as error:
            raise serializers.ValidationError({str(position): [str(error)]}) from error

    def to_representation(self, value: list[Any]) -> list[Any]:
        """As it is."""
        return value
