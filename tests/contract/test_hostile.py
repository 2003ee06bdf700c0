"""Requests that no honest client sends: each gets a 4xx in the one error shape, and nothing is stored."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import orjson
import pytest
from django.test import Client

from movierec.wsgi import application
from tests.conftest import REPOSITORY

SignIn = Callable[..., dict[str, str]]
ERROR_MEMBERS = {"error", "message", "code", "requestId", "timestamp"}
# Encodings of Python that decode no text, one that always fails, a name that cannot be one, and forms of RFC 2231.
BAD_CHARSETS = ["hex", "base64", "rot13", "zip", "punycode", "undefined", "utf-16", "a\0b"]
BAD_CONTENT_TYPES = [
    *(f"application/json; charset={charset}" for charset in BAD_CHARSETS),
    "application/json; charset*=bogus'en'x",
    "a; b*=bogus'en'x",
]


class _BrokenOff(BytesIO):
    """The body of a client that went away."""

    def read(self, size: int | None = -1) -> bytes:
        raise ConnectionResetError


def answer(method: str, target: str, **environ: Any) -> tuple[int, bytes]:
    """Status and body of the WSGI application itself, as a server calls it."""
    path, _, query = target.partition("?")
    asked: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, **environ}
    setup_testing_defaults(asked)
    asked["HTTP_HOST"] = "127.0.0.1"
    statuses: list[str] = []
    body = b"".join(application(asked, lambda status, *_: statuses.append(status)))
    return int(statuses[0].split()[0]), body


def bearer(headers: Mapping[str, str]) -> dict[str, str]:
    """The header of a signed-in person as WSGI names it."""
    return {"HTTP_AUTHORIZATION": headers["authorization"]}


@pytest.mark.parametrize("content_type", BAD_CONTENT_TYPES)
@pytest.mark.parametrize("path", ["/media?limit=5", "/nowhere?x=1", "/health?x=1", "/"])
def test_no_charset_of_a_client_breaks_a_read(tables: None, content_type: str, path: str) -> None:
    plain, _ = answer("GET", path)
    assert answer("GET", path, CONTENT_TYPE=content_type)[0] == plain < 500


@pytest.mark.parametrize("charset", BAD_CHARSETS)
def test_queries_are_utf_8_whatever_the_charset(tables: None, charset: str) -> None:
    _, body = answer("GET", "/media?limit=many", CONTENT_TYPE=f"application/json; charset={charset}")
    assert orjson.loads(body)["details"] == [{"path": "limit", "message": "Send a whole number."}]


@pytest.mark.parametrize("charset", BAD_CHARSETS)
def test_a_form_in_no_charset_is_refused(tables: None, charset: str) -> None:
    form = {"wsgi.input": BytesIO(b"a=1"), "CONTENT_LENGTH": "3"}
    content_type = f"application/x-www-form-urlencoded; charset={charset}"
    status, body = answer("POST", "/auth/signout", CONTENT_TYPE=content_type, **form)
    assert status in (400, 415)
    assert orjson.loads(body).keys() >= ERROR_MEMBERS


@pytest.mark.parametrize("content_type", ["a; b*=bogus'en'x", "application/json; charset*=bogus'en'x"])
def test_a_body_whose_type_cannot_be_read_is_415(tables: None, content_type: str) -> None:
    body = b'{"refreshToken":"x"}'
    sent = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": content_type}
    status, refusal = answer("POST", "/auth/signout", **sent)
    assert (status, orjson.loads(refusal)["code"]) == (415, "UnsupportedMediaType")


@pytest.mark.parametrize("accept", ["text/html; a*=bogus'en'x", ";q=x,,/,text/"])
def test_an_accept_header_that_cannot_be_read_gets_json(client: Client, accept: str) -> None:
    response = client.get("/media", headers={"accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_a_body_in_chunks_is_refused_and_erases_nothing(client: Client, sign_in: SignIn) -> None:
    headers = sign_in()
    client.put("/user/preferences", {"contentType": "tv"}, content_type="application/json", headers=headers)
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": ""}
    body = {"wsgi.input": BytesIO(b'15\r\n{"contentType":"both"}\r\n0\r\n\r\n')}
    status, refusal = answer("PUT", "/user/preferences", **chunked, **body, **bearer(headers))
    assert (status, orjson.loads(refusal)["code"]) == (411, "LengthRequired")
    assert client.get("/user/preferences", headers=headers).json() == {"preferences": {"contentType": "tv"}}


def test_a_client_that_goes_away_is_no_fault_of_ours(tables: None, sign_in: SignIn) -> None:
    sent = {"wsgi.input": _BrokenOff(), "CONTENT_LENGTH": "100", "CONTENT_TYPE": "application/json"}
    status, refusal = answer("POST", "/user/favourites", **sent, **bearer(sign_in()))
    assert (status, orjson.loads(refusal)["code"]) == (400, "BadRequest")


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("path", ["/media", "/user/favourites", "/recommendations"])
def test_thousands_of_parameters_are_a_client_error(
    client: Client, sign_in: SignIn, settings: Any, path: str, debug: bool
) -> None:
    settings.DEBUG = debug
    response = client.get(path + "?" + "&".join(f"a{i}=1" for i in range(3000)), headers=sign_in())
    assert response.status_code == 400
    assert response.json()["error"] == "The request is malformed."


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/docs"])
def test_pages_refuse_other_methods_as_the_api_does(tables: None, path: str, method: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert (response.status_code, response.json()["error"]) == (405, "Method not allowed")
    assert "GET" in response["Allow"]


# As many characters as an address may have, of which each becomes eighteen where addresses are compared.
LONG = "\ufdfa" * 254


@pytest.mark.parametrize("email", [LONG, "0", "a@b", "a@example.com\nBcc: b@example.com"])
def test_a_code_for_no_address_names_the_field(client: Client, email: str) -> None:
    response = client.post("/auth/signup", {"email": email, "code": "123456"}, content_type="application/json")
    assert response.status_code == 400
    assert [detail["path"] for detail in response.json()["details"]] == ["email"]


def test_an_address_that_grows_when_compared_signs_nobody_in(client: Client) -> None:
    response = client.post("/auth/signin", {"email": LONG, "password": "x"}, content_type="application/json")
    assert response.status_code == 401


@pytest.mark.parametrize("text", ["1_0", "\uff11\uff12", "\u0663"])
@pytest.mark.parametrize(
    "path", ["/media?limit=", "/media?page=", "/user/favourites?limit=", "/recommendations?limit="]
)
def test_numbers_are_written_in_plain_digits(client: Client, sign_in: SignIn, path: str, text: str) -> None:
    response = client.get(path + text, headers=sign_in())
    assert response.status_code == 400
    assert f"?{response.json()['details'][0]['path']}=" in path


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/user/stats/award-xp", {"amount": "1_0"}),
        ("/user/favourites", {"mediaId": 603, "voteAverage": "\uff17"}),
        ("/user/preferences", {"minRating": "1_0"}),
    ],
)
def test_so_are_those_of_bodies(client: Client, sign_in: SignIn, path: str, body: dict[str, Any]) -> None:
    response = client.post(path, body, content_type="application/json", headers=sign_in())
    assert response.status_code == 400
    assert response.json()["details"][0]["path"] in body


@pytest.mark.parametrize(("sent", "kept"), [(5e-324, 0.0), (1e-300, 0.0), (-0.0, 0.0), (7.1234567, 7.123457)])
def test_a_vote_is_kept_as_a_number_dynamodb_takes(client: Client, sign_in: SignIn, sent: float, kept: float) -> None:
    body = {"mediaId": 603, "voteAverage": sent}
    response = client.post("/user/favourites", body, content_type="application/json", headers=sign_in())
    assert orjson.dumps(response.json()["item"]["voteAverage"]) == orjson.dumps(kept)


_FIRST_READERS = """
import django
django.setup()
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from apps.web.docs import document
together = Barrier(8)
def read(_):
    together.wait()
    return len(document()["paths"])
assert len(set(ThreadPoolExecutor(8).map(read, range(8)))) == 1
"""


def test_the_first_readers_of_the_document_may_come_together() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_READERS], env=environment, cwd=REPOSITORY, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
