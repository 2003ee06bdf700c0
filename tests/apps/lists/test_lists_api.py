from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client

from apps.lists.models import Favourite, WatchlistEntry
from apps.media.models import CachedMedia

SignIn = Callable[[str], dict[str, str]]
LISTS = {"favourites": Favourite, "watchlist": WatchlistEntry}
MATRIX = {
    "mediaId": 603,
    "title": "The Matrix",
    "poster_path": "/matrix.jpg",
    "release_date": "1999-03-31",
    "vote_average": 8.2,
}


class Person:
    """Someone who is signed in and calls one list."""

    def __init__(self, client: Client, headers: dict[str, str], path: str) -> None:
        self.client, self.headers, self.path = client, headers, path

    def get(self, query: str = "") -> Any:
        return self.client.get(f"{self.path}{query}", headers=self.headers)

    def post(self, body: Any) -> Any:
        return self.client.post(self.path, body, content_type="application/json", headers=self.headers)

    def delete(self, query: str = "", body: Any = "") -> Any:
        return self.client.delete(f"{self.path}{query}", body, content_type="application/json", headers=self.headers)

    def keys(self, query: str = "") -> list[str]:
        return [key_of(item) for item in self.get(query).json()["items"]]


@pytest.fixture(params=sorted(LISTS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def person(client: Client, sign_in: SignIn, name: str) -> Person:
    return Person(client, sign_in("user-1"), f"/user/{name}")


def store(name: str, *rows: dict[str, Any], user: str = "user-1") -> None:
    list(LISTS[name].put_rows({"userId": user, **row} for row in rows))


def at(second: int) -> str:
    return f"2024-01-01T00:{second // 60:02}:{second % 60:02}.000Z"


def wrong(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 400
    assert response.json()["code"] == "InvalidParameterException"
    return [(entry["path"], entry["message"]) for entry in response.json()["details"]]


def test_a_new_person_has_an_empty_list(person: Person) -> None:
    response = person.get()
    assert response.status_code == 200
    assert response.json() == {"items": [], "nextCursor": None}


def test_a_title_is_added_and_listed(person: Person, name: str) -> None:
    response = person.post(MATRIX)
    assert response.status_code == 200
    item = response.json()["item"]
    added_at = item.pop("addedAt")
    assert added_at.endswith("Z")
    assert len(added_at) == 24
    assert item == {
        "userId": "user-1",
        "mediaId": "603",
        "movieId": "603",
        "mediaType": "movie",
        "title": "The Matrix",
        "posterPath": "/matrix.jpg",
        "releaseDate": "1999-03-31",
        "voteAverage": 8.2,
    }
    assert response.json()["message"] == f"Added to {name}"
    assert person.get().json() == {"items": [{**item, "addedAt": added_at}], "nextCursor": None}


def test_camel_case_and_a_series(person: Person) -> None:
    body = {
        "movieId": "1396",
        "media_type": "tv",
        "title": "Breaking Bad",
        "posterPath": "/bad.jpg",
        "releaseDate": "2008-01-20T00:00:00.000Z",
        "voteAverage": "8.9",
    }
    item = person.post(body).json()["item"]
    assert (item["mediaId"], item["movieId"], item["mediaType"]) == ("1396", "1396", "tv")
    assert (item["posterPath"], item["releaseDate"], item["voteAverage"]) == ("/bad.jpg", "2008-01-20", 8.9)


def test_an_item_can_be_sent_back(person: Person) -> None:
    item = person.post({"mediaId": "tv#1396", "title": "Breaking Bad"}).json()["item"]
    assert person.post(item).json()["item"] == item
    assert person.delete(body=item).status_code == 200
    assert person.keys() == []


def test_a_film_and_a_series_of_one_number_stand_side_by_side(person: Person) -> None:
    person.post({"mediaId": 5, "mediaType": "movie"})
    person.post({"mediaId": 5, "mediaType": "tv"})
    assert sorted(person.keys()) == ["5", "tv#5"]


def test_the_overview_is_stored_and_not_listed(person: Person, name: str) -> None:
    item = person.post({**MATRIX, "overview": "A programmer learns the truth."}).json()["item"]
    row = LISTS[name].get_row("user-1", "603")
    assert row is not None
    assert row["overview"] == "A programmer learns the truth."
    assert "overview" not in item


def test_the_address_of_a_poster_at_tmdb_is_kept_as_its_path(person: Person) -> None:
    item = person.post({"mediaId": 603, "poster_path": "https://image.tmdb.org/t/p/w500/matrix.jpg"}).json()["item"]
    assert item["posterPath"] == "/matrix.jpg"


def test_adding_again_keeps_one_row_and_its_time(person: Person, name: str) -> None:
    store(name, {"movieId": "603", "addedAt": at(0), "mediaType": "movie", "title": "Old", "posterPath": "/old.jpg"})
    item = person.post({"mediaId": 603, "title": "The Matrix"}).json()["item"]
    assert (item["addedAt"], item["title"], item["posterPath"]) == (at(0), "The Matrix", "/old.jpg")
    assert person.keys() == ["603"]


def test_two_devices_lose_nothing(client: Client, sign_in: SignIn, person: Person) -> None:
    headers = sign_in("user-1")

    def add_from(device: int) -> list[int]:
        mine = Person(Client(raise_request_exception=False), headers, person.path)
        return [mine.post({**MATRIX, "mediaId": 100 * device + number}).status_code for number in range(10)]

    with ThreadPoolExecutor(2) as devices:
        statuses = list(devices.map(add_from, (1, 2)))
    assert statuses == [[200] * 10, [200] * 10]
    assert sorted(map(int, person.keys())) == [*range(100, 110), *range(200, 210)]


def test_the_catalogue_fills_what_is_missing(person: Person, operations: list[str]) -> None:
    facts = {
        "title": "The Matrix",
        "posterPath": "/catalogue.jpg",
        "releaseDate": "1999-03-31",
        "voteAverage": 8.2,
        "overview": "A programmer learns the truth.",
    }
    list(CachedMedia.put_rows([{"mediaId": "603", "mediaType": "movie", **facts}]))
    operations.clear()
    item = person.post({"mediaId": 603, "posterPath": "/mine.jpg", "title": ""}).json()["item"]
    assert operations == ["BatchGetItem", "UpdateItem", "GetItem", "UpdateItem"]
    assert item["title"] == "The Matrix"
    assert item["posterPath"] == "/mine.jpg"
    assert item["releaseDate"] == "1999-03-31"
    assert item["voteAverage"] == 8.2


def test_odd_facts_of_the_catalogue_are_left_out(person: Person) -> None:
    facts = {"title": 300, "posterPath": None, "releaseDate": "2006-12-09", "voteAverage": 0}
    list(CachedMedia.put_rows([{"mediaId": "1271", "mediaType": "movie", **facts}]))
    item = person.post({"mediaId": 1271}).json()["item"]
    assert (item["title"], item["posterPath"], item["releaseDate"]) == (None, None, "2006-12-09")
    assert item["voteAverage"] is None


def test_a_title_nobody_knows_is_kept_by_its_number(person: Person) -> None:
    item = person.post({"mediaId": 2**53 - 1}).json()["item"]
    assert item["mediaId"] == "9007199254740991"
    assert (item["title"], item["posterPath"], item["releaseDate"], item["voteAverage"]) == (None,) * 4


def test_calls_to_dynamodb_are_few(person: Person, operations: list[str]) -> None:
    operations.clear()
    person.post(MATRIX)
    # Only the first request in 30 seconds asks whether the session was ended.
    assert operations == ["BatchGetItem", "UpdateItem", "UpdateItem"]
    operations.clear()
    person.get()
    assert operations == ["UpdateItem", "Query"]
    operations.clear()
    person.delete("?mediaId=603")
    assert operations == ["UpdateItem", "DeleteItem"]
    operations.clear()
    person.delete("?mediaId=603")
    assert operations == ["UpdateItem", "DeleteItem", "DeleteItem"]


@pytest.mark.parametrize("query", ["?mediaId=603", "?movieId=603", "?mediaId=603&mediaType=movie", "?movieId=%20603"])
def test_removal_by_query(person: Person, name: str, query: str) -> None:
    store(name, {"movieId": "603", "addedAt": at(0)}, {"movieId": "604", "addedAt": at(1)})
    response = person.delete(query)
    assert response.status_code == 200
    assert response.json() == {"message": f"Removed from {name}"}
    assert person.keys() == ["604"]


@pytest.mark.parametrize("body", [{"mediaId": 603}, {"movieId": "603"}, {"mediaId": "603", "media_type": "movie"}])
def test_removal_by_body(person: Person, name: str, body: dict[str, Any]) -> None:
    store(name, {"movieId": "603", "addedAt": at(0)}, {"movieId": "tv#603", "addedAt": at(1)})
    assert person.delete(body=body).status_code == 200
    assert person.keys() == ["tv#603"]


def test_a_media_type_in_the_query_goes_with_an_id_in_the_body(person: Person, name: str) -> None:
    store(name, {"movieId": "603", "addedAt": at(0)}, {"movieId": "tv#603", "addedAt": at(1)})
    assert person.delete("?mediaType=tv", {"mediaId": 603}).status_code == 200
    assert person.keys() == ["603"]


def test_without_a_type_the_film_goes_before_the_series(person: Person, name: str) -> None:
    store(name, {"movieId": "5", "addedAt": at(0)}, {"movieId": "tv#5", "addedAt": at(1)})
    person.delete("?mediaId=5")
    assert person.keys() == ["tv#5"]
    person.delete("?mediaId=5")
    assert person.keys() == []
    assert person.delete("?mediaId=5").status_code == 200


def test_a_type_protects_the_other_one(person: Person, name: str) -> None:
    store(name, {"movieId": "5", "addedAt": at(0)})
    person.delete("?mediaId=5&mediaType=tv")
    assert person.keys() == ["5"]


def test_series_that_were_stored_under_a_number(person: Person, name: str) -> None:
    store(name, {"movieId": "1396", "mediaType": "tv", "addedAt": at(0)})
    assert person.get().json()["items"][0]["mediaType"] == "tv"
    assert person.keys("?mediaType=movie") == []
    person.delete("?mediaId=1396&mediaType=movie")
    assert person.keys() == ["tv#1396"]
    person.delete("?mediaId=1396&mediaType=tv")
    assert person.keys() == []


@pytest.mark.parametrize("body", [{}, {"mediaId": None}, {"mediaId": ""}, {"title": "x", "movieId": None}])
def test_an_id_is_required(person: Person, operations: list[str], body: dict[str, Any]) -> None:
    person.get()
    for call in (person.post, lambda sent: person.delete(body=sent)):
        operations.clear()
        response = call(body)
        assert response.json()["error"] == "Media ID is required"
        assert wrong(response) == [("mediaId", "Media ID is required")]
        assert operations == ["UpdateItem"]


@pytest.mark.parametrize(
    "value",
    [0, -1, 2**53, 1.5, 1e300, True, "abc", "0", "0603", "6 3", "tv#", "tv#0", "movie#603", "9" * 400,
     "\uff16\uff10\uff13", "603\0", [603], {"id": 603}],
)  # fmt: skip
@pytest.mark.parametrize("field", ["mediaId", "movieId"])
def test_odd_ids_are_refused(person: Person, operations: list[str], field: str, value: Any) -> None:
    operations.clear()
    sentence = "Send TMDB's number (1 to 9007199254740991) or a series' key such as tv#1396."
    assert wrong(person.post({field: value})) == [(field, sentence)]
    assert operations == ["BatchGetItem", "UpdateItem"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("mediaType", "film", "Send movie or tv."),
        ("mediaType", ["tv"], "Send movie or tv."),
        ("media_type", {"a": 1}, "Send movie or tv."),
        ("title", "x" * 501, "Ensure this field has no more than 500 characters."),
        ("title", {"en": "x"}, "Not a valid string."),
        ("title", True, "Not a valid string."),
        ("title", "a\0b", "Null characters are not allowed."),
        ("overview", "x" * 5001, "Ensure this field has no more than 5000 characters."),
        ("posterPath", "https://image.tmdb.org/x.jpg", "Send a path that starts with /, such as /poster.jpg."),
        ("posterPath", "//evil.example/x.jpg", "Send a path that starts with /, such as /poster.jpg."),
        ("poster_path", "/../x.jpg", "Send a path that starts with /, such as /poster.jpg."),
        ("poster_path", "/" + "x" * 500, "Send a path that starts with /, such as /poster.jpg."),
        ("poster_path", "/x.jpg\n", None),
        ("releaseDate", "soon", "Send a date as YYYY-MM-DD, YYYY-MM or YYYY."),
        ("releaseDate", "2024-02-30", "Send a date as YYYY-MM-DD, YYYY-MM or YYYY."),
        ("release_date", "0000", "Send a date as YYYY-MM-DD, YYYY-MM or YYYY."),
        ("release_date", ["2024"], "Not a valid string."),
        ("voteAverage", 10.01, "Send a number from 0 to 10."),
        ("voteAverage", -0.1, "Send a number from 0 to 10."),
        ("voteAverage", "nan", "A valid number is required."),
        ("voteAverage", "1e999", "A valid number is required."),
        ("vote_average", 1e-300, None),
        ("vote_average", True, "A valid number is required."),
        ("vote_average", {}, "A valid number is required."),
    ],
)
def test_odd_display_fields(person: Person, operations: list[str], field: str, value: Any, message: str | None) -> None:
    operations.clear()
    response = person.post({"mediaId": 603, field: value})
    if message is None:
        assert response.status_code == 200
    else:
        assert wrong(response) == [(field, message)]
        assert operations == ["BatchGetItem", "UpdateItem"]


@pytest.mark.parametrize("value", [None, ""])
def test_empty_display_fields_are_not_given(person: Person, value: Any) -> None:
    person.post(MATRIX)
    empty = dict.fromkeys(
        ("title", "posterPath", "poster_path", "releaseDate", "voteAverage", "overview", "mediaType"), value
    )
    item = person.post({"mediaId": 603, **empty}).json()["item"]
    assert (item["title"], item["posterPath"], item["voteAverage"]) == ("The Matrix", "/matrix.jpg", 8.2)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mediaId": 1, "movieId": 2}, "movieId"),
        ({"mediaId": "tv#1", "mediaType": "movie"}, "mediaType"),
        ({"mediaId": 1, "mediaType": "tv", "media_type": "movie"}, "mediaType"),
    ],
)
def test_contradictions_are_refused(person: Person, body: dict[str, Any], field: str) -> None:
    assert [path for path, _ in wrong(person.post(body))] == [field]
    assert [path for path, _ in wrong(person.delete(body=body))] == [field]
    assert person.keys() == []


def test_a_user_id_in_the_body_changes_nothing(person: Person, name: str) -> None:
    assert person.post({**MATRIX, "userId": "user-2"}).json()["item"]["userId"] == "user-1"
    assert LISTS[name].get_row("user-2", "603") is None


def test_lists_are_private(client: Client, sign_in: SignIn, name: str, person: Person) -> None:
    person.post(MATRIX)
    other = Person(client, sign_in("user-2"), person.path)
    assert other.keys() == []
    other.delete("?mediaId=603")
    assert person.keys() == ["603"]


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_strangers_are_sent_away(client: Client, name: str, operations: list[str], method: str) -> None:
    operations.clear()
    response = getattr(client, method)(f"/user/{name}", {}, content_type="application/json")
    assert response.status_code == 401
    assert response.json()["error"] == "Authorization header required"
    assert operations == []


def test_other_methods(person: Person) -> None:
    response = person.client.put(person.path, MATRIX, content_type="application/json", headers=person.headers)
    assert response.status_code == 405
    assert response.json()["error"] == "Method not allowed"


class TestPages:
    def test_newest_first_by_default(self, person: Person, name: str) -> None:
        store(name, *({"movieId": str(n), "addedAt": at(n)} for n in (3, 1, 2)))
        assert person.keys() == ["3", "2", "1"]
        assert person.keys("?sort=newest") == ["3", "2", "1"]
        assert person.keys("?sort=oldest") == ["1", "2", "3"]

    def test_pages_follow_one_another(self, person: Person, name: str) -> None:
        store(name, *({"movieId": str(n), "addedAt": at(n // 2)} for n in range(1, 8)))
        pages = walk(person, "?limit=3")
        assert [len(page) for page in pages] == [3, 3, 1]
        assert sorted(key for page in pages for key in page) == list("1234567")

    def test_a_last_page_that_is_full_has_no_cursor(self, person: Person, name: str) -> None:
        store(name, *({"movieId": str(n), "addedAt": at(n)} for n in range(1, 5)))
        assert [len(page) for page in walk(person, "?limit=2")] == [2, 2]
        assert person.get("?limit=4").json()["nextCursor"] is None

    def test_an_item_added_meanwhile_moves_nothing(self, person: Person, name: str) -> None:
        store(name, *({"movieId": str(n), "addedAt": at(n)} for n in range(1, 5)))
        first = person.get("?limit=2").json()
        store(name, {"movieId": "9", "addedAt": at(9)})
        assert person.keys(f"?limit=2&cursor={first['nextCursor']}") == ["2", "1"]

    @pytest.mark.parametrize("sort", ["newest", "oldest"])
    @pytest.mark.parametrize("limit", [4, 60])
    def test_filtered_pages_are_full(self, person: Person, name: str, sort: str, limit: int) -> None:
        rows = [{"movieId": f"tv#{n}" if n % 13 == 0 else str(n), "addedAt": at(n)} for n in range(1, 131)]
        store(name, *rows)
        series = [f"tv#{n}" for n in range(13, 131, 13)]
        films = [str(n) for n in range(1, 131) if n % 13]
        for kind, expected in (("tv", series), ("movie", films)):
            pages = walk(person, f"?limit={limit}&mediaType={kind}&sort={sort}")
            found = [key for page in pages for key in page]
            assert found == (expected if sort == "oldest" else expected[::-1])
            assert {len(page) for page in pages[:-1]} <= {limit}

    def test_a_thousand_come_at_once(self, person: Person, name: str, operations: list[str]) -> None:
        store(name, *({"movieId": str(n), "addedAt": at(n)} for n in range(1, 1003)))
        operations.clear()
        answer = person.get().json()
        assert operations == ["BatchGetItem", "UpdateItem", "Query"]
        assert [item["movieId"] for item in answer["items"]] == [str(n) for n in range(1002, 2, -1)]
        assert person.keys(f"?cursor={answer['nextCursor']}") == ["2", "1"]

    def test_a_large_list_is_read_to_its_end(self, person: Person, name: str) -> None:
        long = "x" * 5000
        store(name, *({"movieId": str(n), "addedAt": at(n), "overview": long} for n in range(1, 451)))
        assert len(person.keys()) == 450

    def test_cursors_do_not_name_the_person(self, client: Client, sign_in: SignIn, person: Person, name: str) -> None:
        store(name, *({"movieId": str(n), "addedAt": at(n)} for n in (1, 2, 3)))
        store(name, *({"movieId": str(n), "addedAt": at(n)} for n in (1, 5)), user="user-2")
        cursor = person.get("?limit=1").json()["nextCursor"]
        assert "user" not in cursor
        other = Person(client, sign_in("user-2"), person.path)
        assert other.keys(f"?cursor={cursor}") == ["1"]

    @pytest.mark.parametrize(
        "cursor", ["x", "%00", "%ED%A0%80", "WyIiLCIxIl0", "WyJhIiwiIl0", "W10", "WzEsMl0", "e30", "bnVsbA", "WyJhIl0"]
    )
    def test_odd_cursors_are_refused(self, person: Person, operations: list[str], cursor: str) -> None:
        operations.clear()
        assert [path for path, _ in wrong(person.get(f"?cursor={cursor}"))] == ["cursor"]
        assert operations == ["BatchGetItem", "UpdateItem"]

    @pytest.mark.parametrize(
        "query",
        ["limit=0", "limit=1001", "limit=x", "limit=-1", "limit=1.5", "limit=1&limit=2", f"limit={'9' * 400}",
         "sort=up", "mediaType=film", f"cursor={'x' * 501}"],
    )  # fmt: skip
    def test_odd_queries_are_refused(self, person: Person, operations: list[str], query: str) -> None:
        operations.clear()
        assert [path for path, _ in wrong(person.get(f"?{query}"))] == [query.split("=", maxsplit=1)[0]]
        assert operations == ["BatchGetItem", "UpdateItem"]

    def test_an_empty_cursor_is_the_beginning(self, person: Person, name: str) -> None:
        store(name, {"movieId": "1", "addedAt": at(1)})
        assert person.keys("?cursor=&limit=1000") == ["1"]


def key_of(item: dict[str, Any]) -> str:
    """The stored key of an item, which tells films and series of one number apart."""
    return item["movieId"] if item["mediaType"] == "movie" else f"tv#{item['movieId']}"


def walk(person: Person, query: str) -> list[list[str]]:
    """The keys of every page."""
    pages, cursor = [], ""
    while cursor is not None:
        answer = person.get(f"{query}&cursor={cursor}").json()
        pages.append([key_of(item) for item in answer["items"]])
        cursor = answer["nextCursor"]
    return pages


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ({}, {}),
        ({"mediaType": 7, "title": 300, "voteAverage": "7.5"}, {"voteAverage": 7.5}),
        ({"title": None, "posterPath": None, "voteAverage": None}, {}),
        ({"voteAverage": "unknown", "posterPath": ["/a.jpg"], "releaseDate": {"y": 1}}, {}),
        ({"voteAverage": 10**30, "title": "", "mediaType": "person"}, {"title": ""}),
        ({"voteAverage": True}, {}),
        ({"voteAverage": 7}, {"voteAverage": 7}),
    ],
)
def test_odd_rows_do_not_break_a_list(person: Person, name: str, stored: dict[str, Any], shown: dict[str, Any]) -> None:
    store(name, {"movieId": "603", "addedAt": at(0), **stored})
    blank = dict.fromkeys(("title", "posterPath", "releaseDate", "voteAverage"))
    item = {"userId": "user-1", "mediaId": "603", "movieId": "603", "mediaType": "movie", "addedAt": at(0)}
    assert person.get().json()["items"] == [{**item, **blank, **shown}]


def test_adding_repairs_an_odd_row(person: Person, name: str) -> None:
    store(name, {"movieId": "603", "addedAt": at(0), "mediaType": 7, "voteAverage": "x", "title": 5})
    assert person.post(MATRIX).json()["item"]["voteAverage"] == 8.2
    row = LISTS[name].get_row("user-1", "603")
    assert row is not None
    assert (row["mediaType"], row["title"], row["addedAt"]) == ("movie", "The Matrix", at(0))
