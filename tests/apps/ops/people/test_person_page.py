from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from time import time
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from apps.accounts import deletions, exports, staff_sessions
from apps.accounts import sessions as session_list
from apps.accounts.caller import Caller
from apps.accounts.denials import signed_out_since
from apps.accounts.directory import directory
from apps.accounts.models import Account, DueDeletion
from apps.accounts.services import sign_up
from apps.lists.models import Favourite, WatchlistEntry
from apps.ops.people import selectors, views
from apps.ops.people.deeds import ALL
from apps.preferences.services import save as save_preferences
from apps.recommendations.feedback.services import give
from apps.recommendations.feedback.statements import Statement
from movierec import jobs
from movierec.audit import Recorded, Thing, of_actor, of_thing
from movierec.dynamo.data_table import DataRow, user_pk
from movierec.jobs.recorder import log_of
from tests.apps.accounts.whole_person import WholePerson
from tests.apps.ops.conftest import staff_client
from tests.apps.ops.people.conftest import ANN, does, groups_of

Stored = Callable[[], Any]
HOSTILE = "\"><script>alert(1)</script>\u202e'&amp;"


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()
    return str(response.content.decode())


def done_to(user_id: str) -> list[Recorded]:
    """What staff did to a person, newest first."""
    return [event for event in of_thing(Thing("person", user_id)).events if event.tag.startswith("ops:")]


def sign_in(user_id: str, session_id: str = "s-1") -> None:
    session_list.begin(user_id, session_id, Caller("Firefox on Linux", "192.0.2.0/24"))


def test_the_page_tells_how_an_account_stands_by_three_requests(ops: Client, ann: str, operations: list[str]) -> None:
    sign_in(ann)
    directory().add_to_group(ann, "support")
    operations.clear()
    text = text_of(ops.get(f"/ops/people/{ann}"))
    assert operations == ["UpdateItem", "GetItem", "Query"]
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>(?:\s*<[^>]+>)*([^<]*)", text))
    assert facts["Id"] == ann
    assert facts["Status"] == "confirmed"
    assert facts["Second factor"] == "off"
    assert facts["Groups"] == "support"
    assert facts["Ratings"] == facts["Feedback"] == facts["Known devices"] == "0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", facts["Last seen"])
    assert "Firefox on Linux" in text
    assert "192.0.2.0/24" in text
    assert f'href="/ops/audit?thing=person/{ann}"' in text


def test_support_sees_the_page_without_a_button(support: Client, ann: str) -> None:
    sign_in(ann)
    text = text_of(support.get(f"/ops/people/{ann}"))
    assert "Firefox on Linux" in text
    assert re.findall(r'<form method="post" action="([^"]+)"', text) == ["/ops/signout"]
    assert "/export" not in text


def test_somebody_who_is_not_there_is_a_404(ops: Client) -> None:
    for page in ("", "/as-person", "/export"):
        assert "no account" in text_of(ops.get(f"/ops/people/nobody{page}"), 404)


def test_sessions_that_are_over_are_not_shown(ops: Client, ann: str) -> None:
    sign_in(ann)
    list(DataRow.put_rows([{"pk": user_pk(ann), "sk": "SESSION#old", "createdAt": "2020", "expiresAt": int(time())}]))
    assert [session.session_id for session in selectors.kept(ann).sessions] == ["s-1"]


def test_the_sessions_of_somebody_with_very_many_rows_are_all_there(ann: str, operations: list[str]) -> None:
    sign_in(ann)
    rows = [{"pk": user_pk(ann), "sk": f"REFRESH#{number:04}", "filling": "x" * 20_000} for number in range(60)]
    list(DataRow.put_rows(rows))
    operations.clear()
    kept = selectors.kept(ann)
    assert operations == ["Query", "Query"]
    assert [session.session_id for session in kept.sessions] == ["s-1"]
    assert (str(kept.feedback), str(kept.ratings)) == ("0", "more than 0")


@pytest.mark.parametrize(
    ("deed", "tag", "before", "after"),
    [
        ("disable", "disable", '"enabled":true', '{"enabled":false}'),
        ("end-sessions", "end-sessions", "", '"every session"'),
        ("force-reset", "force-reset", '"status":"confirmed"', '{"status":"reset-required"}'),
        ("delete", "delete", '"enabled":true', ""),
    ],
)
def test_what_ends_sessions_ends_them_everywhere(
    ops: Client, ann: str, deed: str, tag: str, before: str, after: str
) -> None:
    sign_in(ann)
    staff_client("support", user_id=ann, email=ANN)
    started = time()
    assert 'class="mark done"' in text_of(does(ops, deed, ann))
    assert session_list.listed(ann) == []
    assert signed_out_since(ann, started)
    assert [session.user_id for session in staff_sessions.listed()] == ["staff-1"]
    (event,) = done_to(ann)
    assert (event.tag, event.outcome, event.reason) == (f"ops:person:{tag}", "begun", "A test.")
    assert (event.actor, event.actor_name, event.address) == ("staff-1", "staff@example.com", "127.0.0.1")
    assert before in event.before
    assert event.after == after
    assert of_actor("staff-1").events == [event]


def test_a_disabled_account_is_enabled_again(ops: Client, ann: str) -> None:
    does(ops, "disable", ann)
    page = text_of(ops.get(f"/ops/people/{ann}"))
    assert 'class="mark bad">disabled' in page
    assert 'value="enable"' in page
    assert 'value="disable"' not in page
    does(ops, "enable", ann)
    found = directory().person(ann)
    assert found
    assert found.enabled


def test_a_forced_reset_tells_the_owner(ops: Client, ann: str) -> None:
    does(ops, "force-reset", ann)
    found = directory().person(ann)
    assert found
    assert found.status == "reset-required"
    assert [message.to for message in mail.outbox] == [["Ann@example.com".lower()]]


def test_an_account_that_waits_for_its_code_is_confirmed(ops: Client, tables: None, cheap_scrypt: None) -> None:
    user_id = sign_up(email="new@example.com", password="correct horse battery")
    assert 'value="confirm"' in text_of(ops.get(f"/ops/people/{user_id}"))
    assert "Confirmed: its owner can sign in." in text_of(does(ops, "confirm", user_id))
    found = directory().person(user_id)
    assert found
    assert found.status == "confirmed"
    assert "This account needs no confirmation." in text_of(does(ops, "confirm", user_id))


def test_what_an_accounts_state_does_not_allow_is_a_refusal_in_words(
    ops: Client, tables: None, cheap_scrypt: None
) -> None:
    user_id = sign_up(email="new@example.com", password="correct horse battery")
    text = text_of(does(ops, "disable", user_id))
    assert 'class="mark refused"' in text
    assert "is not confirmed yet" in text
    assert [(event.tag, event.outcome) for event in done_to(user_id)] == [
        ("ops:person:disable", "refused"),
        ("ops:person:disable", "begun"),
    ]


def test_groups_are_joined_and_left_and_leaving_ends_staff_sessions(ops: Client, employed: str, ann: str) -> None:
    does(ops, "join-ops", ann)
    does(ops, "join-support", ann)
    assert groups_of(ann) == ("ops", "support")
    assert "in support already" in text_of(does(ops, "join-support", ann))
    staff_client("ops", user_id=ann, email=ANN)
    does(ops, "leave-ops", ann)
    assert groups_of(ann) == ("support",)
    assert [session.user_id for session in staff_sessions.listed()] == ["staff-1"]
    assert done_to(ann)[0].before == '{"enabled":true,"groups":["ops","support"],"status":"confirmed"}'
    assert done_to(ann)[0].after == '{"groups":["support"]}'


@pytest.mark.parametrize("deed", ["disable", "delete", "leave-ops"])
def test_nobody_locks_themselves_out(ann: str, stored: Stored, deed: str) -> None:
    directory().add_to_group(ann, "ops")
    browser = staff_client("ops", user_id=ann, email=ANN)
    before = stored()
    assert "your own account" in text_of(does(browser, deed, ann))
    assert stored() == before
    assert len(staff_sessions.listed()) == 1


def test_a_deletion_has_its_week_and_can_be_taken_back(ops: Client, ann: str, settings: Any) -> None:
    text = text_of(does(ops, "delete", ann))
    due_at = selectors.deletion_at(ann)
    days = (datetime.fromisoformat(due_at) - datetime.now(UTC)).total_seconds() / 86_400
    assert 6.9 < days <= 7
    assert f"Will be deleted on {due_at[:10]}." in text
    assert due_at[:10] in str(mail.outbox[-1].body)
    page = text_of(ops.get(f"/ops/people/{ann}"))
    assert f"will be erased on {due_at[:16].replace('T', ' ')}" in page
    assert 'value="take-back-deletion"' in page
    assert 'value="delete"' not in page
    assert "The account is kept" in text_of(does(ops, "take-back-deletion", ann))
    assert selectors.deletion_at(ann) == ""
    assert "is not to be deleted" in text_of(does(ops, "take-back-deletion", ann))
    assert done_to(ann)[0].tag == "ops:person:take-back-deletion"


def test_a_deletion_that_has_begun_is_not_taken_back(ops: Client, ann: str) -> None:
    due_at = deletions.request(ann)
    DataRow.update_row("DELETIONS", f"{due_at}#{ann}", [DueDeletion.begun_at.set("2026")])
    assert "erased already" in text_of(does(ops, "take-back-deletion", ann))
    assert selectors.deletion_at(ann) == due_at


def test_one_session_is_ended_and_no_other(ops: Client, ann: str) -> None:
    sign_in(ann, "s-1")
    sign_in(ann, "s-2")
    form = {"deed": "end-session", "ticked": ["s-1"]}
    asked = text_of(ops.post(f"/ops/people/{ann}/sessions", form))
    assert "Firefox on Linux, 192.0.2.0/24, since " in asked
    assert len(session_list.listed(ann)) == 2
    done = text_of(ops.post(f"/ops/people/{ann}/sessions", {**form, "sure": "yes"}))
    assert 'class="mark done"' in done
    assert f'href="/ops/people/{ann}"' in done
    assert [session.session_id for session in session_list.listed(ann)] == ["s-2"]
    assert done_to(ann)[0].after == '{"session":"s-1"}'


def test_a_session_that_nobody_has_leaves_no_row(ops: Client, ann: str, stored: Stored) -> None:
    before = stored()
    form = {"deed": "end-session", "ticked": ["made-up"], "sure": "yes"}
    assert "has ended already" in text_of(ops.post(f"/ops/people/{ann}/sessions", form))
    assert stored() == before


def test_doubled_rows_are_merged_and_told(ops: Client, ann: str) -> None:
    for table in (Favourite, WatchlistEntry):
        rows = [
            {"userId": ann, "movieId": key, "mediaType": "tv", "addedAt": f"2024-01-0{day}"}
            for key, day in (("5", 1), ("tv#5", 2), ("tv#6", 3))
        ]
        list(table.put_rows(rows))
    text = text_of(does(ops, "merge-rows", ann))
    assert "Merged 1 in the favourites and 1 in the watchlist." in text
    assert [(row["movieId"], row["addedAt"]) for row in Favourite.query_all(ann)] == [
        ("tv#5", "2024-01-01"),
        ("tv#6", "2024-01-03"),
    ]
    assert done_to(ann)[0].before == '{"doubled":{"favourites":1,"watchlist":1}}'
    assert "No series is on a list of this person twice." in text_of(does(ops, "merge-rows", ann))


# What leaves the house.


def test_an_export_is_asked_why_and_is_everything(ops: Client, ann: str) -> None:
    asked = text_of(ops.get(f"/ops/people/{ann}/export"))
    assert "<h1>Export everything stored</h1>" in asked
    assert 'name="reason"' in asked
    assert done_to(ann) == []
    response: Any = ops.post(f"/ops/people/{ann}/export", {"reason": "She asked by letter."})
    sent = b"".join(response.streaming_content)
    assert response["Content-Disposition"] == 'attachment; filename="movierec-export.json"'
    assert response["Cache-Control"] == "no-store, private"
    whole = b"".join(exports.stream(ann))
    assert sent.partition(b",")[2] == whole.partition(b",")[2]
    (event,) = done_to(ann)
    assert (event.tag, event.reason) == ("ops:person:export", "She asked by letter.")
    (run,) = jobs.newest("export")
    assert (run.state, run.message, run.figures()) == ("done", "Sent whole.", {"bytes": len(sent)})
    (line,) = log_of(run)
    assert (run.schedule, line.partition(" ")[2]) == (
        "person", f"Everything about person/{ann}, asked for by person/staff-1",
    )  # fmt: skip


def test_an_export_without_a_reason_sends_nothing(ops: Client, ann: str, stored: Stored) -> None:
    before = stored()
    text = text_of(ops.post(f"/ops/people/{ann}/export", {"reason": "  "}), 400)
    assert "Write why; the audit keeps it." in text
    assert stored() == before
    assert done_to(ann) == []


def test_nobody_is_exported_before_they_confirmed(ops: Client, tables: None, cheap_scrypt: None) -> None:
    user_id = sign_up(email="new@example.com", password="correct horse battery")
    response = ops.post(f"/ops/people/{user_id}/export", {"reason": "Why not."})
    assert "never confirmed" in text_of(response, 400)
    assert (done_to(user_id), jobs.newest("export")) == ([], [])


def test_an_export_whose_reader_went_away_is_a_failed_run(ops: Client, ann: str) -> None:
    response: Any = ops.post(f"/ops/people/{ann}/export", {"reason": "Why not."})
    next(iter(response.streaming_content))
    response.close()
    (run,) = jobs.newest("export")
    assert (run.state, run.message) == ("failed", "It broke off before its end.")


def test_an_export_that_the_database_stops_is_a_503_and_a_failed_run(ops: Client, ann: str) -> None:
    WatchlistEntry.delete_table()
    response = ops.post(f"/ops/people/{ann}/export", {"reason": "Why not."})
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert jobs.newest("export")[0].state == "failed"
    assert [event.outcome for event in done_to(ann)] == ["failed", "begun"]


# As the person sees it.


@pytest.fixture
def viewer(ann: str, trained: None) -> str:
    """A person with something on every list."""
    list(
        Favourite.put_rows(
            [
                {"userId": ann, "movieId": "1", "mediaType": "movie", "title": "Western 1", "addedAt": "2026-01-01"},
                {"userId": ann, "movieId": "tv#3", "mediaType": "tv", "addedAt": "2026-01-02"},
                {"userId": ann, "movieId": "3", "mediaType": "tv", "addedAt": "2026-01-03"},
            ]
        )
    )
    list(
        WatchlistEntry.put_rows(
            {"userId": ann, "movieId": str(i), "mediaType": "movie", "title": f"Later {i}", "addedAt": f"2026-02-{i}"}
            for i in range(1_000, 1_060)
        )
    )
    list(
        DataRow.put_rows(
            [
                {"pk": user_pk(ann), "sk": f"TITLE#{number}", "rating": 4.5, "watchedAt": f"2026-03-0{number}"}
                for number in (2, 4)
            ]
        )
    )
    give(ann, Statement(("movie", 16), "not_interested", "title"))
    give(ann, Statement(("movie", 6), "more_like_this", "genre", genre=37))
    answers: dict[str, Any] = {
        "favoriteGenres": [37],
        "aestheticPreferences": ["visuallyStunning", "darkMoody"],
        "ownField": {"a": 1},
    }
    save_preferences(ann, {**answers, "favoriteContent": "x" * 1_000, "genreRatings": {"35": 2}})
    return ann


def test_what_a_person_sees_is_shown_once_it_is_said_why(support: Client, viewer: str, stored: Stored) -> None:
    assert 'name="reason"' in text_of(support.get(f"/ops/people/{viewer}/as-person"))
    assert text_of(support.post(f"/ops/people/{viewer}/as-person", {"reason": ""}), 400)
    assert done_to(viewer) == []
    before = stored()
    text = text_of(support.post(f"/ops/people/{viewer}/as-person", {"reason": "She wrote to us."}))
    assert stored() == before
    (event,) = done_to(viewer)
    assert (event.tag, event.actor, event.reason) == ("ops:person:view-as", "staff-2", "She wrote to us.")
    assert '<a href="/ops/catalogue/movie/1"><bdi>Western 1</bdi></a>' in text
    assert '<a href="/ops/catalogue/tv/3"><bdi>Series 3</bdi></a>' in text
    assert "1 series stands on a list twice" in text
    assert text.count("<bdi>Later ") == 50
    assert '<p class="soft">and 10 more</p>' in text
    rated = text[text.index("<h2>Watched and rated</h2>") : text.index("<h2>Hidden titles</h2>")]
    assert re.findall(r"<bdi>([^<]+)</bdi>", rated) == ["Western 4", "4.5 of 5", "Western 2", "4.5 of 5"]
    assert "Comedy 16 will not be recommended again" in text
    assert "More titles of the genre Western will be recommended." in text
    assert "<dt>Genres you like.</dt><dd><bdi>Western</bdi></dd>" in text
    assert "<dt>How a film should look.</dt><dd><bdi>visually stunning, dark moody</bdi></dd>" in text
    assert "<bdi>Comedy: 2</bdi>" in text
    assert "<dt>ownField</dt><dd><bdi>{&quot;a&quot;:1}</bdi></dd>" in text
    assert f"<bdi>{'x' * 500}…</bdi>" in text


def test_recommendations_are_those_that_the_person_gets(
    ops: Client, client: Client, viewer: str, sign_in: Callable[[str], dict[str, str]]
) -> None:
    theirs = client.get("/recommendations", headers=sign_in(viewer)).json()["items"]
    text = text_of(ops.post(f"/ops/people/{viewer}/as-person", {"reason": "A test."}))
    table = text[text.index("<h2>Recommendations</h2>") : text.index("<h2>Taste</h2>")]
    assert len(theirs) == 9
    shown = re.findall(r'href="/ops/catalogue/(\w+)/(\d+)"><bdi>([^<]+)<', table)
    assert shown == [(item["mediaType"], item["mediaId"], item["title"]) for item in theirs]
    assert re.findall(r'class="number">([\d.]+)<', table) == [f"{item['score']:.3f}" for item in theirs]
    reasons = [reason["text"] for item in theirs for reason in item["reasons"]]
    assert re.findall(r"<p><bdi>([^<]+)</bdi></p>", table) == reasons


@pytest.mark.parametrize("ratings", [0, 1_500])
def test_looking_costs_seven_requests(ops: Client, viewer: str, operations: list[str], ratings: int) -> None:
    rows = (
        {"pk": user_pk(viewer), "sk": f"TITLE#{number}", "rating": 4.5, "watchedAt": "2026-04-01"}
        for number in range(5_000, 5_000 + ratings)
    )
    list(DataRow.put_rows(rows))
    operations.clear()
    text = text_of(ops.post(f"/ops/people/{viewer}/as-person", {"reason": "A test."}))
    assert operations == ["UpdateItem", "GetItem", "TransactWriteItems", "Query", "Query", "Query", "GetItem"]
    assert ('<p class="soft">and 1,452 more</p>' in text) == bool(ratings)


def test_nothing_secret_is_even_fetched(
    client: Client, ops: Client, cheap_scrypt: None, trained: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = WholePerson(client)
    fetched: list[Any] = []
    query_page = DataRow.query_page.__func__  # type: ignore[attr-defined]  # of the class

    def noted(cls: type[DataRow], *asked: Any, **options: Any) -> Any:
        page = query_page(cls, *asked, **options)
        fetched.extend(row["sk"] for row in page.rows if "sk" in row)
        return page

    monkeypatch.setattr(DataRow, "query_page", classmethod(noted))
    assert text_of(ops.post(f"/ops/people/{zoe.user_id}/as-person", {"reason": "A test."}))
    assert {sk.partition("#")[0] for sk in fetched} == {"FEEDBACK", "TITLE"}


def test_somebody_who_has_nothing_is_shown_as_well(support: Client, ann: str, trained: None) -> None:
    text = text_of(support.post(f"/ops/people/{ann}/as-person", {"reason": "A test."}))
    for sentence in (
        "The questionnaire was not answered.",
        "No favourites.",
        "The watchlist is empty.",
        "Nothing was rated.",
        "Nothing is hidden.",
        "Nothing else was said.",
    ):
        assert sentence in text


# What must not happen.


def test_no_secret_of_a_person_is_on_any_page(client: Client, ops: Client, cheap_scrypt: None, trained: None) -> None:
    zoe = WholePerson(client)
    zoe.delete_account()
    pk = user_pk(zoe.user_id)
    list(DataRow.put_rows([{"pk": pk, "sk": "SESSION#s", "createdAt": "2026", "expiresAt": 2e9, "hidden": "SECRET-1"}]))
    Account.update_row(pk, "PROFILE", [Account.totp_pending.set("SECRET-2")])
    rows = DataRow.query_all(pk, consistent=True)
    profile = next(row for row in rows if row["sk"] == "PROFILE")
    hashes = [row["sk"].partition("#")[2] for row in rows if row["sk"].startswith(("REFRESH#", "DEVICE#", "RECOVERY#"))]
    secrets = [profile["passwordHash"], profile["totpSecret"], *hashes, *zoe.recovery_codes, "SECRET-"]
    assert len(hashes) > 10
    form = {"deed": "disable", "ticked": [zoe.user_id]}
    pages = [
        ops.get("/ops/people"),
        ops.get(f"/ops/people/{zoe.user_id}"),
        ops.get(f"/ops/people/{zoe.user_id}/export"),
        ops.post(f"/ops/people/{zoe.user_id}/as-person", {"reason": "A test."}),
        ops.post("/ops/people/deeds", form),
        ops.post("/ops/people/deeds", {**form, "sure": "yes", "reason": "A test."}),
    ]
    for page in pages:
        text = text_of(page)
        assert "zoe.quux@example.com" in text.casefold()
        assert [secret for secret in secrets if secret in text] == []


def test_hostile_names_titles_and_reasons_are_inert(ops: Client, ann: str, trained: None) -> None:
    name = HOSTILE + "x" * 3_000
    Account.update_row(user_pk(ann), "PROFILE", [Account.username.set(name), Account.display_name.set(name)])
    session_list.begin(ann, HOSTILE, Caller(HOSTILE, HOSTILE))
    list(
        Favourite.put_rows([{"userId": ann, "movieId": HOSTILE, "mediaType": "tv", "title": name, "addedAt": HOSTILE}])
    )
    save_preferences(ann, {"favoriteContent": HOSTILE, HOSTILE: [HOSTILE], "moodPreferences": HOSTILE})
    pages = [
        ops.get("/ops/people", {"q": HOSTILE}),
        ops.get(f"/ops/people/{ann}"),
        ops.post(f"/ops/people/{ann}/as-person", {"reason": HOSTILE}),
        ops.post("/ops/people/deeds", {"deed": "disable", "ticked": [HOSTILE], "back": f"/ops/people?q={HOSTILE}"}),
        ops.post("/ops/people/deeds", {"deed": "disable", "ticked": [HOSTILE], "sure": "yes", "reason": HOSTILE}),
        ops.post(f"/ops/people/{ann}/sessions", {"deed": "end-session", "ticked": [HOSTILE]}),
    ]
    for page in pages:
        text = text_of(page)
        assert "<script>alert" not in text
        assert '"><' + "script" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert done_to(ann)[0].reason == HOSTILE.strip()


SUPPORT_POSTS = [
    *(
        ("/ops/people/deeds", {"deed": deed, "ticked": ["ann-id", "ben-id"], "sure": "yes", "reason": "x"})
        for deed in (
            *("confirm", "disable", "enable", "end-sessions", "force-reset", "join-support", "join-ops"),
            *("leave-support", "leave-ops", "merge-rows", "delete", "take-back-deletion"),
        )
    ),
    ("/ops/people/ann-id/sessions", {"deed": "end-session", "ticked": ["s-1"], "sure": "yes"}),
    ("/ops/people/ann-id/export", {"reason": "x"}),
]


def test_support_changes_nothing_by_any_post(support: Client, ann: str, ben: str, stored: Stored) -> None:
    sign_in(ann)
    directory().add_to_group(ben, "support")
    directory().disable(ben)
    deletions.request(ben)
    rows = [{"userId": ann, "movieId": key, "mediaType": "tv", "addedAt": "2024"} for key in ("5", "tv#5")]
    list(Favourite.put_rows(rows))
    before = stored()
    for path, body in SUPPORT_POSTS:
        assert "Nothing was done." in text_of(support.post(path, body), 403)
        assert stored() == before
    for path in ("/ops/people", f"/ops/people/{ann}"):
        assert support.post(path, {"deed": "disable", "ticked": [ann], "sure": "yes"}).status_code == 405
    assert support.get(f"/ops/people/{ann}/export").status_code == 403
    assert stored() == before
    assert {event.tag for event in of_actor("staff-2").events} == {"ops:page:refuse"}


def test_every_deed_and_every_page_that_changes_something_needs_a_right_that_support_lacks() -> None:
    changing = [views.deeds, views.sessions, views.export]
    assert all(view.permission.changes for view in changing)  # type: ignore[attr-defined]  # set by the guard
    assert all(deed.permission.changes for deed in ALL)
    reading = [views.people, views.person]
    assert all("POST" not in view.methods for view in reading)  # type: ignore[attr-defined]


def test_without_a_session_nothing_is_shown_or_done(tables: None, ann: str, stored: Stored) -> None:
    before = stored()
    nobody = Client()
    for path, body in [*SUPPORT_POSTS, ("/ops/people/ann-id/as-person", {"reason": "x"})]:
        assert nobody.post(path, body).status_code == 401
    for path in ("/ops/people", "/ops/people/ann-id", "/ops/people/ann-id/as-person", "/ops/people/ann-id/export"):
        assert nobody.get(path)["Location"].startswith("/ops/signin?next=")
    assert stored() == before
