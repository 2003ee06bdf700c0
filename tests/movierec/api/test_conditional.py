"""Answers that caches may keep: their tags, and what is said to those who have them already."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from movierec.api.conditional import public_answer
from movierec.api.renderers import JsonRenderer, PeopleRenderer


def answered(
    body: dict[str, Any], method: str = "GET", tag: str = "", renderer: Any = JsonRenderer, **options: Any
) -> HttpResponseBase:
    headers = {"If-None-Match": tag} if tag else {}
    request = Request(APIRequestFactory().generic(method, "/media", headers=headers))
    request.accepted_renderer = renderer()
    return public_answer(request, body, max_age=60, **options)


def test_the_answer_says_how_long_it_may_be_kept() -> None:
    answer: Any = answered({"page": 1})
    assert (answer.status_code, answer.data, answer["Cache-Control"]) == (200, {"page": 1}, "public, max-age=60")


@pytest.mark.parametrize("tag", ["{}", '"other", {}', "*"])
def test_who_has_it_already_gets_no_body(tag: str) -> None:
    known = answered({"page": 1})["ETag"]
    again = answered({"page": 1}, tag=tag.format(known))
    assert (again.status_code, again["ETag"], again["Cache-Control"]) == (304, known, "public, max-age=60")


def test_another_body_has_another_tag() -> None:
    known = answered({"page": 1})["ETag"]
    assert answered({"page": 2}, tag=known).status_code == 200


def test_what_is_left_out_of_the_tag_does_not_change_it() -> None:
    first = answered({"page": 1, "ageSeconds": 3}, tagged={"page": 1})
    later = answered({"page": 1, "ageSeconds": 9}, tagged={"page": 1}, tag=first["ETag"])
    assert later.status_code == 304


def test_the_page_for_people_has_no_tag_and_may_not_be_kept() -> None:
    known = answered({"page": 1})["ETag"]
    page = answered({"page": 1}, tag=known, renderer=PeopleRenderer)
    assert page.status_code == 200
    assert not {"ETag", "Cache-Control"} & set(page.headers)
