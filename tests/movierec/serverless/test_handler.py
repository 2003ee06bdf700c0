"""Commands by event, events that nobody knows, and what the function's own log does not say."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from django.core import management
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.providers.local.tokens import issue_access_token
from apps.media.services import store_titles
from apps.media.titles import CatalogueTitle
from movierec.api.authentication import COOKIE
from movierec.api.request_id import request_id
from movierec.serverless.commands import CommandFailed
from movierec.serverless.handler import UnknownEvent, lambda_handler
from movierec.telemetry.jobs import reported
from tests.movierec.serverless.conftest import Seen
from tests.movierec.serverless.events import SHAPES, Sent, Shape
from tests.stand_ins.log_lines import Lines

Ask = Callable[[Shape, Sent], Seen]
PAGE = ("Accept", "text/html")
JSON = ("Content-Type", "application/json")
PREFERENCES = b'{"contentType": "movies"}'


class Doing(BaseCommand):
    """A command that does what it is told."""

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--how", default="")
        parser.add_argument("--email")

    def handle(self, *args: Any, how: str, **options: Any) -> None:
        endings: dict[str, BaseException] = {
            "error": CommandError("It broke."),
            "busy": CommandError("Somebody does it.", returncode=75),
            "exit-0": SystemExit(0),
            "exit-none": SystemExit(None),
            "exit-1": SystemExit(1),
            "exit-75": SystemExit(75),
            "exit-text": SystemExit("Give up."),
            "telling": CommandError("ann@example.com has the password='horse'"),
            "fault": ZeroDivisionError("no bob@example.com"),
        }
        if how == "job":
            with reported("doing"):
                return
        if how in endings:
            raise endings[how]


@pytest.fixture
def doing(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = {**management.get_commands(), "doing": Doing()}
    monkeypatch.setattr(management, "get_commands", lambda: commands)


@pytest.mark.usefixtures("doing")
class TestManage:
    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ("doing", 0),
            ("doing  --how=fine", 0),
            ("\tdoing\n--how fine ", 0),
            ("doing --how exit-0", 0),
            ("doing --how exit-none", 0),
            ("doing --how busy", 75),
            ("doing --how exit-75", 75),
        ],
    )
    def test_what_is_done_or_done_elsewhere_is_answered(self, line: str, code: int) -> None:
        assert lambda_handler({"manage": line}, None) == {"exitCode": code}

    @pytest.mark.parametrize(
        ("how", "sentence"),
        [
            ("error", "manage.py doing ended with 1: It broke."),
            ("exit-1", "manage.py doing ended with 1: see the log"),
            ("exit-text", "manage.py doing ended with 1: Give up."),
            ("telling", "manage.py doing ended with 1: [redacted] has the password=[redacted]"),
            ("fault", "manage.py doing ended with ZeroDivisionError: no [redacted]"),
        ],
    )
    def test_a_failure_is_raised_without_what_lambda_would_print(self, how: str, sentence: str, lines: Lines) -> None:
        with pytest.raises(CommandFailed) as raised:
            lambda_handler({"manage": f"doing --how {how} --email ann@example.com"}, None)
        assert str(raised.value) == sentence
        assert (raised.value.__cause__, raised.value.__suppress_context__) == (None, True)
        (line,) = lines("movierec.serverless.commands")
        assert (line["level"], line["message"]) == ("ERROR", "manage.py doing failed.")
        assert line["exception"][0]["frames"][-1].endswith(" handle")
        assert "example.com" not in str(line)

    def test_unknown_commands_and_options_are_failures(self) -> None:
        with pytest.raises(CommandFailed, match="Unknown command: 'dance'"):
            lambda_handler({"manage": "dance"}, None)
        with pytest.raises(CommandFailed, match="unrecognized arguments: --fast"):
            lambda_handler({"manage": "doing --fast"}, None)


def test_lines_of_a_job_have_the_request_id_of_lambda_and_later_ones_have_not(doing: None, lines: Lines) -> None:
    for command in ("doing --how job", "doing --how error", "doing --how job"):
        identity = f"id of {command}"
        with suppress(CommandFailed):
            lambda_handler({"manage": command}, SimpleNamespace(aws_request_id=identity))
        assert request_id() == ""
    assert [line["requestId"] for line in lines("movierec.telemetry.jobs")] == ["id of doing --how job"] * 2


def test_a_function_can_be_called_as_zappa_calls_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    module = type("Module", (), {"lambda_handler": lambda event, context: asked.append((event, context)) or "done"})
    monkeypatch.setattr("movierec.serverless.handler.import_module", {"zappa.handler": module}.__getitem__)
    event = {"command": "movierec.timestamps.now_text"}
    assert lambda_handler(event, "context") == "done"
    assert asked == [(event, "context")]


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        ({}, "no members"),
        ({"raw_command": "print(1)"}, "raw_command"),
        ({"command": "", "raw_command": "print(1)"}, "command, raw_command"),
        ({"manage": ["check"]}, "manage"),
        ({"Records": [{"body": "secret"}]}, "Records"),
        ({"version": "0", "detail-type": "Scheduled Event"}, "detail-type, version"),
        ({"manage": ""}, "manage"),
        ({"manage": " \n"}, "manage"),
        ({"version": "2.0", "rawPath": "/secret"}, "rawPath, version"),
        ({"version": "2.0", "rawPath": "/", "requestContext": {"http": {}}}, "rawPath, requestContext, version"),
        ({"version": "2.0", "httpMethod": "GET", "requestContext": {}}, "httpMethod, requestContext, version"),
        ({"httpMethod": "GET", "requestContext": "secret"}, "httpMethod, requestContext"),
    ],
)
def test_an_event_that_nobody_knows_is_an_error(event: dict[str, Any], keys: str) -> None:
    with pytest.raises(UnknownEvent, match=f"^The event with {keys} is no request") as raised:
        lambda_handler(event, None)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("event", [[], ["secret"], "secret", None, 5], ids=repr)
def test_an_event_that_is_no_object_is_an_error(event: object) -> None:
    with pytest.raises(UnknownEvent, match=f"^The event, of type {type(event).__name__}, is no request") as raised:
        lambda_handler(event, None)
    assert "secret" not in str(raised.value)


def token_in(page: Seen) -> str:
    found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    assert found
    return found[1].decode()


@pytest.fixture
def cookie() -> str:
    """What a browser that is signed in sends."""
    return f"{COOKIE}={issue_access_token('user-1', email='ann@example.com', session_id='test-session')}"


each_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)


@each_shape
def test_a_form_is_served_with_its_token_and_from_our_own_pages(ask: Ask, cookie: str, shape: Shape) -> None:
    page = ask(shape, Sent(path="/auth/signin", headers=[PAGE]))
    (csrf,) = page.cookies
    assert csrf.startswith("csrftoken=")
    assert "; Path=/;" in csrf
    found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    assert found
    cookies = ("Cookie", f"{csrf.partition(';')[0]}; {cookie}")

    def submit(*headers: tuple[str, str]) -> Seen:
        return ask(shape, Sent("POST", "/user/preferences", headers=[JSON, cookies, *headers], body=PREFERENCES))

    token = ("X-CSRFToken", found[1].decode())
    host = shape.base.removesuffix("/prod")
    for refused in (submit(("Origin", host)), submit(token, ("Origin", "https://evil.example"))):
        assert (refused.status, orjson.loads(refused.body)["code"]) == (403, "CsrfFailed")
    assert submit(token, ("Origin", host)).status == 200


@each_shape
def test_absolute_addresses_lead_through_the_same_gateway(ask: Ask, shape: Shape) -> None:
    title = CatalogueTitle(media_type="movie", media_id=603, title="Été", source="demo", release_date="1999-03-31")
    list(store_titles([title]))
    told = orjson.loads(ask(shape, Sent(path="/media/movie/603")).body)
    assert told["posterUrl"] == f"{shape.base}/media/movie/603/poster.svg"
    poster = ask(shape, Sent(path="/media/movie/603/poster.svg"))
    assert (poster.status, poster.headers["content-type"]) == (200, "image/svg+xml")
    assert "Été (1999)".encode() in poster.body
