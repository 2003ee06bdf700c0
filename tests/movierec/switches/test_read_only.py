"""Read-only mode at every address, and features that are off where people meet them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.core import mail
from django.test import Client

from apps.accounts.providers.access_tokens import groups_in
from apps.accounts.providers.local.tokens import issue_access_token
from infra.declared.routes import ROUTES, Route
from movierec.dynamo.registry import tables as all_tables
from movierec.switches import Flag, forget
from movierec.switches.values import Banner, ReadOnly, Rollout, Switches
from tests.stand_ins.tmdb_bodies import movie_body
from tests.stand_ins.tmdb_server import TmdbServer

GoBy = Callable[[Switches], None]
READ_ONLY: Final = Switches(read_only=ReadOnly(on=True, sentence="We are <moving>."))
# What lets people in and out, and reads by POST.
SERVED: Final = {
    ("POST", "/auth/signin"),
    ("POST", "/auth/login"),
    ("POST", "/auth/challenge"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/signout"),
    ("POST", "/auth/signout-all"),
    ("DELETE", "/auth/sessions"),
    ("DELETE", "/auth/sessions/{session_id}"),
    ("POST", "/recommendations"),
}
UNSAFE: Final = [(method, route) for route in ROUTES for method in route.methods if method not in ("GET", "HEAD")]
EXAMPLES: Final = {"session_id": "s-1", "action": "dance", "feedback_id": "movie-603"}
BODY: Final = {"email": "a@example.com", "password": "correct horse", "movieId": "603", "amount": 5}


def stored() -> list[str]:
    return sorted(repr(row) for table in all_tables() for row in table.scan_rows())


def named(value: object) -> str:
    return value.path if isinstance(value, Route) else str(value)


def sent(client: Client, headers: dict[str, str], method: str, route: Route) -> Any:
    return client.generic(
        method, route.path.format_map(EXAMPLES), b"{}", content_type="application/json", headers=headers
    )


@pytest.mark.parametrize(("method", "route"), UNSAFE, ids=named)
def test_what_would_store_something_is_refused_and_stores_nothing(
    client: Client, sign_in: Callable[[str], dict[str, str]], go_by: GoBy, method: str, route: Route
) -> None:
    go_by(READ_ONLY)
    before = stored()
    response = sent(client, {**sign_in("user-1"), "Idempotency-Key": "k"}, method, route)
    if (method, route.path) in SERVED:
        assert response.status_code != 503
        return
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert (response.json()["code"], response.json()["error"]) == ("ReadOnly", "We are <moving>.")
    assert "X-RateLimit-Limit" not in response
    assert stored() == before
    assert mail.outbox == []


def test_reading_goes_on(client: Client, sign_in: Callable[[str], dict[str, str]], go_by: GoBy) -> None:
    go_by(READ_ONLY)
    for address in ("/user/favourites", "/user/preferences", "/user/stats/stats", "/auth/sessions", "/health", "/"):
        assert client.get(address, headers=sign_in("user-1")).status_code in (200, 404), address


def test_people_see_the_sentence_as_text(client: Client, sign_in: Callable[[str], dict[str, str]], go_by: GoBy) -> None:
    go_by(READ_ONLY)
    headers = {**sign_in("user-1"), "accept": "text/html"}
    response = client.post("/user/favourites", BODY, content_type="application/json", headers=headers)
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "We are &lt;moving&gt;." in response.content.decode()
    assert "<moving>" not in response.content.decode()


def test_strangers_are_told_nothing_of_it(client: Client, go_by: GoBy) -> None:
    go_by(READ_ONLY)
    assert client.post("/user/favourites", BODY, content_type="application/json").status_code == 401
    assert client.put("/user/favourites", BODY, content_type="application/json").status_code == 401


def test_a_method_that_is_not_there_is_still_none(
    client: Client, sign_in: Callable[[str], dict[str, str]], go_by: GoBy
) -> None:
    go_by(READ_ONLY)
    response = client.put("/user/favourites", BODY, content_type="application/json", headers=sign_in("user-1"))
    assert response.status_code == 405


class TestWhatReadsTheSwitches:
    @pytest.fixture
    def unread(self, tables: None) -> None:
        forget()

    def test_health_and_strangers_do_not(self, client: Client, unread: None, operations: list[str]) -> None:
        operations.clear()
        client.get("/health")
        # Its own look at DynamoDB.
        assert operations == ["GetItem"]
        operations.clear()
        assert client.post("/user/favourites", BODY, content_type="application/json").status_code == 401
        assert client.get("/user/favourites").status_code == 401
        assert operations == []

    def test_who_is_counted_reads_them_once(
        self, client: Client, sign_in: Callable[[str], dict[str, str]], unread: None, operations: list[str]
    ) -> None:
        headers = sign_in("user-1")
        operations.clear()
        client.get("/user/favourites", headers=headers)
        assert operations.count("GetItem") == 1
        operations.clear()
        client.get("/user/favourites", headers=headers)
        assert operations.count("GetItem") == 0

    def test_the_effective_limit_is_in_the_headers_and_holds(
        self, client: Client, sign_in: Callable[[str], dict[str, str]], go_by: GoBy
    ) -> None:
        go_by(Switches(limits={"user": 2}))
        answers = [client.get("/user/favourites", headers=sign_in("user-1")) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert {answer["X-RateLimit-Limit"] for answer in answers} == {"2"}
        assert answers[2].json()["error"] == "Too many requests: at most 2 a minute are served here."


class TestFeaturesThatAreOff:
    def off(self, flag: Flag) -> Switches:
        return Switches(flags={flag.name: Rollout(0)})

    def test_sign_ups(self, client: Client, go_by: GoBy, cheap_scrypt: None) -> None:
        go_by(self.off(Flag.SIGN_UPS))
        body = {"email": "a@example.com", "password": "correct horse battery"}
        response = client.post("/auth/signup", body, content_type="application/json")
        assert (response.status_code, response.json()["code"]) == (403, "SwitchedOff")
        assert response.json()["error"] == "New accounts cannot be made at the moment."
        assert mail.outbox == []
        assert [row for row in stored() if "EMAIL#" in row] == []

    def test_codes_of_earlier_sign_ups_are_still_taken(self, client: Client, go_by: GoBy) -> None:
        go_by(self.off(Flag.SIGN_UPS))
        body = {"email": "a@example.com", "code": "123456"}
        response = client.post("/auth/signup", body, content_type="application/json")
        assert (response.status_code, response.json()["code"]) != (403, "SwitchedOff")

    @pytest.mark.parametrize(
        ("flag", "method", "address"),
        [
            (Flag.RECOMMENDATION_ROWS, "get", "/recommendations/rows"),
            (Flag.FEEDBACK, "post", "/recommendations/feedback"),
        ],
    )
    def test_for_a_person(
        self,
        client: Client,
        sign_in: Callable[[str], dict[str, str]],
        go_by: GoBy,
        flag: Flag,
        method: str,
        address: str,
    ) -> None:
        go_by(self.off(flag))
        send = getattr(client, method)
        body = {"mediaId": "603", "mediaType": "movie", "kind": "not_interested"} if method == "post" else {}
        response = send(address, body, content_type="application/json", headers=sign_in("user-1"))
        assert (response.status_code, response.json()["error"]) == (403, flag.refusal)

    def test_suggestions(self, client: Client, go_by: GoBy) -> None:
        go_by(self.off(Flag.SUGGESTIONS))
        response = client.get("/search?q=alien&suggest=true")
        assert response.status_code == 200
        assert (response.json()["results"], response.json()["total_results"]) == ([], 0)
        assert "switched off" in response.json()["message"]
        assert response["Cache-Control"] == "public, max-age=20"

    def test_lookups_of_visitors_at_the_source(
        self, client: Client, go_by: GoBy, tmdb: TmdbServer, operations: list[str]
    ) -> None:
        tmdb.answers("movie/603", movie_body(603))
        go_by(self.off(Flag.TMDB_LOOKUPS))
        assert client.get("/media/movie/603").status_code == 404
        assert tmdb.requests == []
        assert {"PutItem", "TransactWriteItems", "BatchWriteItem"}.isdisjoint(operations)
        go_by(Switches())
        assert client.get("/media/movie/603").status_code == 200
        assert len(tmdb.requests) == 1

    def test_a_group_of_the_access_token_sees_it_before_others(self, client: Client, go_by: GoBy) -> None:
        go_by(Switches(flags={"FEEDBACK": Rollout(0, ("support",))}))
        statuses = []
        for groups in ([], ["ops"], ["readers", "support"]):
            token = issue_access_token("user-1", email="a@example.com", session_id="s", groups=groups)
            headers = {"authorization": f"Bearer {token}"}
            body = {"mediaId": "603", "mediaType": "movie", "kind": "not_interested"}
            response = client.post("/recommendations/feedback", body, content_type="application/json", headers=headers)
            statuses.append((response.status_code, response.json().get("code") == "SwitchedOff"))
        assert statuses[:2] == [(403, True)] * 2
        assert statuses[2][1] is False


@pytest.mark.parametrize(
    ("claim", "groups"), [(None, ()), (["ops", "x"], ("ops", "x")), ("ops", ()), ({"ops": 1}, ()), ([1], ("1",))]
)
def test_groups_of_a_token(claim: Any, groups: tuple[str, ...]) -> None:
    assert groups_in({"cognito:groups": claim}) == groups
    assert groups_in({}) == ()


class TestTheBanner:
    @pytest.mark.parametrize("address", ["/", "/nothing-here", "/auth/signin", "/docs"])
    def test_it_is_text_on_every_page(self, client: Client, go_by: GoBy, address: str) -> None:
        go_by(Switches(banner=Banner("<script>alert(1)</script> at noon", "warning")))
        page = client.get(address, headers={"accept": "text/html"}).content.decode()
        assert (
            '<p class="notice bad" role="status"><strong>Warning:</strong> '
            "&lt;script&gt;alert(1)&lt;/script&gt; at noon</p>" in page
        )

    def test_there_is_none_without_a_text(self, client: Client) -> None:
        assert 'role="status"' not in client.get("/").content.decode()
