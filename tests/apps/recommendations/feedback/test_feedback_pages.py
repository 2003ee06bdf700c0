"""Feedback in a browser without JavaScript: plain forms with CSRF's token, and pages that say what came of it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from apps.accounts.providers.local.tokens import issue_access_token
from movierec.api.authentication import COOKIE
from movierec.dynamo.data_table import DataRow

PATH = "/recommendations/feedback"


@pytest.fixture
def browser(trained: None) -> Client:
    """Ann's browser."""
    client = Client(enforce_csrf_checks=True, headers={"accept": "text/html"}, raise_request_exception=False)
    client.cookies[COOKIE] = issue_access_token("ann", email="ann@example.com", session_id="s")
    return client


def forms(page: str, action: str) -> list[dict[str, str]]:
    """What each form of the page for an address sends unseen."""
    found = re.findall(rf'<form[^>]* action="{action}">(.*?)</form>', page, re.DOTALL)
    return [dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)) for form in found]


def heading(response: Any) -> str:
    """What the page says first."""
    (words,) = re.findall(r'<h2 id="outcome" tabindex="-1">(.*?)</h2>', response.content.decode())
    return html.unescape(words)


def test_a_card_is_turned_down_and_taken_back_without_javascript(browser: Client) -> None:
    cards = forms(browser.get("/recommendations?mediaType=movie&limit=3").content.decode(), PATH)
    assert len(cards) == 3
    sent = browser.post(PATH, {**cards[0], "kind": "not_interested"})
    assert sent.status_code == 201
    assert "will not be recommended again" in heading(sent)
    feedback_id = f"movie-{cards[0]['mediaId']}"
    (undo,) = forms(sent.content.decode(), f"{PATH}/{feedback_id}")

    listed = browser.get(PATH).content.decode()
    assert forms(listed, f"{PATH}/{feedback_id}")[0].keys() == {"csrfmiddlewaretoken"}

    undone = browser.post(f"{PATH}/{feedback_id}", undo)
    assert (undone.status_code, heading(undone)) == (200, "Undone: it no longer counts.")
    again = browser.post(f"{PATH}/{feedback_id}", undo)
    assert (again.status_code, heading(again)) == (
        404,
        "There is no such feedback; it may have been undone, or its time is over.",
    )


def test_a_script_of_a_page_undoes_by_delete_and_gets_a_page(browser: Client) -> None:
    (card,) = forms(browser.get("/recommendations?mediaType=movie&limit=1").content.decode(), PATH)
    browser.post(PATH, {**card, "kind": "already_seen"})
    token = {"x-csrftoken": card["csrfmiddlewaretoken"]}
    undone = browser.delete(f"{PATH}/seen-movie-{card['mediaId']}", headers=token)
    assert (undone.status_code, heading(undone)) == (200, "Undone: it no longer counts.")


@pytest.mark.parametrize("path", [PATH, f"{PATH}/movie-2"])
def test_a_form_of_another_site_does_nothing(browser: Client, path: str) -> None:
    (card,) = forms(browser.get("/recommendations?mediaType=movie&limit=1").content.decode(), PATH)
    browser.post(PATH, {**card, "mediaId": "2", "kind": "not_interested"})
    refused = browser.post(path, {"mediaId": "2", "mediaType": "movie", "kind": "already_seen"})
    assert refused.status_code == 403
    rows = [row for row in DataRow.scan_rows() if row["sk"].startswith("FEEDBACK#")]
    assert [(row["sk"], row["kind"]) for row in rows] == [("FEEDBACK#movie-2", "not_interested")]


def test_a_wrong_form_is_answered_with_a_page_that_names_the_field(browser: Client) -> None:
    (card,) = forms(browser.get("/recommendations?mediaType=movie&limit=1").content.decode(), PATH)
    sent = browser.post(PATH, {**card, "kind": "hate"})
    assert sent.status_code == 400
    assert heading(sent).startswith("kind: Send one of not_interested, ")
