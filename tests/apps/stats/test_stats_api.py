from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest
from django.test import Client
from moto.dynamodb.models import DynamoDBBackend

from apps.stats import services
from apps.stats.models import StatsRow
from movierec.dynamo.connection import shared_connection

SignIn = Callable[[str], dict[str, str]]
ZEROS = {
    "totalXP": 0,
    "userLevel": 1,
    "moviesWatched": 0,
    "showsWatched": 0,
    "dailyStreak": 0,
    "lastActiveDate": None,
    "challengeProgress": {},
    "completedChallenges": [],
    "activeChallenges": [],
    "achievements": [],
    "createdAt": None,
    "updatedAt": None,
}


class Person:
    """Someone who is signed in."""

    def __init__(self, client: Client, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    def get(self, action: str = "stats") -> Any:
        return self.client.get(f"/user/stats/{action}", headers=self.headers)

    def post(self, action: str, body: Any) -> Any:
        return self.client.post(f"/user/stats/{action}", body, content_type="application/json", headers=self.headers)

    def data(self) -> dict[str, Any]:
        return without_times(self.get())

    def update(self, **body: Any) -> dict[str, Any]:
        return without_times(self.post("update", body))

    def award(self, amount: int) -> dict[str, Any]:
        return without_times(self.post("award-xp", {"amount": amount}))


def without_times(response: Any) -> dict[str, Any]:
    assert response.status_code == 200
    assert response.json()["success"] is True
    return {**response.json()["data"], "createdAt": None, "updatedAt": None}


@pytest.fixture
def person(client: Client, sign_in: SignIn) -> Person:
    return Person(client, sign_in("user-1"))


@pytest.fixture
def one_write_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB serialises the writes of an item; the stand-in in memory does not."""
    lock, update_item = Lock(), DynamoDBBackend.update_item

    def locked(*args: Any, **options: Any) -> Any:
        with lock:
            return update_item(*args, **options)

    monkeypatch.setattr(DynamoDBBackend, "update_item", locked)


def wrong(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 400
    assert response.json()["code"] == "InvalidParameterException"
    return [(entry["path"], entry["message"]) for entry in response.json()["details"]]


def in_parallel(person: Person, calls: list[tuple[str, Any]]) -> list[int]:
    """Sends all at once from several devices; answers the statuses."""

    def send(call: tuple[str, Any]) -> int:
        return Person(Client(raise_request_exception=False), person.headers).post(*call).status_code

    with ThreadPoolExecutor(8) as devices:
        return list(devices.map(send, calls))


def test_a_new_person_has_zeros(person: Person) -> None:
    response = person.get()
    assert response.status_code == 200
    assert response.json() == {"success": True, "data": ZEROS}


def test_calls_to_dynamodb_are_few(person: Person, operations: list[str]) -> None:
    operations.clear()
    person.get()
    # Only the first request in 30 seconds asks whether the session was ended.
    assert operations == ["BatchGetItem", "UpdateItem", "GetItem"]
    for call, expected in (
        (person.get, ["GetItem"]),
        (lambda: person.post("award-xp", {"amount": 5}), ["UpdateItem"]),
        (lambda: person.post("update", {"moviesWatched": 5}), ["UpdateItem"]),
        (lambda: person.post("update", {"theme": 5}), ["GetItem", "UpdateItem"]),
    ):
        operations.clear()
        call()
        assert operations == ["UpdateItem", *expected]


def test_times(person: Person) -> None:
    first = person.post("update", {"moviesWatched": 1}).json()["data"]
    assert first["createdAt"] == first["updatedAt"]
    second = person.post("award-xp", {"amount": 1}).json()["data"]
    assert second["createdAt"] == first["createdAt"]
    assert second["updatedAt"] >= first["updatedAt"]


class TestUpdate:
    def test_counters_are_set(self, person: Person) -> None:
        sent = {"moviesWatched": 12, "showsWatched": 3, "dailyStreak": 4, "lastActiveDate": "2024-05-31"}
        assert person.update(**sent) == {**ZEROS, **sent}
        assert person.update(dailyStreak=0) == {**ZEROS, **sent, "dailyStreak": 0}
        assert person.data() == {**ZEROS, **sent, "dailyStreak": 0}

    def test_counters_are_raised(self, person: Person) -> None:
        person.update(moviesWatched={"increment": 2})
        assert person.update(moviesWatched={"increment": 1000}, showsWatched=1)["moviesWatched"] == 1002

    def test_parallel_increments_are_all_counted(self, person: Person, one_write_at_a_time: None) -> None:
        statuses = in_parallel(person, [("update", {"moviesWatched": {"increment": 1}})] * 24)
        assert statuses == [200] * 24
        assert person.data()["moviesWatched"] == 24

    def test_progress_joins_by_key(self, person: Person) -> None:
        person.update(challengeProgress={"a": 1, "b": {"done": 2}})
        assert person.update(challengeProgress={"b": 5, "c": None})["challengeProgress"] == {"a": 1, "b": 5, "c": None}

    def test_parallel_progress_is_all_kept(self, person: Person, one_write_at_a_time: None) -> None:
        calls = [("update", {"challengeProgress": {f"c{number}": number}}) for number in range(8)]
        assert in_parallel(person, calls) == [200] * 8
        assert person.data()["challengeProgress"] == {f"c{number}": number for number in range(8)}

    def test_a_write_that_came_between_is_kept(self, person: Person) -> None:
        person.update(challengeProgress={"a": 1})
        rival = [True]

        def write_first(**_: Any) -> None:
            if rival and rival.pop():
                services.update("user-1", services.Changes(documents={"challengeProgress": {"b": 2}}))

        events = shared_connection().client.meta.events
        after = "after-call.dynamodb.GetItem"
        events.register(after, write_first)
        try:
            data = services.update("user-1", services.Changes(documents={"challengeProgress": {"c": 3}}))
        finally:
            events.unregister(after, write_first)
        assert rival == []
        assert data["challengeProgress"] == {"a": 1, "b": 2, "c": 3}

    @pytest.mark.parametrize("day", ["2024-05-31", "Fri May 31 2024", "2024-05-31T12:00:00.000Z"])
    def test_days_are_kept_as_clients_write_them(self, person: Person, day: str) -> None:
        assert person.update(lastActiveDate=day)["lastActiveDate"] == day
        assert person.update(lastActiveDate="")["lastActiveDate"] == day

    def test_lists_are_replaced(self, person: Person) -> None:
        person.update(completedChallenges=["a", {"id": 2}, 3], activeChallenges=["b"])
        data = person.update(activeChallenges=[])
        assert (data["completedChallenges"], data["activeChallenges"]) == (["a", {"id": 2}, 3], [])

    def test_achievements_are_added(self, person: Person) -> None:
        person.update(achievements=["first_film"])
        data = person.update(achievements=["first_film", "critic", {"id": "x"}, "level_7"])
        assert data["achievements"] == ["first_film", "critic", {"id": "x"}]

    def test_unknown_fields_are_kept_and_given_back(self, person: Person) -> None:
        sent = {"favoriteGenre": 28, "nested": {"a": [1, 1e300, None], "": 0}, "": "empty", "pk": "USER#user-2"}
        assert person.update(**sent) == {**ZEROS, **sent}
        assert person.update(favoriteGenre=None) == {**ZEROS, **sent, "favoriteGenre": None}
        assert person.data() == {**ZEROS, **sent, "favoriteGenre": None}
        assert StatsRow.get_row("USER#user-2", "STATS") is None

    def test_points_and_times_are_not_settable(self, person: Person) -> None:
        person.award(10)
        data = person.post("update", {"totalXP": 9999, "userLevel": 50, "createdAt": "1970", "updatedAt": "x"}).json()
        assert (data["data"]["totalXP"], data["data"]["userLevel"]) == (10, 1)
        assert data["data"]["createdAt"].startswith("20")
        assert data["data"]["updatedAt"].endswith("Z")

    def test_figures_can_be_sent_back_whole(self, person: Person) -> None:
        person.award(2500)
        person.update(achievements=["critic"], theme="dark", challengeProgress={"a": 1}, moviesWatched=3)
        data = person.data()
        assert data["achievements"] == ["critic", "level_2", "level_3"]
        assert person.update(**person.get().json()["data"]) == data

    @pytest.mark.parametrize("name", [*ZEROS, "theme"])
    def test_null_changes_nothing(self, person: Person, name: str) -> None:
        person.update(moviesWatched=3, lastActiveDate="2024-05-31", achievements=["critic"])
        before = person.data()
        assert {**person.update(**{name: None}), "theme": None} == {**before, "theme": None}

    @pytest.mark.parametrize("value", [-1, 1_000_001, 1.5, "5", True, [], {}, {"increment": 0}, {"increment": 1001},
                                       {"increment": True}, {"increment": 1, "by": 2}, {"increment": "1"}])  # fmt: skip
    @pytest.mark.parametrize("name", ["moviesWatched", "showsWatched", "dailyStreak"])
    def test_odd_counters_are_refused(self, person: Person, operations: list[str], name: str, value: Any) -> None:
        operations.clear()
        assert [path for path, _ in wrong(person.post("update", {"theme": 1, name: value}))] == [name]
        assert operations == ["BatchGetItem", "UpdateItem"]

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("moviesWatched", 1.5, "Send a whole number from 0 to 1000000."),
            ("moviesWatched", {"by": 1}, 'Send a whole number, or {"increment": 1}.'),
            ("moviesWatched", {"increment": -1}, "Send a whole number from 1 to 1000."),
            ("lastActiveDate", True, "Not a valid string."),
            ("lastActiveDate", "a\0", "Null characters are not allowed."),
            ("lastActiveDate", ["2024-05-31"], "Not a valid string."),
            ("lastActiveDate", "2024-05-31" * 5, "Ensure this field has no more than 40 characters."),
            ("challengeProgress", [1], "Send an object."),
            ("completedChallenges", {"a": 1}, "Send a list of at most 1000 entries."),
            ("activeChallenges", 1, "Send a list of at most 1000 entries."),
            ("achievements", ["x"] * 1001, "Send a list of at most 1000 entries."),
            ("achievements", "x", "Send a list of at most 1000 entries."),
        ],
    )
    def test_odd_fields_are_refused(
        self, person: Person, operations: list[str], name: str, value: Any, message: str
    ) -> None:
        operations.clear()
        assert wrong(person.post("update", {name: value})) == [(name, message)]
        assert operations == ["BatchGetItem", "UpdateItem"]

    def test_the_size_is_bounded_over_all_updates(self, person: Person, operations: list[str]) -> None:
        person.update(a="x" * 60_000)
        operations.clear()
        response = person.post("update", {"b": "x" * 60_000, "moviesWatched": 9})
        assert response.status_code == 413
        assert response.json()["error"] == "The stored statistics would be over 100 KB; send less."
        assert operations == ["UpdateItem", "GetItem"]
        assert person.data() == {**ZEROS, "a": "x" * 60_000}
        assert person.update(a="y", b="x" * 60_000)["a"] == "y"


class TestAwards:
    @pytest.mark.parametrize("name", ["amount", "xp"])
    def test_points_are_added(self, person: Person, name: str) -> None:
        response = person.post("award-xp", {name: 150, "reason": "watched a film"})
        assert without_times(response) == {**ZEROS, "totalXP": 150}
        assert person.award(50) == {**ZEROS, "totalXP": 200}
        assert person.data() == {**ZEROS, "totalXP": 200}

    @pytest.mark.parametrize(
        ("points", "level", "achievements"),
        [
            (999, 1, []),
            (1000, 2, ["level_2"]),
            (1999, 2, ["level_2"]),
            (2000, 3, ["level_2", "level_3"]),
            (9999, 10, [f"level_{level}" for level in range(2, 11)]),
        ],
    )
    def test_levels(self, person: Person, points: int, level: int, achievements: list[str]) -> None:
        data = person.award(points)
        assert (data["userLevel"], data["achievements"]) == (level, achievements)

    def test_parallel_awards_add_up_and_reach_each_level_once(self, person: Person, one_write_at_a_time: None) -> None:
        assert in_parallel(person, [("award-xp", {"amount": 250})] * 24) == [200] * 24
        data = person.data()
        assert (data["totalXP"], data["userLevel"]) == (6000, 7)
        assert data["achievements"] == [f"level_{level}" for level in range(2, 8)]

    def test_points_have_an_end(self, person: Person) -> None:
        list(StatsRow.put_rows([{"pk": "USER#user-1", "sk": "STATS", "totalXP": 10**9 - 10}]))
        assert wrong(person.post("award-xp", {"amount": 11})) == [
            ("amount", "Nobody can have more than 1000000000 points.")
        ]
        assert person.data()["totalXP"] == 10**9 - 10
        data = person.award(10)
        assert (data["totalXP"], data["userLevel"]) == (10**9, 1_000_001)
        assert data["achievements"] == [f"level_{level}" for level in range(2, 1001)]

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({}, "amount"),
            ({"amount": 0}, "amount"),
            ({"amount": -5}, "amount"),
            ({"amount": 10_001}, "amount"),
            ({"amount": 1.5}, "amount"),
            ({"amount": True}, "amount"),
            ({"amount": None}, "amount"),
            ({"amount": 1e300}, "amount"),
            ({"amount": "9" * 2000}, "amount"),
            ({"amount": {"n": 1}}, "amount"),
            ({"amount": [1]}, "amount"),
            ({"xp": "many"}, "xp"),
            ({"amount": 5, "xp": 6}, "amount"),
            ({"amount": 5, "reason": "x" * 201}, "reason"),
            ({"amount": 5, "reason": {"a": 1}}, "reason"),
            ({"amount": 5, "reason": "a\0"}, "reason"),
        ],
    )
    def test_odd_awards_are_refused(
        self, person: Person, operations: list[str], body: dict[str, Any], path: str
    ) -> None:
        operations.clear()
        assert [found for found, _ in wrong(person.post("award-xp", body))] == [path]
        assert operations == ["BatchGetItem", "UpdateItem"]
        assert person.data() == ZEROS


@pytest.mark.parametrize("action", ["unknown", "STATS", "award_xp", "stats.json", "%00"])
def test_unknown_actions(person: Person, action: str) -> None:
    for response in (person.get(action), person.post(action, {})):
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/json"
        assert response.json()["error"] == "Endpoint not found"
        assert response.json()["code"] == "NotFound"


def test_wrong_methods(person: Person) -> None:
    responses = [person.get("update"), person.get("award-xp"), person.post("stats", {})]
    assert [response.status_code for response in responses] == [405, 405, 405]
    assert responses[0].json()["error"] == "Method not allowed"


def test_a_slash_at_the_end_changes_nothing(person: Person) -> None:
    assert without_times(person.post("award-xp/", {"amount": 5}))["totalXP"] == 5
    assert person.get("stats/").json()["data"]["totalXP"] == 5


@pytest.mark.parametrize(
    ("method", "action"), [("get", "stats"), ("post", "update"), ("post", "award-xp"), ("get", "x")]
)
def test_strangers_are_sent_away(client: Client, operations: list[str], method: str, action: str) -> None:
    operations.clear()
    response = getattr(client, method)(f"/user/stats/{action}", {}, content_type="application/json")
    assert response.status_code == 401
    assert operations == []


def test_figures_are_private(client: Client, sign_in: SignIn, person: Person) -> None:
    person.award(5)
    assert Person(client, sign_in("user-2")).data() == ZEROS
