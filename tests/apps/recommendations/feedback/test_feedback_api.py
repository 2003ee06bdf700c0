"""Feedback over HTTP: what each kind and scope answers, what is refused, pages, undo, and the calls it takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.recommendations.feedback import services
from apps.recommendations.models import FeedbackRow
from movierec.dynamo.data_table import DataRow
from tests.apps.recommendations.feedback.conftest import Speaker

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PATH = "/recommendations/feedback"


def stored() -> list[dict[str, Any]]:
    """Every row of feedback."""
    return [row for row in DataRow.scan_rows() if row["sk"].startswith("FEEDBACK#")]


def wrong(response: Any) -> list[tuple[str, str]]:
    """The wrong fields of a refused request that stored nothing."""
    assert response.status_code == 400
    assert response.json()["code"] == "InvalidParameterException"
    assert stored() == []
    return [(entry["path"], entry["message"]) for entry in response.json()["details"]]


class TestSaying:
    def test_not_interested_is_answered_and_stored(self, speaker: Speaker) -> None:
        with time_machine.travel(NOW, tick=False):
            response = speaker.say("not_interested")
        assert response.status_code == 201
        assert response.json() == {
            "id": "movie-2",
            "mediaId": "2",
            "mediaType": "movie",
            "kind": "not_interested",
            "scope": "title",
            "createdAt": "2026-06-01T12:00:00.000Z",
            "message": "Western 2 will not be recommended again, and titles like it come less often.",
            "undo": {"method": "DELETE", "url": "/recommendations/feedback/movie-2"},
        }
        assert stored() == [
            {
                "pk": "USER#user-1",
                "sk": "FEEDBACK#movie-2",
                "kind": "not_interested",
                "scope": "title",
                "mediaType": "movie",
                "mediaId": 2,
                "createdAt": "2026-06-01T12:00:00.000Z",
            }
        ]

    def test_for_now_ends_after_thirty_days(self, speaker: Speaker) -> None:
        with time_machine.travel(NOW, tick=False):
            answer = speaker.say("not_interested", "for_now").json()
        assert answer["expiresAt"] == "2026-07-01T12:00:00.000Z"
        assert answer["message"] == "Western 2 will not be recommended before 2026-07-01."
        assert [row["expiresAt"] for row in stored()] == [int((NOW + timedelta(days=30)).timestamp())]

    @pytest.mark.parametrize(
        ("kind", "scope", "message"),
        [
            ("already_seen", "title", "Western 2 counts as watched and will not be recommended again."),
            ("more_like_this", "title", "More titles like Western 2 will be recommended."),
            ("do_not_use", "title", "Western 2 no longer counts for your recommendations; on your lists it stays."),
            ("not_interested", "genre", "No titles of the genre Western will be recommended."),
            ("more_like_this", "genre", "More titles of the genre Western will be recommended."),
        ],
    )
    def test_every_kind_says_what_it_does(self, speaker: Speaker, kind: str, scope: str, message: str) -> None:
        response = speaker.say(kind, scope)
        assert response.status_code == 201
        assert response.json()["message"] == message
        assert "expiresAt" not in response.json()

    def test_the_genre_of_the_body_goes_before_that_of_the_title(self, speaker: Speaker) -> None:
        answer = speaker.say("not_interested", "genre", genre=27).json()
        assert (answer["id"], answer["genre"]) == ("genre-27", 27)
        assert answer["message"] == "No titles of the genre Horror will be recommended."
        assert "person" not in answer

    def test_the_person_of_the_body_goes_before_those_of_the_title(self, speaker: Speaker) -> None:
        answer = speaker.say("more_like_this", "person", 348, person=" Ian Holm ").json()
        assert answer["person"] == "Ian Holm"
        assert answer["message"] == "More titles with Ian Holm will be recommended."
        assert "genre" not in answer

    def test_a_maker_goes_before_the_cast(self, speaker: Speaker) -> None:
        answer = speaker.say("not_interested", "person", 348).json()
        assert answer["person"] == "Ridley Scott"
        assert answer["message"] == "No titles with Ridley Scott will be recommended."

    def test_the_cast_stands_in_for_makers(self, speaker: Speaker) -> None:
        body = {"mediaId": "tv#900", "kind": "not_interested", "scope": "person"}
        assert speaker.send(body).json()["person"] == "Zoë Ölmann"

    def test_the_first_genre_of_a_title_of_the_catalogue(self, speaker: Speaker) -> None:
        body = {"mediaId": 900, "mediaType": "tv", "kind": "not_interested", "scope": "genre"}
        answer = speaker.send(body).json()
        assert answer["genre"] == 10765
        assert answer["message"] == "No titles of the genre Sci-Fi & Fantasy will be recommended."

    def test_a_title_nobody_knows_is_taken_by_its_number(self, speaker: Speaker) -> None:
        answer = speaker.say("already_seen", media_id=2**53 - 1).json()
        assert answer["mediaId"] == "9007199254740991"
        assert answer["message"] == "This title counts as watched and will not be recommended again."

    def test_a_film_and_a_series_of_one_number_are_apart(self, speaker: Speaker) -> None:
        speaker.send({"mediaId": "1", "mediaType": "movie", "kind": "already_seen"})
        speaker.send({"movieId": "tv#1", "kind": "not_interested"})
        assert sorted(speaker.ids()) == ["seen-movie-1", "tv-1"]

    def test_one_spelling_of_a_name_is_as_good_as_another(self, speaker: Speaker) -> None:
        first = speaker.say("not_interested", "person", person="Zoë Ölmann")
        second = speaker.say("not_interested", "person", person="zoe  olmann")
        assert (first.status_code, second.status_code) == (201, 200)
        assert second.json() == first.json()
        assert first.json()["id"].startswith("person-")
        assert len(stored()) == 1

    def test_null_counts_as_absent(self, speaker: Speaker) -> None:
        response = speaker.say("not_interested", genre=None, person=None)
        assert response.status_code == 201


class TestSayingAgain:
    def test_the_same_changes_nothing(self, speaker: Speaker) -> None:
        with time_machine.travel(NOW, tick=False):
            first = speaker.say("not_interested")
        with time_machine.travel(NOW + timedelta(days=3), tick=False):
            again = speaker.say("not_interested")
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json()

    def test_for_now_begins_anew(self, speaker: Speaker) -> None:
        with time_machine.travel(NOW, tick=False):
            first = speaker.say("not_interested", "for_now")
        with time_machine.travel(NOW + timedelta(days=20), tick=False):
            again = speaker.say("not_interested", "for_now")
            assert speaker.one("movie-2").json() == again.json()
        assert (first.status_code, again.status_code) == (201, 200)
        renewed = {
            "expiresAt": "2026-07-21T12:00:00.000Z",
            "message": "Western 2 will not be recommended before 2026-07-21.",
        }
        assert again.json() == {**first.json(), **renewed}
        assert [row["expiresAt"] for row in stored()] == [int((NOW + timedelta(days=50)).timestamp())]

    @pytest.mark.parametrize(("kind", "scope"), [("more_like_this", "title"), ("not_interested", "for_now")])
    def test_the_newest_replaces_what_was_said_of_the_title(self, speaker: Speaker, kind: str, scope: str) -> None:
        with time_machine.travel(NOW, tick=False):
            first = speaker.say("not_interested")
        with time_machine.travel(NOW + timedelta(days=3), tick=False):
            second = speaker.say(kind, scope)
        assert second.status_code == 201
        assert second.json()["id"] == first.json()["id"]
        assert second.json()["createdAt"] == "2026-06-04T12:00:00.000Z"
        assert [(row["kind"], row["scope"]) for row in stored()] == [(kind, scope)]

    def test_a_title_for_good_has_no_end_left_of_for_now(self, speaker: Speaker) -> None:
        speaker.say("not_interested", "for_now")
        assert "expiresAt" not in speaker.say("not_interested", "title").json()
        assert ["expiresAt" in row for row in stored()] == [False]

    def test_what_is_over_is_said_anew(self, speaker: Speaker) -> None:
        with time_machine.travel(NOW, tick=False):
            speaker.say("not_interested", "for_now")
        with time_machine.travel(NOW + timedelta(days=30), tick=False):
            again = speaker.say("not_interested", "for_now")
        assert again.status_code == 201
        assert again.json()["expiresAt"] == "2026-07-31T12:00:00.000Z"

    def test_the_genre_of_another_title_replaces_the_earlier(self, speaker: Speaker) -> None:
        speaker.say("not_interested", "genre", 1)
        assert speaker.say("not_interested", "genre", 2).status_code == 201
        assert [(row["sk"], row["mediaId"]) for row in stored()] == [("FEEDBACK#genre-37", 2)]

    def test_two_devices_at_once_leave_one_row(self, speaker: Speaker) -> None:
        def say(_: int) -> int:
            device = Speaker(Client(raise_request_exception=False), speaker.sign_in, speaker.user_id)
            return int(device.say("not_interested").status_code)

        with ThreadPoolExecutor(4) as devices:
            statuses = sorted(devices.map(say, range(8)))
        assert set(statuses) <= {200, 201}
        assert len(stored()) == 1

    def test_a_key_repeats_the_answer(self, speaker: Speaker) -> None:
        body = {"mediaId": 2, "kind": "not_interested"}
        first, second = (speaker.send(body, **{"idempotency-key": "once"}) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert second["Idempotent-Replayed"] == "true"
        assert second.json() == first.json()


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "path", "message"),
        [
            ({"kind": "hate"}, "kind", "Send one of not_interested, already_seen, more_like_this, do_not_use."),
            ({"scope": "actor"}, "scope", "Send one of title, genre, person, for_now."),
            ({"kind": "already_seen", "scope": "genre"}, "scope", "With already_seen send title."),
            ({"kind": "do_not_use", "scope": "for_now"}, "scope", "With do_not_use send title."),
            (
                {"kind": "more_like_this", "scope": "for_now"},
                "scope",
                "With more_like_this send title or genre or person.",
            ),
            ({"genre": 27}, "genre", "It goes with the scope genre only; leave it out."),
            ({"scope": "genre", "person": "Ian"}, "person", "It goes with the scope person only; leave it out."),
            ({"scope": "person", "person": "?!"}, "person", "Send a name, such as Ridley Scott."),
            ({"scope": "person", "person": ""}, "person", "This field may not be blank."),
            ({"scope": "genre", "genre": "1_0"}, "genre", "Send a whole number."),
            ({"mediaType": "film"}, "mediaType", "Send movie or tv."),
            ({"mediaId": None}, "mediaId", "Media ID is required"),
            ({"movieId": "3"}, "movieId", "It names another title than mediaId; send one of them."),
        ],
    )  # fmt: skip
    def test_a_wrong_field_is_named(self, speaker: Speaker, body: dict[str, Any], path: str, message: str) -> None:
        full = {"mediaId": "2", "mediaType": "movie", "kind": "not_interested", **body}
        assert wrong(speaker.send(full)) == [(path, message)]

    def test_a_kind_is_required(self, speaker: Speaker) -> None:
        assert wrong(speaker.send({"mediaId": 2})) == [("kind", "This field is required.")]

    def test_a_genre_nobody_has_is_refused_with_those_there_are(self, speaker: Speaker) -> None:
        ((path, message),) = wrong(speaker.say("not_interested", "genre", genre=1))
        assert path == "genre"
        assert message.startswith("Send one of 28 action, 12 adventure, ")

    def test_a_long_name_is_refused(self, speaker: Speaker) -> None:
        ((path, _),) = wrong(speaker.say("not_interested", "person", person="x" * 101))
        assert path == "person"

    @pytest.mark.parametrize("media_id", [901, 999_999])
    def test_a_title_that_does_not_tell_is_refused(self, speaker: Speaker, media_id: int) -> None:
        genre = wrong(speaker.say("not_interested", "genre", media_id))
        person = wrong(speaker.say("not_interested", "person", media_id))
        assert genre == [("genre", "No genre of this title is known; send TMDB's number of one, such as 27.")]
        assert person == [("person", "Nobody is known to have made this title; send a name.")]

    def test_nothing_is_stored_beyond_the_bound(self, speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(services, "MAX_FEEDBACK", 2)
        with time_machine.travel(NOW - timedelta(days=31), tick=False):
            speaker.say("not_interested", "for_now", 9)
        with time_machine.travel(NOW, tick=False):
            for media_id in (1, 2):
                assert speaker.say("not_interested", media_id=media_id).status_code == 201
            refused = speaker.say("not_interested", media_id=3)
            assert (refused.status_code, refused.json()["code"]) == (409, "TooMuchFeedback")
            assert "At most 2 pieces" in refused.json()["error"]
            # What is there can still be replaced, and undone to make room.
            assert speaker.say("more_like_this", media_id=2).status_code == 201
            assert speaker.say("already_seen", media_id=2).status_code == 409
            assert sorted(speaker.ids()) == ["movie-1", "movie-2"]
            assert speaker.undo("movie-1").status_code == 204
            assert speaker.say("not_interested", media_id=3).status_code == 201


class TestList:
    def test_the_newest_comes_first(self, speaker: Speaker) -> None:
        assert speaker.said() == {"items": [], "nextCursor": None}
        for day, media_id in enumerate((3, 1, 2)):
            with time_machine.travel(NOW + timedelta(days=day), tick=False):
                speaker.say("not_interested", media_id=media_id)
        answer = speaker.said()
        assert [item["id"] for item in answer["items"]] == ["movie-2", "movie-1", "movie-3"]
        assert answer["nextCursor"] is None
        assert answer["items"][0] == speaker.one("movie-2").json()

    def test_pages_follow_one_another_whatever_comes_or_goes(self, speaker: Speaker) -> None:
        for media_id in range(1, 6):
            # Those of one moment are told apart by their ids.
            with time_machine.travel(NOW + timedelta(days=media_id // 2), tick=False):
                speaker.say("not_interested", media_id=media_id)
        first = speaker.said("?limit=2")
        assert [item["id"] for item in first["items"]] == ["movie-5", "movie-4"]
        speaker.undo("movie-4")
        with time_machine.travel(NOW + timedelta(days=9), tick=False):
            speaker.say("already_seen", media_id=9)
        second = speaker.said(f"?limit=2&cursor={first['nextCursor']}")
        assert [item["id"] for item in second["items"]] == ["movie-3", "movie-2"]
        third = speaker.said(f"?limit=2&cursor={second['nextCursor']}")
        assert ([item["id"] for item in third["items"]], third["nextCursor"]) == (["movie-1"], None)

    def test_a_last_page_that_is_full_has_no_cursor(self, speaker: Speaker) -> None:
        for media_id in (1, 2):
            speaker.say("not_interested", media_id=media_id)
        assert speaker.said("?limit=2")["nextCursor"] is None

    def test_what_is_over_is_not_listed_although_it_is_still_stored(self, speaker: Speaker) -> None:
        with time_machine.travel(NOW, tick=False):
            speaker.say("not_interested", "for_now")
        with time_machine.travel(NOW + timedelta(days=30) - timedelta(seconds=1), tick=False):
            assert speaker.ids() == ["movie-2"]
        with time_machine.travel(NOW + timedelta(days=30), tick=False):
            assert speaker.ids() == []
            assert speaker.one("movie-2").status_code == 404
            assert speaker.undo("movie-2").status_code == 404
        assert len(stored()) == 1

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=1001", "limit=x", "limit=1&limit=2", "cursor=x", "cursor=W10", "cursor=WzEsMl0"]
    )
    def test_odd_queries_are_refused(self, speaker: Speaker, query: str) -> None:
        response = speaker.client.get(f"{PATH}?{query}", headers=speaker.headers)
        assert response.status_code == 400
        assert [entry["path"] for entry in response.json()["details"]] == [query.split("=", maxsplit=1)[0]]


class TestUndo:
    def test_it_is_gone_and_cannot_be_undone_again(self, speaker: Speaker) -> None:
        url = speaker.say("not_interested").json()["undo"]["url"]
        first, second = (speaker.client.delete(url, headers=speaker.headers) for _ in range(2))
        assert (first.status_code, first.content) == (204, b"")
        assert (second.status_code, second.json()["code"]) == (404, "FeedbackNotFound")
        assert stored() == []

    def test_a_form_can_undo_by_post(self, speaker: Speaker) -> None:
        speaker.say("not_interested")
        first, second = (speaker.client.post(f"{PATH}/movie-2", headers=speaker.headers) for _ in range(2))
        assert first.status_code == 200
        assert first.json() == {"message": "Undone: it no longer counts.", "undone": "movie-2"}
        assert (second.status_code, second.json()["code"]) == (404, "FeedbackNotFound")
        assert stored() == []

    def test_what_was_seen_is_undone_by_its_own_id(self, speaker: Speaker) -> None:
        undo = speaker.say("already_seen").json()["undo"]
        assert undo == {"method": "DELETE", "url": f"{PATH}/seen-movie-2"}
        speaker.say("not_interested")
        assert sorted(speaker.ids()) == ["movie-2", "seen-movie-2"]
        assert speaker.undo("movie-2").status_code == 204
        assert speaker.ids() == ["seen-movie-2"]
        assert speaker.undo("seen-movie-2").status_code == 204
        assert stored() == []

    def test_other_statements_stay(self, speaker: Speaker) -> None:
        speaker.say("not_interested")
        speaker.say("not_interested", "genre")
        speaker.undo("movie-2")
        assert speaker.ids() == ["genre-37"]

    @pytest.mark.parametrize("feedback_id", ["x", "movie-0", "film-2", "person-XYZ", "movie-2 ", "m" * 5000])
    def test_what_is_no_id_is_asked_of_nobody(self, speaker: Speaker, operations: list[str], feedback_id: str) -> None:
        speaker.said()
        operations.clear()
        assert speaker.undo(feedback_id).status_code == 404
        assert operations == ["UpdateItem"]


class TestOthers:
    def test_feedback_is_private(self, speaker: Speaker, other: Speaker) -> None:
        speaker.say("not_interested")
        assert other.ids() == []
        assert other.one("movie-2").status_code == 404
        assert other.undo("movie-2").status_code == 404
        assert speaker.ids() == ["movie-2"]

    @pytest.mark.parametrize(
        ("method", "path"),
        [("get", PATH), ("post", PATH), ("get", f"{PATH}/movie-2"), ("post", f"{PATH}/movie-2"),
         ("delete", f"{PATH}/movie-2")],
    )  # fmt: skip
    def test_strangers_are_sent_away(self, client: Client, operations: list[str], method: str, path: str) -> None:
        operations.clear()
        body = {"mediaId": 2, "kind": "not_interested"}
        response = getattr(client, method)(path, body, content_type="application/json")
        assert (response.status_code, response.json()["error"]) == (401, "Authorization header required")
        assert operations == []

    def test_it_counts_as_user_data(self, speaker: Speaker, settings: Any) -> None:
        settings.RATE_LIMITS = {"user": 1, "recommendations": 50}
        with time_machine.travel(NOW, tick=False):
            assert speaker.say("not_interested").status_code == 201
            refused = speaker.say("already_seen")
        assert refused.status_code == 429
        assert [row["kind"] for row in stored()] == ["not_interested"]


class TestEffect:
    def recommended(self, speaker: Speaker) -> list[str]:
        answer = speaker.client.get("/recommendations?mediaType=movie&limit=40", headers=speaker.headers).json()
        return [item["mediaId"] for item in answer["items"]]

    def test_a_title_turned_down_is_gone_from_the_next_answer_and_back_when_undone(self, speaker: Speaker) -> None:
        everything = self.recommended(speaker)
        assert "2" in everything
        speaker.say("not_interested")
        assert set(everything) - set(self.recommended(speaker)) == {"2"}
        speaker.undo("movie-2")
        assert self.recommended(speaker) == everything

    @pytest.mark.parametrize("scope", ["title", "for_now"])
    def test_a_title_seen_stays_away_when_a_later_word_on_it_ends(self, speaker: Speaker, scope: str) -> None:
        speaker.say("already_seen")
        speaker.say("not_interested", scope)
        speaker.undo("movie-2")
        assert "2" not in self.recommended(speaker)

    def test_a_genre_turned_down_is_gone_whole(self, speaker: Speaker) -> None:
        speaker.say("not_interested", "genre")
        # Films 1 to 15 are westerns, the others comedies.
        assert sorted(map(int, self.recommended(speaker))) == list(range(16, 31))

    def test_more_like_a_title_brings_its_like_up(self, speaker: Speaker) -> None:
        speaker.say("more_like_this")
        first = self.recommended(speaker)[:5]
        assert all(1 <= int(media_id) <= 15 for media_id in first), first

    def test_a_favourite_that_is_not_to_be_used_counts_no_more_and_stays_away(self, speaker: Speaker) -> None:
        speaker.say("not_interested", "for_now")
        before = self.recommended(speaker)
        speaker.undo("movie-2")
        favourite = {"mediaId": "2", "mediaType": "movie", "title": "Western 2"}
        speaker.client.post("/user/favourites", favourite, content_type="application/json", headers=speaker.headers)
        assert self.recommended(speaker) != before
        speaker.say("do_not_use")
        assert self.recommended(speaker) == before


def test_calls_to_dynamodb_are_few(speaker: Speaker, operations: list[str]) -> None:
    def sent_by(response: Any, status: int) -> list[str]:
        assert response.status_code == status
        # The first of a request counts it; only the first request in 30 seconds asks whether the session was ended.
        calls = [name for name in operations if name != "BatchGetItem"]
        operations.clear()
        assert calls[0] == "UpdateItem"
        return calls[1:]

    speaker.said()
    operations.clear()
    assert sent_by(speaker.say("not_interested"), 201) == ["Query", "PutItem"]
    assert sent_by(speaker.say("not_interested"), 200) == ["Query", "PutItem"]
    assert sent_by(speaker.say("not_interested", "genre"), 201) == ["Query", "PutItem"]
    assert sent_by(speaker.say("not_interested", "person", 348), 201) == ["GetItem", "Query", "PutItem"]
    assert sent_by(speaker.say("not_interested", "person", 348, person="Ian Holm"), 201) == ["Query", "PutItem"]
    assert sent_by(speaker.say("not_interested", "genre", 901), 400) == ["GetItem"]
    assert sent_by(speaker.say("already_seen", "genre"), 400) == []
    assert sent_by(speaker.client.get(PATH, headers=speaker.headers), 200) == ["Query"]
    assert sent_by(speaker.one("movie-2"), 200) == ["GetItem"]
    assert sent_by(speaker.undo("movie-2"), 204) == ["DeleteItem"]
    assert sent_by(speaker.say("already_seen"), 201) == ["Query", "PutItem"]
    assert sent_by(speaker.say("not_interested", "for_now"), 201) == ["Query", "PutItem"]
    assert sent_by(speaker.say("not_interested", "for_now"), 200) == ["Query", "PutItem", "PutItem"]


def test_two_thousand_are_one_query(speaker: Speaker, operations: list[str]) -> None:
    rows = [
        {
            "pk": "USER#user-1",
            "sk": f"FEEDBACK#movie-{number}",
            "kind": "not_interested",
            "scope": "title",
            "mediaType": "movie",
            "mediaId": number,
            "createdAt": f"2026-06-01T12:{number // 60 % 60:02}:{number % 60:02}.000Z",
        }
        for number in range(1, services.MAX_FEEDBACK + 1)
    ]
    list(FeedbackRow.put_rows(rows))
    speaker.said()
    operations.clear()
    answer = speaker.said()
    assert operations == ["UpdateItem", "Query"]
    assert len(answer["items"]) == 1000
    assert len(speaker.ids(f"?cursor={answer['nextCursor']}")) == 1000
