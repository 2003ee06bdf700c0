"""The command line: what is wrong input, before AWS is asked anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("synth", "deploy", "diff", "outputs", "destroy", "doctor")


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
