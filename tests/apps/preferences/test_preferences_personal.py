from __future__ import annotations

import pytest

from apps.preferences import personal
from apps.preferences.models import UserPreferences
from apps.preferences.services import save

pytestmark = pytest.mark.usefixtures("tables")


def test_the_whole_row_is_exported_also_what_an_older_service_left_in_it() -> None:
    list(UserPreferences.put_rows([{"userId": "ann", "theme": "dark"}]))
    moment = save("ann", {"contentType": "tv"})
    expected = {"theme": "dark", "preferences": {"contentType": "tv"}, "updatedAt": moment}
    assert list(personal.export("ann")) == [("preferences", expected)]


def test_without_answers_there_is_nothing_to_export() -> None:
    assert list(personal.export("ann")) == [("preferences", None)]


def test_one_persons_answers_are_erased_and_anothers_stay() -> None:
    save("ann", {"contentType": "tv"})
    save("bob", {"contentType": "movies"})
    personal.erase("ann")
    personal.erase("ann")
    assert [row["userId"] for row in UserPreferences.scan_rows()] == ["bob"]
