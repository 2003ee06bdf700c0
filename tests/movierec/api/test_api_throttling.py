"""Rate limits: exact, per caller and minute, for all processes together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from rest_framework.request import Request
from rest_framework.response import Response

from movierec.api.errors import TooManyRequests
from movierec.api.throttling import Allowance, RateCounter, count_request
from movierec.api.views import ApiView
from movierec.dynamo.registry import create_missing_tables
from movierec.localaws import ensure_running

Serve = Callable[[dict[str, Any]], Client]
SignIn = Callable[[str], dict[str, str]]

# A minute of the clock begins here.
MINUTE = 1_800_000_000
SENTENCE = "Too many requests: at most 2 a minute are served here."


class ByPerson(ApiView):
    rate_scope = "user"

    def get(self, request: Request) -> Response:
        return Response({})

    def post(self, request: Request) -> Response:
        return Response(request.data)


class ByAddress(ApiView):
    rate_scope = "media"
    rate_by_address = True
    open_to_all = True

    def get(self, request: Request) -> Response:
        return Response({})


class OpenByPerson(ByPerson):
    open_to_all = True


class Uncounted(ApiView):
    open_to_all = True

    def get(self, request: Request) -> Response:
        return Response({})


@pytest.fixture
def small(serve: Serve, settings: Any) -> Client:
    """Limits of two a minute."""
    settings.RATE_LIMITS = {"user": 2, "media": 2}
    return serve({"person": ByPerson, "address": ByAddress, "open": OpenByPerson, "uncounted": Uncounted})


def rate_headers(response: Any) -> dict[str, str]:
    return {name: value for name, value in response.items() if name.startswith("X-RateLimit-")}


class TestCounting:
    @pytest.fixture(autouse=True)
    def limit_of_two(self, tables: None, settings: Any) -> None:
        settings.RATE_LIMITS = {"auth": 2, "media": 5}

    def test_the_limit_is_reached_and_not_passed(self) -> None:
        assert count_request("auth", "a", now=MINUTE) == Allowance(limit=2, used=1, resets_at=MINUTE + 60)
        assert count_request("auth", "a", now=MINUTE + 1) == Allowance(limit=2, used=2, resets_at=MINUTE + 60)
        with pytest.raises(TooManyRequests) as caught:
            count_request("auth", "a", now=MINUTE + 2.5)
        assert caught.value.sentence == SENTENCE
        assert caught.value.headers == {
            "Retry-After": "58",
            "X-RateLimit-Limit": "2",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(MINUTE + 60),
        }

    def test_callers_and_scopes_are_counted_apart(self) -> None:
        used = [
            count_request(scope, caller, now=MINUTE).used
            for scope, caller in [("auth", "a"), ("auth", "b"), ("media", "a"), ("media", "b"), ("media", "b")]
        ]
        assert used == [1, 1, 1, 1, 2]

    @pytest.mark.parametrize(
        ("moment", "used", "resets_at"),
        [
            (MINUTE - 0.001, 1, MINUTE),
            (MINUTE, 2, MINUTE + 60),
            (MINUTE + 59.999, 2, MINUTE + 60),
            (MINUTE + 60, 1, MINUTE + 120),
        ],
    )
    def test_a_minute_holds_its_first_moment_and_not_the_next_minutes(
        self, moment: float, used: int, resets_at: int
    ) -> None:
        count_request("media", "a", now=MINUTE + 30)
        assert count_request("media", "a", now=moment) == Allowance(limit=5, used=used, resets_at=resets_at)

    @pytest.mark.parametrize(("moment", "seconds"), [(0, "60"), (0.9, "60"), (1, "59"), (59, "1"), (59.999, "1")])
    def test_retry_after_reaches_into_the_next_minute(self, moment: float, seconds: str) -> None:
        for _ in range(2):
            count_request("auth", "a", now=MINUTE)
        with pytest.raises(TooManyRequests) as caught:
            count_request("auth", "a", now=MINUTE + moment)
        assert caught.value.headers["Retry-After"] == seconds
        assert count_request("auth", "a", now=MINUTE + moment + int(seconds)).used == 1

    def test_the_rows_end_a_minute_after_their_own(self) -> None:
        count_request("auth", "a", now=MINUTE)
        (row,) = RateCounter.scan_rows()
        assert row == {"pk": "RATE#auth#a", "sk": str(MINUTE // 60), "requests": 1, "expiresAt": MINUTE + 120}

    @time_machine.travel(MINUTE + 7, tick=False)
    def test_without_a_moment_it_is_the_present(self) -> None:
        assert count_request("auth", "a").resets_at == MINUTE + 60


class TestRequests:
    @pytest.fixture(autouse=True)
    def ten_seconds_into_the_minute(self) -> Iterator[None]:
        with time_machine.travel(MINUTE + 10, tick=False):
            yield

    def test_headers_count_down_and_the_third_is_refused(self, small: Client, sign_in: SignIn) -> None:
        found = [small.get("/person", headers=sign_in("user-1")) for _ in range(3)]
        assert [response.status_code for response in found] == [200, 200, 429]
        reset = str(MINUTE + 60)
        assert [rate_headers(response) for response in found] == [
            {"X-RateLimit-Limit": "2", "X-RateLimit-Remaining": left, "X-RateLimit-Reset": reset}
            for left in ("1", "0", "0")
        ]
        assert ["Retry-After" in response for response in found] == [False, False, True]
        body = found[2].json()
        assert (body["error"], body["message"]) == (SENTENCE, SENTENCE)
        assert (body["code"], found[2]["Retry-After"]) == ("TooManyRequestsException", "50")

    def test_people_have_limits_of_their_own_at_one_address(self, small: Client, sign_in: SignIn) -> None:
        for _ in range(3):
            small.get("/person", headers=sign_in("user-1"))
        assert small.get("/person", headers=sign_in("user-2")).status_code == 200

    def test_a_person_has_one_limit_at_all_addresses(self, small: Client, sign_in: SignIn) -> None:
        found = [small.get("/person", headers=sign_in("user-1"), REMOTE_ADDR=f"192.0.2.{i}") for i in range(3)]
        assert [response.status_code for response in found] == [200, 200, 429]

    def test_addresses_have_limits_of_their_own(self, small: Client) -> None:
        found = [small.get("/address", REMOTE_ADDR=f"192.0.2.{i}").status_code for i in (1, 1, 1, 2)]
        assert found == [200, 200, 429, 200]

    @pytest.mark.parametrize(
        ("addresses", "statuses"),
        [
            (["2001:db8:1:1::1", "2001:db8:1:1:ffff::2", "2001:DB8:1:1::3"], [200, 200, 429]),
            (["2001:db8:1:1::1", "2001:db8:1:1::2", "2001:db8:1:2::1"], [200, 200, 200]),
            (["::ffff:192.0.2.1", "::ffff:c000:201", "192.0.2.1"], [200, 200, 429]),
            (["::ffff:192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.2"], [200, 200, 200]),
            (["fe80::1%eth0", "fe80::2%eth1", "fe80::3"], [200, 200, 429]),
            (["", "", ""], [200, 200, 429]),
        ],
    )
    @pytest.mark.parametrize("path", ["/address", "/open"])
    def test_who_has_many_addresses_has_one_limit(
        self, small: Client, path: str, addresses: list[str], statuses: list[int]
    ) -> None:
        assert [small.get(path, REMOTE_ADDR=each).status_code for each in addresses] == statuses

    def test_the_row_names_the_network(self, small: Client) -> None:
        for address in ("2001:db8:1:1::1", "::ffff:192.0.2.1"):
            small.get("/address", REMOTE_ADDR=address)
        keys = {row["pk"] for row in RateCounter.scan_rows()}
        assert keys == {"RATE#media#address:2001:db8:1:1::/64", "RATE#media#address:192.0.2.1"}

    def test_a_forwarding_header_does_not_give_a_new_limit(self, small: Client) -> None:
        headers = [{"x-forwarded-for": f"203.0.113.{i}"} for i in range(3)]
        assert [small.get("/address", headers=each).status_code for each in headers] == [200, 200, 429]

    def test_the_gateways_addresses_count_apart(self, small: Client) -> None:
        events = [{"requestContext": {"identity": {"sourceIp": f"198.51.100.{i}"}}} for i in (1, 1, 1, 2)]
        found = [small.get("/address", **{"lambda.event": event}).status_code for event in events]
        assert found == [200, 200, 429, 200]

    def test_someone_unknown_counts_by_address(self, small: Client, sign_in: SignIn) -> None:
        assert [small.get("/open").status_code for _ in range(3)] == [200, 200, 429]
        assert small.get("/open", headers=sign_in("user-1")).status_code == 200

    def test_a_refused_token_is_not_counted(self, small: Client, sign_in: SignIn) -> None:
        for _ in range(3):
            assert small.get("/person", headers={"authorization": "Bearer a.b.c"}).status_code == 401
        assert list(RateCounter.scan_rows()) == []
        assert small.get("/person", headers=sign_in("user-1"))["X-RateLimit-Remaining"] == "1"

    def test_bad_requests_count_and_say_what_is_left(self, small: Client, sign_in: SignIn) -> None:
        found = [small.post("/person", b"{", "application/json", headers=sign_in("user-1")) for _ in range(3)]
        assert [response.status_code for response in found] == [400, 400, 429]
        assert [response["X-RateLimit-Remaining"] for response in found] == ["1", "0", "0"]

    def test_preflights_are_not_counted(self, small: Client) -> None:
        for _ in range(3):
            response = small.options("/address")
            assert (response.status_code, rate_headers(response)) == (204, {})
        assert list(RateCounter.scan_rows()) == []

    def test_a_view_without_a_scope_writes_nothing(self, small: Client) -> None:
        assert rate_headers(small.get("/uncounted")) == {}
        assert list(RateCounter.scan_rows()) == []


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an embedded AWS of this module's own: moto's updates are not safe in threads."""
    python = Path(django_settings.EMBEDDED_AWS_PYTHON)
    if not python.exists():
        pytest.skip(f"{python} is not there; make dev installs the embedded AWS.")
    return f"{ensure_running(tmp_path_factory.mktemp('state'), python).url}/"


@pytest.mark.embedded
@pytest.mark.parametrize("limit", [1, 20, 49, 50])
def test_fifty_parallel_threads_get_exactly_the_limit(
    emulator: str, move_dynamodb: Callable[[str], None], settings: Any, limit: int
) -> None:
    settings.RATE_LIMITS = {"auth": limit}
    move_dynamodb(emulator)
    list(create_missing_tables())

    def left(_: int) -> int | None:
        try:
            allowance = count_request("auth", f"limit-{limit}", now=MINUTE)
        except TooManyRequests:
            return None
        return allowance.limit - allowance.used

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(left, range(50)))
    assert sorted(answer for answer in answers if answer is not None) == list(range(limit))
    assert answers.count(None) == 50 - limit
