"""Support changes nothing by any address of the area, whatever is posted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.media.models import CachedMedia
from apps.ops.catalogue.deeds import DEEDS
from apps.ops.catalogue.urls import urlpatterns
from apps.ops.console.permissions import Permission
from movierec.dynamo.data_table import DataRow

_TITLE = {"media_type": "movie", "media_id": "603"}


def kept() -> list[Any]:
    """Every row of both tables, but for the audit and the session's time."""
    rows = [row for row in DataRow.scan_rows() if not row["pk"].startswith("AUDIT#") and row["pk"] != "STAFF"]
    return sorted([*rows, *CachedMedia.scan_rows()], key=str)


def addresses() -> list[str]:
    return [
        reverse(pattern.name, kwargs=_TITLE if "media_id" in str(pattern.pattern) else {}) for pattern in urlpatterns
    ]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("deed", [*(deed.name for deed in DEEDS), "correct", "take-back"])
def test_support_changes_nothing(support: Client, deed: str) -> None:
    before = kept()
    sent = {
        "deed": deed,
        "ticked": "movie/603",
        "sure": "yes",
        "reason": "x",
        "field": "title",
        "value": "x",
        "version": "",
    }
    for address in addresses():
        for method in (support.post, support.put, support.patch, support.delete):
            assert method(address, sent if method == support.post else "").status_code in (403, 405)
    assert kept() == before


@pytest.mark.usefixtures("few")
def test_who_is_not_signed_in_changes_nothing(client: Client) -> None:
    before = kept()
    for address in addresses():
        assert client.post(address, {"deed": "hide", "ticked": "movie/603", "sure": "yes"}).status_code in (401, 405)
    assert kept() == before


def test_every_deed_needs_the_right_to_change() -> None:
    assert {deed.permission for deed in DEEDS} == {Permission.EDIT_CATALOGUE}
