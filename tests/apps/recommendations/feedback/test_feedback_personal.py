from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from apps.recommendations import personal
from apps.recommendations.feedback.services import give
from apps.recommendations.feedback.statements import Statement
from apps.stats.services import award
from movierec.dynamo import pages
from movierec.dynamo.data_table import DataRow

pytestmark = pytest.mark.usefixtures("tables")

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def exported(user_id: str) -> dict[str, Any]:
    return {name: [row for page in found for row in page] for name, found in personal.export(user_id)}


def fill(user_id: str, count: int) -> None:
    for number in range(1, count + 1):
        give(user_id, Statement(("movie", number), "already_seen", "title"))


def test_rows_are_exported_as_they_are_stored() -> None:
    with time_machine.travel(MOMENT, tick=False):
        give("ann", Statement(("tv", 7), "not_interested", "for_now"))
        give("ann", Statement(("movie", 9), "more_like_this", "person", person="Ridley Scott"))
        give("ann", Statement(("movie", 9), "not_interested", "genre", genre=27))
    at = "2026-01-02T03:04:05.000Z"
    film = {"mediaType": "movie", "mediaId": 9, "createdAt": at}
    assert exported("ann") == {
        "feedback": [
            {"kind": "not_interested", "scope": "genre", "genre": 27, **film},
            {"kind": "more_like_this", "scope": "person", "person": "Ridley Scott", **film},
            {
                "kind": "not_interested",
                "scope": "for_now",
                "mediaType": "tv",
                "mediaId": 7,
                "createdAt": at,
                "expiresAt": "2026-02-01T03:04:05.000Z",
            },
        ]
    }
    assert exported("bob") == {"feedback": []}


def test_a_page_is_read_when_it_is_asked_for(operations: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 2)
    fill("ann", 3)
    operations.clear()
    sections: dict[str, Iterator[Any]] = dict(personal.export("ann"))
    assert operations == []
    assert len(next(sections["feedback"])) == 2
    assert operations == ["Query"]
    assert [len(page) for page in sections["feedback"]] == [1]


def test_one_persons_rows_are_erased_and_anothers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 3)
    fill("ann", 7)
    fill("bob", 2)
    award("ann", 10)
    personal.erase("ann")
    personal.erase("ann")
    assert exported("ann") == {"feedback": []}
    assert len(exported("bob")["feedback"]) == 2
    # Other apps erase their own.
    assert [row["sk"] for row in DataRow.scan_rows() if row["pk"] == "USER#ann"] == ["STATS"]
