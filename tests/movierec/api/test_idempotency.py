"""`Idempotency-Key`: a repeated POST gets the first one's answer, and what it does is done once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import orjson
import pytest
import time_machine
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pynamodb.attributes import NumberAttribute
from rest_framework.request import Request
from rest_framework.response import Response

from movierec.api import errors
from movierec.api.authentication import COOKIE
from movierec.api.idempotency import AnsweredBefore, Identity, KeyInUse, KeyReused, Run, UsedKey
from movierec.api.views import ApiView
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.registry import create_missing_tables
from movierec.localaws import ensure_running
from movierec.sealing import BrokenSeal, unseal

Serve = Callable[[dict[str, Any]], Client]
SignIn = Callable[[str], dict[str, str]]

# A second of the clock.
NOW = 1_800_000_000
DAY = 24 * 3600
KEY = "7d4f6f2e-94a5-4c1c-8d0f-2f1f3a5b9c60"
WRONG_KEY = "Send 1 to 255 printable ASCII characters, such as a UUID, or leave the header out."
PERSON = "person-17"


class Till(DataRow):
    """How often a view ran."""

    runs = NumberAttribute(default=0)


def ring() -> int:
    """Counts a run of a view and answers its number."""
    till = Till("TILL", "TILL")
    till.update([Till.runs.add(1)])
    return int(till.runs)


def runs() -> int:
    row = Till.get_row("TILL", "TILL", consistent=True)
    return row["runs"] if row else 0


class Count(ApiView):
    """Answers with the number of the run and what was sent."""

    open_to_all = True

    def get(self, request: Request) -> Response:
        return Response({"run": ring()})

    def post(self, request: Request, **_: Any) -> Response:
        given = request.data
        return Response({"run": ring(), "given": given}, status=201)

    put = post


class Private(Count):
    open_to_all = False


class Counted(Private):
    rate_scope = "user"


class ReadOnly(ApiView):
    open_to_all = True

    def get(self, request: Request) -> Response:
        return Response({})


class Empty(ApiView):
    open_to_all = True

    def post(self, request: Request) -> Response:
        ring()
        return Response(status=204)


def after(outcome: Callable[[], Any]) -> type[ApiView]:
    """A view that counts its run and then does what it is told."""

    class Outcome(ApiView):
        open_to_all = True

        def post(self, request: Request) -> Any:
            ring()
            return outcome()

    return Outcome


def failing(error: BaseException) -> type[ApiView]:
    def fail() -> None:
        raise error

    return after(fail)


def post(client: Client, path: str, body: Any = None, key: str | None = KEY, **headers: str) -> Any:
    """POSTs JSON with an Idempotency-Key, unless that is None."""
    given_key = {} if key is None else {"idempotency-key": key}
    return client.post(path, body or {}, content_type="application/json", headers={**given_key, **headers})


def post_from(address: str, client: Client, path: str, **headers: str) -> Any:
    """POSTs from a network address."""
    headers["idempotency-key"] = KEY
    return client.post(path, {}, content_type="application/json", headers=headers, REMOTE_ADDR=address)


def used_keys() -> list[dict[str, Any]]:
    return [row for row in DataRow.scan_rows() if row["pk"].startswith("IDEMPOTENCY#")]


def check_replayed(first: Any, second: Any) -> None:
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert second.get("Content-Type") == first.get("Content-Type")
    assert second["X-Request-Id"] != first["X-Request-Id"]


def check_error(response: Any, status: int, code: str, sentence: str) -> None:
    body = response.json()
    assert (response.status_code, body["code"], body["error"]) == (status, code, sentence)
    assert "Idempotent-Replayed" not in response


@pytest.fixture
def count(serve: Serve) -> Client:
    return serve({"count": Count, "other": Count, "private": Private, "read": ReadOnly})


@pytest.fixture
def calls(tables: None) -> Iterator[list[str]]:
    """The names of the requests that DynamoDB gets from now on."""
    names: list[str] = []

    def note(model: Any, **_: Any) -> None:
        names.append(model.name)

    events = shared_connection().client.meta.events
    events.register("before-call.dynamodb", note)
    yield names
    events.unregister("before-call.dynamodb", note)


class TestReplay:
    def test_a_repeat_gets_the_same_answer_and_runs_nothing(self, count: Client) -> None:
        first = post(count, "/count", {"amount": 5})
        assert (first.status_code, first.json()) == (201, {"run": 1, "given": {"amount": 5}})
        for _ in range(3):
            check_replayed(first, post(count, "/count", {"amount": 5}))
        assert runs() == 1

    def test_an_answer_without_a_body(self, serve: Serve) -> None:
        client = serve({"empty": Empty})
        first = post(client, "/empty")
        assert (first.status_code, first.content) == (204, b"")
        check_replayed(first, post(client, "/empty"))
        assert runs() == 1

    def test_any_answer_is_the_same_to_the_byte(self, count: Client) -> None:
        texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
        plain = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | texts
        values = st.recursive(
            plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
        )

        @hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(body=st.dictionaries(texts, values, max_size=3))
        def same(body: dict[str, Any]) -> None:
            key, sent = secrets.token_hex(), orjson.dumps(body)
            first, second = (
                count.generic("POST", "/count", sent, "application/json", headers={"idempotency-key": key})
                for _ in range(2)
            )
            assert first.json()["given"] == orjson.loads(sent)
            check_replayed(first, second)

        same()

    def test_a_page_is_rendered_anew(self, count: Client) -> None:
        post(count, "/count", {"amount": 5})
        page = post(count, "/count", {"amount": 5}, accept="text/html")
        assert (page.status_code, page["Idempotent-Replayed"]) == (201, "true")
        assert page["Content-Type"] == "text/html; charset=utf-8"
        assert "&quot;amount&quot;: 5" in page.content.decode()
        assert runs() == 1

    def test_a_trailing_slash_makes_no_other_request(self, count: Client) -> None:
        check_replayed(post(count, "/count"), post(count, "/count/"))

    def test_the_browsers_of_other_origins_may_read_that_it_was_replayed(self, count: Client) -> None:
        response = post(count, "/count", origin="http://localhost:3000")
        assert "Idempotent-Replayed" in response["Access-Control-Expose-Headers"].split(",")


class TestCost:
    def test_without_the_header_nothing_is_stored_or_asked(self, count: Client, calls: list[str]) -> None:
        assert [post(count, "/count", key=None).json()["run"] for _ in range(2)] == [1, 2]
        assert calls == ["UpdateItem", "UpdateItem"]
        assert used_keys() == []

    def test_a_first_request_costs_two_writes_and_a_repeat_one(self, count: Client, calls: list[str]) -> None:
        post(count, "/count")
        assert calls == ["PutItem", "UpdateItem", "PutItem"]
        post(count, "/count")
        assert calls[3:] == ["PutItem"]

    @pytest.mark.parametrize("method", ["get", "put"])
    def test_other_methods_do_not_know_it(self, count: Client, method: str) -> None:
        send = getattr(count, method)
        found = [send("/count", headers={"idempotency-key": key}) for key in (KEY, KEY, "")]
        assert [response.json()["run"] for response in found] == [1, 2, 3]
        assert used_keys() == []

    def test_an_address_that_takes_no_post_stores_nothing(self, count: Client, calls: list[str]) -> None:
        check_error(post(count, "/read"), 405, "MethodNotAllowed", "Method not allowed")
        assert calls == []


class TestKeys:
    @pytest.mark.parametrize("key", ["", "k" * 256, "clé", "tab\t", "line\nfeed", "\x7f", "null\0", "\u2028"])
    def test_wrong_ones_are_refused_before_anything_happens(self, count: Client, key: str) -> None:
        response = post(count, "/count", key=key)
        check_error(response, 400, "InvalidParameterException", f"Idempotency-Key: {WRONG_KEY}")
        assert response.json()["details"] == [{"path": "Idempotency-Key", "message": WRONG_KEY}]
        assert (runs(), used_keys()) == (0, [])

    @pytest.mark.parametrize("key", ["k", "k" * 255, '"quoted, with = and ; and #"', "~ !"])
    def test_good_ones(self, count: Client, key: str) -> None:
        check_replayed(post(count, "/count", key=key), post(count, "/count", key=key))

    def test_each_key_is_a_request_of_its_own(self, count: Client) -> None:
        found = [post(count, "/count", key=key) for key in ("a", "A", "a ", "b")]
        assert [response.json()["run"] for response in found] == [1, 2, 3, 4]


class TestOtherRequests:
    @pytest.mark.parametrize(
        ("path", "body", "content_type"),
        [
            ("/count", b'{"amount": 6}', "application/json"),
            ("/count", b'{"amount":5}', "application/json"),
            ("/count", b"", "application/json"),
            ("/count?x=1", b'{"amount": 5}', "application/json"),
            ("/count", b'{"amount": 5}', "application/json; charset=utf-8"),
            ("/count", b'{"amount": 5}', "text/plain"),
        ],
    )
    def test_the_same_key_with_other_parameters_is_refused(
        self, count: Client, path: str, body: bytes, content_type: str
    ) -> None:
        headers = {"idempotency-key": KEY}
        first = count.generic("POST", "/count", b'{"amount": 5}', "application/json", headers=headers)
        before = used_keys()
        response = count.generic("POST", path, body, content_type, headers=headers)
        sentence = "This Idempotency-Key was sent with another request; use a new one for each new request."
        check_error(response, 400, "IdempotencyKeyReused", sentence)
        assert (runs(), used_keys()) == (1, before)
        check_replayed(first, post(count, "/count", {"amount": 5}))

    def test_another_address_of_the_service_is_another_request(self, count: Client) -> None:
        assert [post(count, path).json()["run"] for path in ("/count", "/other")] == [1, 2]

    def test_another_person_is_another_caller(self, count: Client, sign_in: SignIn) -> None:
        ann, bob = (sign_in(name) for name in ("ann", "bob"))
        firsts = [post(count, "/private", **headers) for headers in (ann, bob)]
        assert [response.json()["run"] for response in firsts] == [1, 2]
        for first, headers in zip(firsts, (ann, bob), strict=True):
            check_replayed(first, post(count, "/private", **headers))

    def test_a_person_is_the_same_caller_with_a_new_token_at_a_new_address(
        self, count: Client, sign_in: SignIn
    ) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            headers = [sign_in(PERSON)]
            clock.shift(1)
            headers.append(sign_in(PERSON))
            assert headers[0] != headers[1]
            first, second = (
                post_from(address, count, "/private", **given)
                for given, address in zip(headers, ("192.0.2.1", "192.0.2.2"), strict=True)
            )
        assert (runs(), second["Idempotent-Replayed"]) == (1, "true")
        assert second.content == first.content

    def test_nobodys_address_is_the_caller(self, count: Client) -> None:
        found = [post_from(address, count, "/count") for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1")]
        assert ["Idempotent-Replayed" in response for response in found] == [False, False, True]
        assert runs() == 2

    def test_a_person_and_that_persons_address_are_two_callers(self, count: Client, sign_in: SignIn) -> None:
        found = [post(count, "/count"), post(count, "/count", **sign_in(PERSON))]
        assert [response.json()["run"] for response in found] == [1, 2]


class TestOrder:
    def test_a_replay_needs_the_same_signing_in(self, count: Client, sign_in: SignIn) -> None:
        post(count, "/private", **sign_in(PERSON))
        refused = post(count, "/private")
        check_error(refused, 401, "Unauthorized", "Authorization header required")
        assert len(used_keys()) == 1

    def test_a_wrong_key_tells_strangers_nothing(self, count: Client) -> None:
        check_error(post(count, "/private", key=""), 401, "Unauthorized", "Authorization header required")

    def test_repeats_are_counted_and_carry_their_own_limits(self, serve: Serve, sign_in: SignIn, settings: Any) -> None:
        settings.RATE_LIMITS = {"user": 2}
        client = serve({"counted": Counted})
        with time_machine.travel(NOW, tick=False):
            headers = sign_in(PERSON)
            found = [post(client, "/counted", **headers) for _ in range(3)]
        check_replayed(found[0], found[1])
        assert [response["X-RateLimit-Remaining"] for response in found] == ["1", "0", "0"]
        assert (found[2].status_code, "Idempotent-Replayed" in found[2]) == (429, False)
        assert len(used_keys()) == 1

    def test_a_form_that_csrfs_check_has_read_is_no_fault_of_ours(self, count: Client, sign_in: SignIn) -> None:
        browser = Client(headers={"accept": "application/json"}, enforce_csrf_checks=True)
        token = sign_in(PERSON)["authorization"].removeprefix("Bearer ")
        browser.cookies[COOKIE] = token
        browser.cookies["csrftoken"] = "c" * 32
        form = {"csrfmiddlewaretoken": "c" * 32, "a": "1"}
        response = browser.post("/private", form, headers={"idempotency-key": KEY})
        assert response.status_code == 415
        assert runs() == 0


class TestOutcomes:
    @pytest.mark.parametrize(
        "error",
        [
            errors.BadRequest("No."),
            errors.FieldErrors([("amount", "Send more.")]),
            errors.Unauthorized("No.", code="NotAuthorizedException"),
            errors.Forbidden("No.", details="Why", headers={"X-Why": "because"}),
            errors.NotFound("No."),
            errors.UnsupportedMediaType("No."),
        ],
        ids=lambda error: error.status,
    )
    def test_refusals_are_repeated_as_they_were(self, serve: Serve, error: errors.ApiError) -> None:
        client = serve({"x": failing(error)})
        first, second = post(client, "/x"), post(client, "/x")
        assert first.json()["requestId"] == first["X-Request-Id"]
        assert first.status_code == error.status
        check_replayed(first, second)
        for name, value in error.headers.items():
            assert (first[name], second[name]) == (value, value)
        assert runs() == 1

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (errors.TooManyRequests("Wait.", retry_after=7), 429),
            (errors.InternalError(), 500),
            (errors.Unavailable(), 503),
            (TimeoutError(), 503),
            (RuntimeError("the inside"), 500),
        ],
    )
    def test_what_passes_frees_the_key(self, serve: Serve, error: Exception, status: int) -> None:
        client = serve({"x": failing(error)})
        for number in (1, 2):
            response = post(client, "/x")
            assert (response.status_code, runs(), used_keys()) == (status, number, [])
            assert "Idempotent-Replayed" not in response

    def test_a_body_that_cannot_be_read_is_repeated(self, count: Client) -> None:
        first, second = (
            count.generic("POST", "/count", b"{", "application/json", headers={"idempotency-key": KEY})
            for _ in range(2)
        )
        check_error(first, 400, "InvalidJson", "Invalid JSON in request body")
        check_replayed(first, second)

    def test_a_worker_that_is_told_to_stop_frees_the_key(self, serve: Serve) -> None:
        client = serve({"x": failing(SystemExit())})
        with pytest.raises(SystemExit):
            post(client, "/x")
        assert (runs(), used_keys()) == (1, [])

    def test_an_answer_that_cannot_be_written_frees_the_key(self, serve: Serve) -> None:
        client = serve({"x": after(lambda: Response({"inside": object()}))})
        check_error(post(client, "/x"), 500, "InternalError", errors.InternalError().sentence)
        assert (runs(), used_keys()) == (1, [])

    def test_an_answer_that_sets_a_cookie_is_not_kept(self, serve: Serve) -> None:
        def enter() -> Response:
            response = Response({"entered": True})
            response.set_cookie("c", "v")
            return response

        client = serve({"x": after(enter)})
        found = [post(client, "/x") for _ in range(2)]
        assert [(response.status_code, response.cookies["c"].value) for response in found] == [(200, "v")] * 2
        assert (runs(), used_keys()) == (2, [])

    def test_an_answer_that_is_not_the_frameworks_is_not_kept(self, serve: Serve) -> None:
        client = serve({"x": after(lambda: HttpResponse("text"))})
        assert [post(client, "/x").content for _ in range(2)] == [b"text", b"text"]
        assert (runs(), used_keys()) == (2, [])

    def test_an_answer_too_large_for_a_row_is_served_and_not_kept(self, serve: Serve) -> None:
        # A byte of chance is two digits; packed it is one again, and sealed four thirds.
        client = serve({"x": after(lambda: Response({"text": secrets.token_hex(275_000)}))})
        assert [len(post(client, "/x").json()["text"]) for _ in range(2)] == [550_000, 550_000]
        assert (runs(), used_keys()) == (2, [])

    def test_a_large_answer_is_packed_into_a_row(self, serve: Serve) -> None:
        client = serve({"x": after(lambda: Response({"text": secrets.token_hex(200_000)}))})
        check_replayed(post(client, "/x"), post(client, "/x"))
        (row,) = used_keys()
        assert 250_000 < len(row["answer"]) < 350 * 1024
        assert runs() == 1


class TestStorage:
    def test_a_row_shows_neither_whose_it_is_nor_what_was_said(self, count: Client, sign_in: SignIn) -> None:
        first = post(count, "/private", {"password": "correct horse", "token": "t0ken"}, **sign_in(PERSON))
        assert b"correct horse" in first.content
        (row,) = used_keys()
        assert row.keys() == {"pk", "sk", "expiresAt", "fingerprint", "owner", "answer"}
        assert row["sk"] == "ANSWER"
        assert [len(row["pk"]), len(row["fingerprint"])] == [len("IDEMPOTENCY#") + 64, 64]
        for word in (PERSON, KEY, "private", "correct horse", "t0ken", "example.com"):
            assert word not in str(row)

    def test_a_repeat_is_known_by_processes_that_sign_by_another_key(
        self, count: Client, settings: Any, calls: list[str]
    ) -> None:
        older, today, coming = "older" * 10, "today" * 10, "coming" * 10
        # Before and after a rotation: the key that comes next opens already, and the one before still does.
        before, after_it = (today, [coming, older]), (coming, [today, older])
        for number, order in enumerate(([before, after_it, before], [after_it, before, after_it])):
            found = []
            for settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS in order:
                calls.clear()
                found.append(post(count, "/count", {"n": 1}, key=f"{KEY}-{number}"))
                repeated = calls.copy()
            for repeat in found[1:]:
                check_replayed(found[0], repeat)
            # The one write that finds the answer.
            assert repeated == ["PutItem"]
            check_error(
                post(count, "/count", {"n": 2}, key=f"{KEY}-{number}"),
                400,
                "IdempotencyKeyReused",
                KeyReused().sentence,
            )
        assert (runs(), len(used_keys())) == (2, 2)

    def test_what_was_sent_cannot_be_tried_out_without_the_secret_key(self, count: Client, settings: Any) -> None:
        post(count, "/count")
        settings.SECRET_KEY = "another"
        # The same request by a key that is unknown here: neither its print nor its answer is found.
        check_error(post(count, "/count"), 400, "IdempotencyKeyReused", KeyReused().sentence)

    def test_what_the_table_holds_does_not_open_an_answer(self, count: Client) -> None:
        post(count, "/count")
        (row,) = used_keys()
        for name in ("pk", "fingerprint", "owner"):
            with pytest.raises(BrokenSeal):
                unseal(f"idempotency.{row[name]}", row["answer"])

    def test_an_answer_is_sealed_for_its_own_request(self, tables: None) -> None:
        ours, other = (Identity("IDEMPOTENCY#1", secret) for secret in ("ours", "other"))
        run = Run(ours)
        run.begin()
        run.end(Response({"token": "t0ken"}))
        UsedKey(ours.pk, "ANSWER").update([UsedKey.fingerprint.set(other.fingerprint)])
        assert ours.secret not in str(used_keys())
        with pytest.raises(BrokenSeal):
            Run(other).begin()

    def test_an_answer_is_kept_for_a_day(self, count: Client) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            first = post(count, "/count")
            assert [row["expiresAt"] for row in used_keys()] == [NOW + DAY]
            clock.move_to(NOW + DAY - 1)
            check_replayed(first, post(count, "/count"))
            assert [row["expiresAt"] for row in used_keys()] == [NOW + DAY]
            # DynamoDB removes expired rows some time later.
            clock.move_to(NOW + DAY)
            assert post(count, "/count").json()["run"] == 2
            assert [row["expiresAt"] for row in used_keys()] == [NOW + 2 * DAY]

    def test_a_key_of_yesterday_may_come_with_another_body(self, count: Client) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            post(count, "/count", {"amount": 5})
            clock.move_to(NOW + DAY)
            assert post(count, "/count", {"amount": 6}).json() == {"run": 2, "given": {"amount": 6}}

    def test_without_dynamodb_nothing_runs(self, count: Client, no_dynamodb: Callable[[], None]) -> None:
        no_dynamodb()
        response = post(count, "/count")
        check_error(response, 503, "ServiceUnavailable", errors.Unavailable().sentence)
        assert response["Retry-After"] == "5"

    def test_without_a_table_nothing_runs(self, count: Client, calls: list[str]) -> None:
        shared_connection().dispatch("DeleteTable", {"TableName": DataRow.Meta.table_name})
        calls.clear()
        check_error(post(count, "/count"), 503, "ServiceUnavailable", errors.Unavailable().sentence)
        assert calls == ["PutItem"]


class TestRuns:
    def test_what_was_done_is_answered_though_dynamodb_goes_away(
        self, serve: Serve, move_dynamodb: Callable[[str], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        def go_away() -> Response:
            move_dynamodb("http://127.0.0.1:1/")
            return Response({"done": True})

        response = post(serve({"x": after(go_away)}), "/x")
        assert (response.status_code, response.json()) == (200, {"done": True})
        (record,) = [record for record in caplog.records if record.name == "movierec.api.idempotency"]
        request_id = response["X-Request-Id"]
        assert record.getMessage().startswith(
            f"The end of a run with an Idempotency-Key was not stored (request {request_id}): "
        )

    def test_a_key_left_behind_is_free_after_a_minute(self, tables: None) -> None:
        identity = Identity("IDEMPOTENCY#1", "secret")
        with time_machine.travel(NOW, tick=False) as clock:
            Run(identity).begin()
            clock.move_to(NOW + 59)
            with pytest.raises(KeyInUse) as caught:
                Run(identity).begin()
            assert caught.value.headers == {"Retry-After": "5"}
            clock.move_to(NOW + 60)
            Run(identity).begin()
            with pytest.raises(KeyInUse):
                Run(identity).begin()

    def test_a_key_in_use_is_not_for_another_request(self, tables: None) -> None:
        Run(Identity("IDEMPOTENCY#1", "secret")).begin()
        with pytest.raises(KeyReused):
            Run(Identity("IDEMPOTENCY#1", "other")).begin()

    def test_a_run_that_took_too_long_leaves_the_key_to_the_next(self, tables: None) -> None:
        identity = Identity("IDEMPOTENCY#1", "secret")
        slow, fast = Run(identity), Run(identity)
        with time_machine.travel(NOW, tick=False) as clock:
            slow.begin()
            clock.shift(60)
            fast.begin()
            slow.end(Response("slow"))
            slow.give_up()
            with pytest.raises(KeyInUse):
                Run(identity).begin()
            fast.end(Response("fast"))
            slow.end(Response("slow"))
            slow.give_up()
            with pytest.raises(AnsweredBefore) as caught:
                Run(identity).begin()
        assert caught.value.response.data == "fast"

    def test_a_first_write_that_the_connection_sends_twice_takes_the_key(self, tables: None) -> None:
        run = Run(Identity("IDEMPOTENCY#1", "secret"))
        run.begin()
        run.begin()
        assert len(used_keys()) == 1

    def test_repeats_during_the_run_are_told_to_wait(self, serve: Serve, atomic_requests: None) -> None:
        started, finish = Event(), Event()

        def work() -> Response:
            started.set()
            assert finish.wait(10)
            return Response({"done": True})

        client = serve({"x": after(work)})
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(post, client, "/x")
            assert started.wait(10)
            repeats = [post(client, "/x") for _ in range(3)]
            finish.set()
            first = running.result()
        sentence = "A request with this Idempotency-Key is still running; send it again shortly."
        for repeat in repeats:
            check_error(repeat, 409, "IdempotencyKeyInUse", sentence)
            assert repeat["Retry-After"] == "5"
        assert first.json() == {"done": True}
        check_replayed(first, post(client, "/x"))
        assert runs() == 1

    def test_of_parallel_requests_exactly_one_runs(self, count: Client, atomic_requests: None) -> None:
        with ThreadPoolExecutor(20) as pool:
            found = list(pool.map(lambda _: post(count, "/count", {"amount": 5}), range(40)))
        answers = [response for response in found if response.status_code == 201]
        others = [response.json()["code"] for response in found if response.status_code != 201]
        assert {response.content for response in answers} == {b'{"run":1,"given":{"amount":5}}'}
        assert ["Idempotent-Replayed" in response for response in answers].count(False) == 1
        assert set(others) <= {"IdempotencyKeyInUse"}
        assert runs() == 1


@pytest.mark.embedded
def test_the_embedded_aws_gives_a_key_to_one_of_many_and_the_answer_to_the_rest(
    tmp_path: Path, move_dynamodb: Callable[[str], None]
) -> None:
    python = Path(django_settings.EMBEDDED_AWS_PYTHON)
    if not python.exists():
        pytest.skip(f"{python} is not there; make dev installs the embedded AWS.")
    move_dynamodb(f"{ensure_running(tmp_path, python).url}/")
    list(create_missing_tables())
    identity = Identity("IDEMPOTENCY#1", "secret")

    def try_to_begin(_: int) -> Run | None:
        run = Run(identity)
        try:
            run.begin()
        except KeyInUse:
            return None
        return run

    with ThreadPoolExecutor(20) as pool:
        (run,) = [run for run in pool.map(try_to_begin, range(20)) if run]
    run.end(Response({"done": True}, status=201))
    with pytest.raises(AnsweredBefore) as caught:
        Run(identity).begin()
    assert (caught.value.response.status_code, caught.value.response.data) == (201, {"done": True})
    with pytest.raises(KeyReused):
        Run(Identity("IDEMPOTENCY#1", "other")).begin()
