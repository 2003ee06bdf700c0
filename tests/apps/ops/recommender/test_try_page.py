"""A profile that is tried: the ranked titles term by term, and what the audit has of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from apps.ops.recommender.forms import read_form
from apps.recommendations.artifacts import model_named
from movierec.audit import of_actor
from tests.apps.ops.recommender.conftest import pointer

PROFILE = {
    "liked": "1\nmovie/2\nWestern 3",
    "disliked": "20",
    "media_type": "movie",
    "limit": "5",
    "novelty": "0.5",
    "diversity": "0",
    "favoriteGenres": ["37"],
    "contentType": "both",
}


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()
    content: str = response.content.decode()
    return content


def attempt(browser: Client, named: str, **changes: Any) -> Any:
    return browser.post("/ops/recommender/try", {"version": named, **PROFILE, **changes})


def test_the_form_is_there(support: Client, names: list[str]) -> None:
    page = text(support.get("/ops/recommender/try"))
    assert all(f"<option>{name}</option>" in page for name in names)
    assert 'name="favoriteGenres" value="37"' in page
    assert 'name="contentType"' in page


def test_titles_come_with_the_terms_of_their_scores(support: Client, names: list[str], operations: list[str]) -> None:
    support.get("/ops/recommender/try")
    operations.clear()
    page = text(attempt(support, names[0]))
    assert operations.count("TransactWriteItems") == 1
    assert len(operations) <= 3
    assert f"<h2>What {names[0]} recommends</h2>" in page
    assert page.count("<summary>Term by term") == 5
    titles = re.findall(r"<h4>(Western|Comedy) (\d+) ", page)
    assert titles[0][0] == "Western"
    assert not {("Western", "1"), ("Western", "2"), ("Western", "3"), ("Comedy", "20")} & set(titles)
    assert "<li>6: films or series, whichever was not asked for</li>" in page
    assert "<li>4: named in the profile itself</li>" in page
    assert "26 of 36 titles come into question; the order rests on the titles of the profile." in page
    assert "Because you liked" in page


def test_the_audit_has_who_tried_which_version_and_not_the_profile(support: Client, names: list[str]) -> None:
    text(attempt(support, names[0]))
    (event,) = of_actor("staff-2").events
    assert (event.tag, event.kind, event.thing, event.outcome) == ("ops:model:try", "model", names[0], "begun")
    assert (event.before, event.after, event.reason) == ("", "", "")


def test_nothing_else_is_written_and_the_pointer_stays(support: Client, names: list[str]) -> None:
    before = pointer()
    text(attempt(support, names[1]))
    assert pointer() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"liked": "no such title at all"}, "has a title &#x27;no such title at all&#x27;; write its number."),
        ({"liked": "1\n" * 51}, "Name at most 50 titles, one a line."),
        ({"limit": "0"}, "is not a whole number from 1 to 50."),
        ({"novelty": "2"}, "is not a number from 0 to 1."),
        ({"media_type": "radio"}, "Choose both, films or series."),
        ({"favoriteGenres": ["1"]}, "is not one of 28, 12,"),
        ({"minRating": "8", "maxRating": "3"}, "8 is above maxRating, which is 3"),
        ({"version": "2020-01-01-none"}, "has no version 2020-01-01-none."),
        ({"version": "../x"}, "is no version of a model."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_tried(
    support: Client, names: list[str], changes: dict[str, Any], sentence: str
) -> None:
    page = text(attempt(support, names[0], **changes), 400)
    assert sentence in page
    assert "recommends</h2>" not in page
    assert of_actor("staff-2").events == []


def test_hostile_texts_are_inert(support: Client, names: list[str]) -> None:
    hostile = "\"><script>alert('1')</script>"
    page = text(attempt(support, names[0], liked=hostile, keywords=hostile, limit=hostile), 400)
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert") >= 3


def test_a_version_that_does_not_fit_is_refused(support: Client, names: list[str], settings: Any) -> None:
    text(support.get("/ops/recommender/try"))
    settings.PROCESS_MEMORY_MB = 256
    assert "cannot be tried beside" in text(attempt(support, names[0]), 400)
    assert f"<h2>What {names[2]} recommends</h2>" in text(attempt(support, names[2]))


def test_titles_that_the_version_does_not_know_are_told(support: Client, names: list[str]) -> None:
    assert "This version does not know movie/999, tv/77." in text(attempt(support, names[0], liked="999\ntv#77"))


def test_names_are_looked_for_in_the_model_and_numbers_taken_as_they_are(names: list[str], tables: None) -> None:
    from django.http import QueryDict  # noqa: PLC0415

    sent = QueryDict(mutable=True)
    sent.update({"liked": "western 4\ntv/2\n7\n7", "disliked": "movie#8"})
    form = read_form(sent, model_named(names[0]))
    assert form.problems == {}
    assert form.liked == [("movie", 4), ("tv", 2), ("movie", 7)]
    assert form.disliked == [("movie", 8)]
