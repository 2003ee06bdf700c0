"""The command line: what is wrong input, before AWS is asked anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.__main__ import _parser, main

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("synth", "deploy", "diff", "outputs", "destroy", "doctor")
BY_STACK = ("synth", "deploy", "diff", "outputs", "destroy")
WHOLE = ("doctor", "package", "release", "restore", "rollback")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_the_switches(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "--env dev|staging|prod" in told
    assert "hosting" in told


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--env", "test"], "'test' is no environment of environments.toml; write one of dev, staging, prod."),
        (["--env", "dev", "--set", "api=soap"], "environments.toml, dev: api is 'soap'; write one of rest, http."),
    ],
)
def test_a_wrong_environment_is_two_and_a_sentence(
    command: str, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, *words]) == 2
    assert capsys.readouterr().err == f"{sentence}\n"


@pytest.mark.parametrize("command", BY_STACK)
def test_a_part_of_the_stacks_can_be_named(command: str) -> None:
    assert _parser().parse_args([command, "--env", "dev", "--stack", "data"]).stack == ["data"]


@pytest.mark.parametrize("command", WHOLE)
def test_what_is_about_all_stacks_takes_no_part_of_them(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    needed = ["--table", "favourites", "--at", "2026-11-20T12:00:00Z"] if command == "restore" else []
    with pytest.raises(SystemExit) as ended:
        main([command, "--env", "dev", *needed, "--stack", "data"])

    assert ended.value.code == 2
    assert "unrecognized arguments: --stack data" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["outputs", "doctor", "diff"])
@pytest.mark.parametrize("address", ["localhost:4566", "http://", "ftp://localhost", "http://localhost:many"])
def test_an_address_that_is_none_is_two_and_a_sentence(
    command: str, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)

    assert main([command, "--env", "dev"]) == 2
    told = f"AWS_ENDPOINT_URL is {address.rstrip('/')!r}; write an address such as http://127.0.0.1:4566.\n"
    assert capsys.readouterr().err == told


def test_an_unknown_command_is_two() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["explode"])

    assert ended.value.code == 2


def test_a_region_that_aws_does_not_have_is_one_and_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")

    assert main(["outputs", "--env", "dev", "--set", "region=eu-moon-1"]) == 1
    assert capsys.readouterr().err.startswith("eu-moon-1 is no region of AWS that is known here.")


@pytest.mark.parametrize("both", [False, True])
def test_who_reads_no_further_sees_no_traceback(both: bool) -> None:
    words = ["estimate", "--env", "dev", "--mau", "1000", "--rpm", "10"]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as unread:
        ended = subprocess.run(
            [sys.executable, "-m", "infra", *words],
            cwd=ROOT,
            stdout=unread,
            stderr=subprocess.STDOUT if both else subprocess.PIPE,
            check=False,
        )

    assert (ended.returncode, ended.stderr) == (141, None if both else b"")
