"""The browsable API: the answer in a page of ours, with forms that send JSON."""
# ruff: noqa: N815 -- field names are the contract's

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.test import Client
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.providers.local.tokens import issue_access_token
from movierec.api.authentication import COOKIE
from movierec.api.errors import FieldErrors, Forbidden, Unauthorized
from movierec.api.forms import starting_body
from movierec.api.views import ApiView, valid_body

Serve = Callable[[dict[str, Any]], Client]


class NoteSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    kind = serializers.ChoiceField(("short", "long"))
    size = serializers.IntegerField(default=3)
    words = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()
    written = serializers.CharField(read_only=True)
    remark = serializers.CharField(required=False)


@extend_schema_serializer(examples=[OpenApiExample("One", value={"title": "Example"})])
class ExampleSerializer(NoteSerializer):
    pass


class EntrySerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(help_text="Your <address>.")
    password = serializers.CharField()


class BoxSerializer(serializers.Serializer[Any]):
    email = serializers.CharField(style={"kind": "text"})
    code = serializers.CharField(required=False)
    restore = serializers.BooleanField(default=False, help_text="Keep it.")


class NamesSerializer(serializers.Serializer[Any]):
    displayName = serializers.CharField(required=False, allow_null=True)
    username = serializers.CharField(required=False)


class EndTheNoteSerializer(serializers.Serializer[Any]):
    oldPassword = serializers.CharField()
    newPassword = serializers.CharField()
    recoveryCode = serializers.CharField(required=False)


class EmptySerializer(serializers.Serializer[Any]):
    pass


class Note(ApiView):
    """A note.

    Kept for a while.
    """

    body_serializer = NoteSerializer
    replaced_member = "note"

    def get(self, request: Request) -> Response:
        return Response({"note": {"title": "Stored </pre><script>"}}, headers={"Cache-Control": "public"})

    def put(self, request: Request) -> Response:
        raise FieldErrors([("title", "Too <short>."), ("kind", "Unknown.")])

    def delete(self, request: Request) -> Response:
        return Response(status=204)


class Entry(ApiView):
    open_to_all = True
    body_serializer = EntrySerializer

    def get(self, request: Request) -> Response:
        return Response({"message": "Enter."})

    def post(self, request: Request) -> Response:
        return Response({"message": f"Hello {valid_body(EntrySerializer, request)['email']}"})


class Box(ApiView):
    open_to_all = True
    body_serializer = BoxSerializer

    def post(self, request: Request) -> Response:
        raise FieldErrors([("restore", "Tick it.")])


class Names(ApiView):
    open_to_all = True
    body_serializer = NoteSerializer
    body_serializers: ClassVar[dict[str, Any]] = {"PUT": NamesSerializer, "DELETE": EndTheNoteSerializer}
    replaced_member = "names"

    def get(self, request: Request) -> Response:
        return Response({"names": {"displayName": 'Ann "A" <b>', "username": None}})

    def post(self, request: Request) -> Response:
        return Response({})

    def put(self, request: Request) -> Response:
        return Response({"message": "Saved"})

    def delete(self, request: Request) -> Response:
        return Response({"message": "Ended"})


class Buttons(ApiView):
    open_to_all = True
    body_serializers: ClassVar[dict[str, Any]] = {"POST": EmptySerializer}

    def post(self, request: Request) -> Response:
        return Response({})

    def delete(self, request: Request) -> Response:
        return Response({})


class Echo(Entry):
    """Answers what it is sent."""

    def post(self, request: Request) -> Response:
        return Response(request.data)


class Refusal(Entry):
    def get(self, request: Request) -> Response:
        raise Unauthorized("Authorization header required")

    def post(self, request: Request) -> Response:
        raise Unauthorized("Wrong", code="NotAuthorizedException")


class Deleted(Entry):
    def post(self, request: Request) -> Response:
        raise Forbidden("To be deleted on 2026-01-09.", code="AccountDeletionPending")


class DeletedMeanwhile(Deleted):
    body_serializer = NoteSerializer


class Arrival(Entry):
    """Signs in somebody whose address is not told."""

    def post(self, request: Request) -> Response:
        response = Response({})
        response.set_cookie(COOKIE, "a token")
        return response


@pytest.fixture
def people(serve: Serve) -> Client:
    """A browser over the views of this module."""
    views = {
        "note": Note,
        "entry": Entry,
        "box": Box,
        "names": Names,
        "buttons": Buttons,
        "echo": Echo,
        "refusal": Refusal,
        "deleted": Deleted,
        "deleted-meanwhile": DeletedMeanwhile,
        "arrival": Arrival,
    }
    client = serve(views)
    client.defaults["HTTP_ACCEPT"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    return client


@pytest.fixture
def ann(people: Client) -> Client:
    """The same, signed in."""
    people.cookies["movierec_access"] = issue_access_token("u1", email="ann@example.com", session_id="s")
    return people


def bodies(page: str) -> dict[str, str]:
    """The starting JSON of each form by its method."""
    found = re.findall(r'<textarea id="(\w+)-1-body"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {method.upper(): html.unescape(body) for method, body in found}


def test_the_page_has_the_answer_its_status_and_the_person(ann: Client) -> None:
    response = ann.get("/note")
    page = response.content.decode()
    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<h1>Note</h1>\n<p>A note.</p>\n\n<p>Kept for a while.</p>" in page
    assert '<span class="status good">200 OK</span>' in page
    assert "Stored &lt;/pre&gt;&lt;script&gt;" in page
    assert "<script>" not in page
    assert '<span class="who">ann@example.com</span>' in page


def test_no_cache_keeps_a_page_whatever_the_answer_allows(ann: Client) -> None:
    assert ann.get("/note")["Cache-Control"] == "private, no-store"
    assert ann.get("/note", headers={"accept": "application/json"})["Cache-Control"] == "public"


def test_the_csrf_cookie_comes_with_a_page_and_not_with_json(ann: Client) -> None:
    assert "csrftoken" not in ann.get("/note", headers={"accept": "application/json"}).cookies
    assert ann.get("/note").cookies["csrftoken"]["samesite"] == "Strict"


def test_there_is_a_form_for_every_method_that_changes_something(ann: Client) -> None:
    page = ann.get("/note").content.decode()
    assert re.findall(r'action="/note" data-method="(\w+)"', page) == ["PUT", "DELETE"]
    assert page.count('name="csrfmiddlewaretoken"') == 3


def test_a_form_starts_from_what_it_replaces(ann: Client) -> None:
    page = ann.get("/note").content.decode()
    assert bodies(page)["PUT"] == '{\n  "title": "Stored </pre><script>"\n}'


def test_a_wrong_field_is_named_in_the_page(ann: Client) -> None:
    ann.get("/note")
    response = ann.put("/note", {}, content_type="application/json", headers=csrf(ann))
    page = response.content.decode()
    assert response.status_code == 400
    assert '<h2 id="outcome" tabindex="-1">title: Too &lt;short&gt;.</h2>' in page
    assert "<li><code>kind</code>: Unknown.</li>" in page
    assert '<span class="status bad">400 Bad Request</span>' in page


def csrf(client: Client) -> dict[str, str]:
    return {"x-csrftoken": client.cookies["csrftoken"].value}


def test_an_answer_without_data_is_a_page_too(ann: Client) -> None:
    ann.get("/note")
    response = ann.delete("/note", headers=csrf(ann))
    assert "204 No Content" in response.content.decode()


def test_a_write_without_the_token_is_refused_in_a_page(people: Client) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    browser.cookies["movierec_access"] = issue_access_token("u1", email="ann@example.com", session_id="s")
    response = browser.put("/note", {}, content_type="application/json")
    assert response.status_code == 403
    assert "CSRF:" in response.content.decode()


def test_someone_not_signed_in_is_shown_the_way(people: Client) -> None:
    response = people.get("/note")
    page = response.content.decode()
    assert response.status_code == 401
    assert '<h2 id="outcome" tabindex="-1">Please sign in first</h2>' in page
    assert "Authorization header required" in page
    assert '<a class="button" href="/auth/signin">Sign in</a>' in page
    assert "This address answers people who are signed in." in page


def test_someone_signed_in_is_not(ann: Client) -> None:
    assert "This address answers people" not in ann.get("/note").content.decode()


def test_a_method_that_is_not_there_is_a_page_with_the_forms_that_are(people: Client) -> None:
    response = people.delete("/entry")
    assert response.status_code == 405
    assert 'data-method="POST"' in response.content.decode()


def test_a_password_gets_labelled_inputs_and_not_json(people: Client) -> None:
    page = people.get("/entry").content.decode()
    assert "<textarea" not in page
    assert '<label for="post-1-email">Email</label>' in page
    assert "Your &lt;address&gt;." in page
    assert re.findall(
        r'<input id="[\w-]+" name="(\w+)" type="(\w+)" autocomplete="([\w-]+)".*?( required)?>', page
    ) == [
        ("email", "email", "username", " required"),
        ("password", "password", "current-password", " required"),
    ]
    assert '<button class="button">Entry</button>' in page


def test_what_came_of_the_inputs_is_said_first(people: Client) -> None:
    body = {"email": "ann@example.com", "password": "secret secret"}
    page = people.post("/entry", body, content_type="application/json").content.decode()
    assert '<h2 id="outcome" tabindex="-1">Hello ann@example.com</h2>' in page
    assert "secret secret" not in page


def inputs(page: str) -> list[tuple[str, dict[str, str]]]:
    """The name of each input that people see, and its other attributes."""
    found = [dict(re.findall(r' ([\w-]+)(?:="([^"]*)")?', tag)) for tag in re.findall(r"<input( id=[^>]*)>", page)]
    return [(attributes.pop("name"), attributes) for attributes in found]


def test_methods_of_one_view_have_forms_of_their_own(people: Client) -> None:
    page = people.get("/names").content.decode()
    assert re.findall(r'data-method="(\w+)"', page) == ["POST", "PUT", "DELETE"]
    assert '<textarea id="post-1-body"' in page
    assert [(name, attributes["id"]) for name, attributes in inputs(page)] == [
        ("displayName", "put-1-displayName"),
        ("username", "put-1-username"),
        ("oldPassword", "delete-1-oldPassword"),
        ("newPassword", "delete-1-newPassword"),
        ("recoveryCode", "delete-1-recoveryCode"),
    ]
    assert '<button class="button">Send POST</button>' in page
    assert '<button class="button">Names</button>' in page
    assert '<button class="button danger">End the note</button>' in page


def test_browsers_are_told_what_each_input_takes(people: Client) -> None:
    names, box = (inputs(people.get(path).content.decode()) for path in ("/names", "/box"))
    told = {name: (look["type"], look["autocomplete"], look.get("inputmode", "")) for name, look in [*names, *box]}
    assert told == {
        "displayName": ("text", "nickname", ""),
        "username": ("text", "username", ""),
        "oldPassword": ("password", "current-password", ""),
        "newPassword": ("password", "new-password", ""),
        "recoveryCode": ("text", "off", ""),
        "email": ("text", "username", ""),
        "code": ("text", "one-time-code", "numeric"),
    }


def test_a_label_says_what_may_be_left_out(people: Client) -> None:
    page = people.get("/names").content.decode()
    assert '<label for="delete-1-oldPassword">Current password</label>' in page
    assert '<label for="delete-1-recoveryCode">Recovery code <span class="optional">(optional)</span></label>' in page


def test_an_input_starts_from_what_it_replaces(people: Client) -> None:
    shown = dict(inputs(people.get("/names").content.decode()))
    assert shown["displayName"]["value"] == "Ann &quot;A&quot; &lt;b&gt;"
    assert "data-clears" in shown["displayName"]
    assert "value" not in shown["username"]
    assert "data-clears" not in shown["username"]


def test_what_a_page_asks_about_is_shown_with_its_answer(people: Client) -> None:
    assert "displayName&quot;: &quot;Ann" in people.get("/names").content.decode()
    assert 'id="answer"' not in people.get("/entry").content.decode()


def test_a_box_is_offered_to_those_who_need_it(people: Client) -> None:
    names = [
        [name for name, _ in inputs(page.content.decode())]
        for page in (people.get("/box"), people.get("/box?restore=true"), people.post("/box"))
    ]
    assert names == [["email", "code"], ["email", "code", "restore"], ["email", "code", "restore"]]
    page = people.get("/box?restore=true").content.decode()
    assert '<label for="post-1-restore">Keep my account</label>' in page
    assert 'name="restore" type="checkbox" autocomplete="off" aria-describedby="post-1-restore-help"' in page


def test_a_method_without_a_body_has_a_button_alone(people: Client) -> None:
    page = people.get("/buttons").content.decode()
    assert re.findall(r'data-method="(\w+)"', page) == ["POST", "DELETE"]
    assert "<textarea" not in page
    assert inputs(page) == []
    assert '<button class="button">Empty</button>' in page
    assert '<button class="button danger">Send DELETE</button>' in page


def test_a_single_form_that_did_its_work_is_not_offered_again(people: Client) -> None:
    sent = people.post("/entry", {"email": "ann@example.com", "password": "x"}, content_type="application/json")
    assert 'data-method="POST"' not in sent.content.decode()
    assert 'data-method="POST"' in people.post("/entry", {}, content_type="application/json").content.decode()
    assert 'data-method="DELETE"' in people.delete("/names").content.decode()


def test_someone_not_signed_in_gets_the_way_in_and_no_form_that_asks(people: Client) -> None:
    page = people.get("/refusal").content.decode()
    assert '<h2 id="outcome" tabindex="-1">Please sign in first</h2>' in page
    assert inputs(page) == []


def test_a_wrong_password_gets_its_own_words_and_the_form(people: Client) -> None:
    page = people.post("/refusal").content.decode()
    assert '<h2 id="outcome" tabindex="-1">Wrong</h2>' in page
    assert [name for name, _ in inputs(page)] == ["email", "password"]


def test_an_account_about_to_be_deleted_can_still_be_kept(people: Client) -> None:
    page = people.post("/deleted").content.decode()
    assert '<h2 id="outcome" tabindex="-1">To be deleted on 2026-01-09.</h2>' in page
    assert "You asked for the deletion, and can still take it back." in page
    assert 'href="/auth/signin?restore=true"' not in page
    assert 'href="/auth/signin?restore=true"' in people.post("/deleted-meanwhile").content.decode()


def test_a_person_without_a_known_address_is_greeted_all_the_same(people: Client) -> None:
    page = people.post("/arrival").content.decode()
    assert '<span class="who">Signed in</span>' in page
    assert '<h2 id="outcome" tabindex="-1">You are signed in</h2>' in page


def test_a_token_without_an_address_shows_no_user_id(people: Client) -> None:
    people.cookies[COOKIE] = issue_access_token("u1", email="", session_id="s")
    assert '<span class="who">Signed in</span>' in people.get("/note").content.decode()


def echoed(people: Client, answer: dict[str, Any]) -> str:
    """The page of an answer."""
    return people.post("/echo", answer, content_type="application/json").content.decode()


def hidden(page: str) -> list[tuple[str, str]]:
    """What the forms send unseen."""
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)" data-sent>', page)


def test_a_challenge_asks_for_a_code_or_a_recovery_code(people: Client) -> None:
    page = echoed(people, {"challengeName": "SOFTWARE_TOKEN_MFA", "session": "sealed<1>"})
    assert '<h2 id="outcome" tabindex="-1">Your second factor</h2>' in page
    assert re.findall(r'action="([^"]+)" data-method="(\w+)" data-stays', page) == [("/auth/challenge", "POST")] * 2
    assert hidden(page) == [("session", "sealed&lt;1&gt;")] * 2
    assert [(name, look["autocomplete"]) for name, look in inputs(page)] == [
        ("code", "one-time-code"),
        ("recoveryCode", "off"),
    ]
    assert 'action="/echo"' not in page


def test_a_challenge_keeps_the_way_back(people: Client) -> None:
    answer = {"challengeName": "SOFTWARE_TOKEN_MFA", "session": "s"}
    page = people.post("/echo?next=/note", answer, content_type="application/json").content.decode()
    assert page.count('action="/auth/challenge?next=%2Fnote" data-method="POST"') == 2


def test_a_challenge_asks_for_a_new_password(people: Client) -> None:
    page = echoed(people, {"challengeName": "NEW_PASSWORD_REQUIRED", "session": "s"})
    assert hidden(page) == [("session", "s")]
    assert [(name, look["type"], look["autocomplete"]) for name, look in inputs(page)] == [
        ("newPassword", "password", "new-password")
    ]


def test_a_challenge_to_set_up_a_second_factor_first_offers_the_secret(people: Client) -> None:
    page = echoed(people, {"challengeName": "MFA_SETUP", "session": "s"})
    assert hidden(page) == [("session", "s")]
    assert inputs(page) == []
    assert '<button class="button">Show the secret for the app</button>' in page


SECRET = {
    "secret": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "otpauthUri": "otpauth://totp/MovieRec:ann?secret=ABC&issuer=MovieRec",
    "qrCode": "data:image/svg+xml;base64,PHN2Zy8+",
}


def test_a_challenge_to_set_up_a_second_factor_then_asks_for_its_code(people: Client) -> None:
    page = echoed(people, {"challengeName": "MFA_SETUP", "session": "s", **SECRET})
    assert hidden(page) == [("session", "s")]
    assert [name for name, _ in inputs(page)] == ["code"]
    assert "<code>ABCD EFGH IJKL MNOP QRST UVWX YZ</code>" in page


def test_a_new_secret_is_shown_as_picture_text_and_address(people: Client) -> None:
    page = echoed(people, SECRET)
    picture = 'src="data:image/svg+xml;base64,PHN2Zy8+" alt="QR code with the secret of your authenticator app"'
    assert picture in page
    assert "<code>ABCD EFGH IJKL MNOP QRST UVWX YZ</code>" in page
    assert 'href="otpauth://totp/MovieRec:ann?secret=ABC&amp;issuer=MovieRec"' in page
    assert 'action="/auth/mfa/totp/confirm" data-method="POST" data-stays' in page
    assert [name for name, _ in inputs(page)] == ["code"]


def test_recovery_codes_are_a_list_to_keep(people: Client) -> None:
    page = echoed(people, {"message": "On.", "recoveryCodes": ["aaaa-1111", "bbbb-2222"]})
    assert "<li><code>aaaa-1111</code></li><li><code>bbbb-2222</code></li>" in page
    assert "They are shown only here" in page
    assert 'download="movierec-recovery-codes.txt" href="data:text/plain,aaaa-1111%0Abbbb-2222"' in page
    assert inputs(page) == []


def session(identity: str, *, current: bool) -> dict[str, Any]:
    times = {"firstSeen": "2026-01-02T03:04:05.678Z", "lastSeen": "2026-01-03T04:05:06.789Z"}
    return {"id": identity, "device": "Firefox <on> Linux", "place": "192.0.2.0/24", **times, "current": current}


def test_sessions_are_a_table_with_a_button_each(people: Client) -> None:
    page = echoed(people, {"sessions": [session("a/b", current=False), session("c", current=True)]})
    assert page.count('<th scope="row">Firefox &lt;on&gt; Linux') == 2
    assert page.count("this one") == 1
    assert '<td data-label="Place">192.0.2.0/24</td>' in page
    assert '<time datetime="2026-01-03T04:05:06.789Z">2026-01-03 04:05</time>' in page
    assert re.findall(r'action="([^"]+)" data-method="(\w+)" data-next="([^"]+)"', page) == [
        ("/auth/sessions/a%2Fb", "DELETE", "/auth/sessions"),
        ("/auth/sessions/c", "DELETE", "/"),
        ("/auth/sessions", "DELETE", "/auth/sessions"),
        ("/auth/signout-all", "POST", "/"),
    ]
    assert 'aria-label="End the session of Firefox &lt;on&gt; Linux, last seen 2026-01-03 04:05"' in page


def test_the_only_session_has_no_others_to_end(people: Client) -> None:
    page = echoed(people, {"sessions": [{**session("c", current=True), "device": "", "place": ""}]})
    assert "End all others" not in page
    assert '<th scope="row">Unknown device' in page
    assert '<td data-label="Place">Unknown</td>' in page


ALIEN = {"mediaId": "348", "mediaType": "movie", "title": "Alien <1>", "posterUrl": "/a"}
RECOMMENDED = {**ALIEN, "recommendationReason": "Popular"}


def test_a_recommended_title_has_buttons_to_judge_it(ann: Client) -> None:
    page = echoed(ann, {"items": [RECOMMENDED]})
    (form,) = re.findall(
        r'<form class="opinions" method="post" action="/recommendations/feedback">.*?</form>', page, re.DOTALL
    )
    assert "data-method" not in form
    assert form.count('name="csrfmiddlewaretoken"') == 1
    assert re.findall(r'<input type="hidden" name="(media\w+)" value="(\w+)">', form) == [
        ("mediaId", "348"),
        ("mediaType", "movie"),
    ]
    assert re.findall(r'<button name="kind" value="(\w+)" aria-label="([^"]+)">([^<]+)</button>', form) == [
        ("not_interested", "Not interested: Alien &lt;1&gt;", "Not interested"),
        ("already_seen", "Seen it: Alien &lt;1&gt;", "Seen it"),
        ("more_like_this", "More like this: Alien &lt;1&gt;", "More like this"),
    ]


def test_other_titles_and_strangers_get_no_such_buttons(people: Client, ann: Client) -> None:
    assert 'class="opinions"' not in echoed(ann, {"items": [ALIEN]})
    stranger = Client(headers={"accept": "text/html"})
    assert "Popular" in echoed(stranger, {"items": [RECOMMENDED]})
    assert 'class="opinions"' not in echoed(stranger, {"items": [RECOMMENDED]})


def test_rows_stand_under_their_headings(people: Client) -> None:
    page = echoed(people, {"rows": [{"title": "Picked <for> you", "reason": "By taste", "items": [RECOMMENDED]}]})
    assert '<section class="shelf row" aria-labelledby="shelf-1">' in page
    assert '<h2 id="shelf-1">Picked &lt;for&gt; you</h2>' in page
    assert "<p>By taste</p>" in page


def test_a_single_list_has_no_heading_and_fills_the_page(people: Client) -> None:
    assert '<section class="shelf" aria-label="Titles of this answer">' in echoed(people, {"items": [RECOMMENDED]})


def test_a_recommended_title_leads_to_its_page_and_says_why_it_is_there(people: Client) -> None:
    page = echoed(people, {"items": [RECOMMENDED]})
    assert '<a class="card" href="/media/movie/348">' in page
    assert "<strong>Alien &lt;1&gt;</strong>\n      </a>\n      <p>Popular" in page
    assert 'class="card"' not in echoed(people, {"items": [ALIEN]})


@pytest.mark.parametrize(
    ("answer", "remark"),
    [
        ({"results": [ALIEN], "message": "1 title is like <Aliens>."}, "1 title is like &lt;Aliens&gt;."),
        ({"items": [ALIEN], "metadata": {"message": "1 title is left."}}, "1 title is left."),
        ({"rows": [], "metadata": {"message": "Too few titles are left."}}, "Too few titles are left."),
        ({"items": [], "metadata": "odd"}, "There is nothing here yet."),
    ],
    ids=["own", "metadata", "rows", "empty"],
)
def test_what_a_list_says_of_itself_stands_above_it(people: Client, answer: dict[str, Any], remark: str) -> None:
    assert f'<p class="notice">{remark}</p>' in echoed(people, answer)


@pytest.mark.parametrize(
    "answer",
    [{"items": [ALIEN], "metadata": {"message": None}}, {"items": [ALIEN]}, {"message": "Saved."}],
    ids=["nothing to say", "titles alone", "no list"],
)
def test_where_there_is_nothing_to_say_nothing_is_said(people: Client, answer: dict[str, Any]) -> None:
    assert '<p class="notice">' not in echoed(people, answer).split("</noscript>")[-1]


FEEDBACK = {"message": "No more <Alien>.", "undo": {"method": "DELETE", "url": "/recommendations/feedback/movie-348"}}


def undo_forms(page: str) -> list[str]:
    """What the forms with an Undo button are sent to."""
    return re.findall(r'<form method="post" action="([^"]+)">(?:(?!</form>).)*>Undo</button>', page, re.DOTALL)


def test_feedback_says_what_it_does_and_can_be_undone(people: Client) -> None:
    page = echoed(people, FEEDBACK)
    assert '<h2 id="outcome" tabindex="-1">No more &lt;Alien&gt;.</h2>' in page
    assert undo_forms(page) == ["/recommendations/feedback/movie-348"]
    assert '<a class="button" href="/recommendations">Your recommendations</a>' in page


def test_what_is_undone_is_said_and_cannot_be_undone_again(people: Client) -> None:
    page = echoed(people, {"message": "Undone.", "undone": "movie-348"})
    assert '<h2 id="outcome" tabindex="-1">Undone.</h2>' in page
    assert undo_forms(page) == []


def test_listed_feedback_can_be_undone_piece_by_piece(people: Client) -> None:
    page = echoed(people, {"items": [FEEDBACK, {"message": "Not feedback"}], "nextCursor": None})
    assert undo_forms(page) == ["/recommendations/feedback/movie-348"]
    assert 'aria-label="Undo: No more &lt;Alien&gt;."' in page


@pytest.mark.parametrize(
    "answer",
    [{"challengeName": "MFA_SETUP", "session": "s"}, SECRET, {"recoveryCodes": ["a"]}, {"sessions": []}, FEEDBACK],
    ids=["challenge", "secret", "codes", "sessions", "feedback"],
)
def test_programs_find_the_same_as_json_below(people: Client, answer: dict[str, Any]) -> None:
    page = echoed(people, answer)
    assert "<summary>The same as JSON, for programs</summary>" in page
    assert page.count('id="outcome"') == 1


@pytest.mark.parametrize("answer", [{"items": [ALIEN]}, {"items": [FEEDBACK]}], ids=["titles", "feedback"])
def test_the_json_of_a_list_that_is_shown_is_folded_away(people: Client, answer: dict[str, Any]) -> None:
    assert "<summary>The same as JSON, for programs</summary>" in echoed(people, answer)


def test_the_json_of_other_answers_is_there_to_see(people: Client) -> None:
    assert "<summary>The same as JSON" not in echoed(people, {"items": [1]})


def test_a_form_starts_from_defaults_and_what_must_be_given() -> None:
    assert starting_body(NoteSerializer()) == {"title": "", "kind": "short", "size": 3, "words": [], "count": 1}


def test_a_documented_example_is_better() -> None:
    assert starting_body(ExampleSerializer()) == {"title": "Example"}
