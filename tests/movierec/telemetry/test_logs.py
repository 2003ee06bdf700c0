"""Lines for machines: one JSON object each, whatever is in a message, and no line twice."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend
from hypothesis import given
from hypothesis import strategies as st

from movierec import env
from movierec.telemetry import logs
from movierec.telemetry.logs import MOST_FRAMES, JsonFormatter
from tests.movierec.test_settings_checked import deployed
from tests.stand_ins.log_lines import Lines

logger = logging.getLogger("tests.telemetry")


def record(message: str, *arguments: object, **more: Any) -> logging.LogRecord:
    return logging.LogRecord("some.logger", logging.WARNING, "file.py", 1, message, arguments, None, **more)


def test_the_members_of_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=1;Sampled=1")
    made = record("The %s is %d", "answer", 42)
    made.created = 1_800_000_000.5
    made.told = {"status": 200}
    assert json.loads(JsonFormatter().format(made)) == {
        "time": "2027-01-15T08:00:00.500Z",
        "level": "WARNING",
        "logger": "some.logger",
        "message": "The answer is 42",
        "traceId": "1-5759e988-bd862e3fe1be46a994272793",
        "status": 200,
    }


def test_without_a_trace_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Sampled=0")
    assert set(json.loads(JsonFormatter().format(record("x")))) == {"time", "level", "logger", "message"}


@given(st.text())
def test_nothing_in_a_message_begins_another_line_or_speaks_to_a_terminal(text: str) -> None:
    line = JsonFormatter().format(record("%s", text))
    assert re.fullmatch(r"[ -~]+", line)
    assert json.loads(line)["level"] == "WARNING"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1b[2K", "\x85", "\u2028", "\u2029", "\ud800"])
def test_a_forged_line_stays_in_its_message(end: str) -> None:
    forged = f'x{end}{{"level":"CRITICAL","logger":"movierec.telemetry.access","_aws":{{}}}}'
    line = JsonFormatter().format(record(forged))
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == forged


class TestExceptions:
    def test_frames_without_values_and_what_it_came_from(self, lines: Lines) -> None:
        password = "correct horse battery"

        def inner(secret: str) -> None:
            raise ValueError("no 'ann@example.com'")

        try:
            try:
                inner(password)
            except ValueError as error:
                raise RuntimeError("outer") from error
        except RuntimeError:
            logger.exception("It failed.")
        (line,) = lines("tests.telemetry")
        outer, cause = line["exception"]
        assert (outer["type"], outer["message"]) == ("builtins.RuntimeError", "outer")
        assert (cause["type"], cause["message"]) == ("builtins.ValueError", "no '[redacted]'")
        here = r"tests/movierec/telemetry/test_logs\.py:\d+ "
        assert re.fullmatch(here + "inner", cause["frames"][-1])
        assert [bool(re.match(here, frame)) for frame in outer["frames"]] == [True]
        assert password not in json.dumps(line)
        assert "raise" not in json.dumps(line)

    def test_a_long_way_is_cut_and_a_circle_ends(self, lines: Lines) -> None:
        def deeper(depth: int) -> None:
            if depth:
                deeper(depth - 1)
            error = KeyError("x")
            error.__cause__ = error
            raise error

        try:
            deeper(50)
        except KeyError:
            logger.exception("It failed.")
        (described,) = lines("tests.telemetry")[0]["exception"]
        assert len(described["frames"]) == MOST_FRAMES

    def test_a_suppressed_cause_is_not_told(self, lines: Lines) -> None:
        try:
            try:
                int("x")
            except ValueError:
                raise RuntimeError("outer") from None
        except RuntimeError:
            logger.exception("It failed.")
        assert [described["message"] for described in lines("tests.telemetry")[0]["exception"]] == ["outer"]

    def test_libraries_are_named_from_their_folder(self, lines: Lines) -> None:
        try:
            EmailBackend(host="127.0.0.1", port=1).open()
        except OSError:
            logger.exception("It failed.")
        frames = lines("tests.telemetry")[0]["exception"][0]["frames"]
        assert any(frame.startswith("django/core/mail/") for frame in frames)


def test_a_line_that_cannot_be_made_is_printed_nowhere(
    lines: Lines, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", True)
    logs.configure({"version": 1, "incremental": True})
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    handler.handle(record("%d", "ann@example.com"))
    assert capfd.readouterr() == ("", "")


PROGRAM = """
import logging, sys, threading, warnings
runtime = logging.StreamHandler(sys.stdout)
runtime.setFormatter(logging.Formatter("[RUNTIME] %(message)s"))
logging.getLogger().addHandler(runtime)
import django
import zappa.handler
django.setup()
logging.basicConfig()
logging.getLogger("movierec.some").warning("once")
logging.getLogger("django.some").warning("django once")
logging.getLogger("movierec.telemetry.access").info("a metric")
warnings.warn("old", stacklevel=1)
def fail(): raise RuntimeError("in a thread")
thread = threading.Thread(target=fail, name="worker")
thread.start(); thread.join()
"""


def started(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=True,
        capture_output=True,
        text=True,
        cwd=env.BASE_DIR,
        env={**deployed(), "PATH": "", "STATE_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "movierec.settings"}
        | variables,
    )


def test_on_lambda_each_line_comes_once_whoever_wrote_before(tmp_path: Path) -> None:
    ended = started(tmp_path, AWS_LAMBDA_FUNCTION_NAME="movierec", LOG_LEVEL="WARNING")
    assert ended.stderr == ""
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [(line["level"], line["message"].split("\n")[0]) for line in told] == [
        ("WARNING", "once"),
        ("WARNING", "django once"),
        # Metrics are no matter of LOG_LEVEL.
        ("INFO", "a metric"),
        ("WARNING", "<string>:13: UserWarning: old"),
        ("CRITICAL", "The thread worker ended."),
    ]
    assert told[-1]["exception"][0]["frames"][-1] == "<string>:14 fail"


def test_a_server_elsewhere_logs_json_on_standard_error(tmp_path: Path) -> None:
    ended = started(tmp_path)
    assert ended.stdout == ""
    assert [json.loads(line)["message"] for line in ended.stderr.splitlines()][:2] == ["once", "django once"]


def test_local_lines_are_for_people(tmp_path: Path) -> None:
    ended = started(tmp_path, MOVIEREC_ENV="local", DEBUG="on", LOG_LEVEL="INFO")
    assert ended.stdout == ""
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING movierec.some: once", ended.stderr.split("\n")[0]
    )
    assert ended.stderr.count("django once") == 1


def test_a_thread_that_ends_as_it_is_told_to_is_no_fault(lines: Lines) -> None:
    ended = type("Ended", (), {"exc_value": SystemExit(), "thread": None})
    logs._log_end_of_thread(ended)  # type: ignore[arg-type]
    assert lines() == []
