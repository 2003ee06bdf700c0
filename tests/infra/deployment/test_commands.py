"""The commands as they are typed: what they print, and their exit codes."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from botocore.stub import Stubber

from infra import graph
from infra.__main__ import main
from infra.commands import deploy as deploy_command
from infra.config import Config
from infra.deployment import home
from infra.deployment.aws import Aws
from tests.infra.deployment import small

pytestmark = pytest.mark.embedded

Run = Callable[..., int]


@pytest.fixture
def run(embedded: Aws) -> Run:
    """Does a command in the test's environment; answers its exit code."""

    def do(*words: str, env: str = "dev") -> int:
        return main([words[0], "--env", env, "--set", f"domain={embedded.config.domain}", *words[1:]])

    return do


@pytest.fixture
def deployed(run: Run, capsys: pytest.CaptureFixture[str]) -> Run:
    """The same, with the small stacks deployed."""
    assert run("deploy", "--yes", "--parameter", "HostedZoneId=Z1") == 0
    capsys.readouterr()
    return run


def test_a_deploy_ends_with_the_outputs(run: Run, config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("deploy", "--yes", "--local", "--parameter", "HostedZoneId=Z1") == 0

    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("AWS is the one at http://127.0.0.1:")
    assert told[-1] == "api Url                 https://api.example.org"
    assert told[-3] == f"data ThingsTableName    {config.prefix}-things"


def test_a_deploy_that_can_ask_nobody_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))

    assert run("deploy", "--stack", "dns") == 2
    assert capsys.readouterr().err == "Nobody can be asked here (standard input is no terminal); add --yes.\n"
    assert run("destroy") == 2
    assert "add --confirm dev." in capsys.readouterr().err
    assert run("outputs") == 1


@pytest.mark.parametrize(("answer", "yes"), [("y", True), (" YES ", True), ("", False), ("n", False), ("yep", False)])
def test_only_yes_is_yes(answer: str, yes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: answer)

    assert deploy_command.asked("Deploy?") is yes


def test_a_failed_deploy_is_one(run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(graph, "PARTS", small.changed("dns", small.failing(small.dns)))

    assert run("deploy", "--yes", "--stack", "dns") == 1
    assert "the same command goes on from here" in capsys.readouterr().err


def test_a_deploy_that_is_interrupted_says_that_it_goes_on(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(question: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", interrupted)

    assert run("deploy", "--stack", "dns") == 130
    assert "The same command goes on from here." in capsys.readouterr().err
    assert run("outputs") == 1


def test_a_stack_that_is_none_and_a_parameter_that_is_none_are_wrong_input(run: Run) -> None:
    assert run("deploy", "--yes", "--stack", "nothing") == 2
    assert run("deploy", "--yes", "--parameter", "Zone") == 2
    assert run("outputs") == 1


def test_local_needs_an_address(run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")

    assert run("deploy", "--yes", "--local") == 2
    assert capsys.readouterr().err == "--local: set AWS_ENDPOINT_URL to the address of the embedded AWS.\n"


def test_diff_answers_three_only_when_asked_to(
    deployed: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deployed("diff", "--exit-code") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "All stacks are as their templates say."

    monkeypatch.setattr(graph, "PARTS", small.changed("dns", small.failing(small.dns)))
    assert deployed("diff", "--stack", "dns") == 0
    assert deployed("diff", "--stack", "dns", "--exit-code") == 3
    assert "  + Broken (SSM Parameter) is new" in capsys.readouterr().out


def test_outputs_for_programs(deployed: Run, config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert deployed("outputs", "--format", "json") == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["data"] == {"ThingsTableName": f"{config.prefix}-things"}
    assert printed.err == "The stack budget is not deployed.\n"

    assert deployed("outputs", "--format", "env", "--stack", "data") == 0
    assert capsys.readouterr().out == f"DATA_THINGS_TABLE_NAME={config.prefix}-things\n"


def test_outputs_of_nothing_say_what_to_run(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("outputs") == 1
    assert "run `python -m infra deploy --env dev`" in capsys.readouterr().err


def test_destroy_refuses_data_and_names_the_command_for_the_rest(
    deployed: Run, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deployed("destroy", "--confirm", "dev") == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{config.prefix}-data holds {config.prefix}-things (DynamoDB Table), which is never removed from here.",
        "Nothing was removed. The stacks without data: `python -m infra destroy --env dev --stack api "
        "--stack compute`.",
    ]


def test_destroy_wants_the_right_name(deployed: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert deployed("destroy", "--stack", "api", "--confirm", "prod") == 1
    assert capsys.readouterr().err == "'prod' is not dev; nothing was removed.\n"

    assert deployed("destroy", "--stack", "api", "--confirm", "dev") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "All of it is removed."
    assert deployed("destroy", "--stack", "api", "--confirm", "dev") == 0


def test_destroy_sees_the_stacks_of_a_switch_that_is_off_now(
    run: Run, embedded: Aws, config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = replace(small.PARTS[0], wanted=lambda asked: asked.waf == "on")
    monkeypatch.setattr(graph, "PARTS", (wanted,))
    assert run("deploy", "--yes", "--set", "waf=on") == 0
    assert home.known(embedded) == config.region
    capsys.readouterr()

    assert run("destroy", "--confirm", "dev", "--stack", "dns") == 0

    told = capsys.readouterr().out.splitlines()
    assert f"{config.prefix}-dns in us-east-1 would go:" in told
    assert told[-1] == "All of it is removed."
    assert home.known(embedded) == ""
    assert run("destroy", "--confirm", "dev") == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"Nothing of {config.prefix} stands here."


def test_destroy_removes_functions_that_an_earlier_one_left(
    run: Run, embedded: Aws, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    small.function(embedded, config.prefix)

    assert run("destroy", "--confirm", "prod") == 1
    assert run("destroy", "--confirm", "dev", "--stack", "api") == 0
    assert f"The function {config.prefix} is removed" not in capsys.readouterr().out
    assert run("destroy", "--confirm", "dev") == 0

    assert capsys.readouterr().out.splitlines()[1:] == [
        f"The function {config.prefix} would go, with all its versions.",
        f"The function {config.prefix} is removed, with all its versions.",
        "All of it is removed.",
    ]


def test_doctor_as_a_list_for_programs(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    code = run("doctor", "--json")

    found = json.loads(capsys.readouterr().out)
    assert set(found[0]) == {"check", "verdict", "sentence", "remedy"}
    assert found[0]["verdict"] == "ok"
    assert code == int("wrong" in [one["verdict"] for one in found])


def test_doctor_for_people_ends_with_the_counts(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("doctor")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok             credentials: These are the credentials of ")
    assert lines[-1].endswith(" not looked at.")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ExpiredToken", "The credentials for AWS have expired. Sign in"),
        ("AccessDenied", "These credentials may not do GetParameter"),
    ],
)
def test_lost_credentials_are_a_sentence_and_leave_what_stands(
    deployed: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: str, words: str
) -> None:
    make = Aws._made

    def without_rights(self: Aws, service: str, region: str) -> object:
        client = make(self, service, region)
        if service == "ssm":
            refused = Stubber(client)
            refused.add_client_error("get_parameter", code)
            refused.activate()
        return client

    monkeypatch.setattr(Aws, "_made", without_rights)
    assert deployed("deploy", "--yes", "--stack", "api") == 1
    assert capsys.readouterr().err.startswith(words)

    monkeypatch.setattr(Aws, "_made", make)
    assert deployed("diff", "--exit-code") == 0
