"""What `synth --report` writes beside the templates."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from troposphere.s3 import Bucket
from troposphere.sns import Topic

from infra import diagram, environments, report
from infra.__main__ import main
from infra.config import Config
from infra.stack import Stack
from infra.suppressions import Suppression
from infra.synth import templates

ONE = Suppression(("CKV_AWS_18", "AwsSolutions-S1"), "It holds logs.")
OTHER = Suppression(("CKV_AWS_26",), "Nothing secret is told | sent.")


@pytest.fixture
def config() -> Config:
    return environments.load("dev")


@pytest.fixture
def stacks(config: Config) -> list[Stack]:
    """The stacks data and assets with resources of our own."""
    first, second = Stack(config, "data", "eu-north-1", "First"), Stack(config, "assets", "eu-north-1", "Second")
    for title in ("A", "B"):
        first.suppress(first.add(Bucket(title)), ONE)
    first.publish("bucket-name", "name", "The name of the bucket", export="MovieRecBucket")
    second.suppress(second.add(Topic("C")), OTHER)
    second.suppress(second.add(Bucket("D")), ONE)
    return [first, second]


def test_each_reason_is_there_once_with_all_its_places(stacks: list[Stack]) -> None:
    assert report.suppressed(stacks) == {
        ONE: [("data", "A"), ("data", "B"), ("assets", "D")],
        OTHER: [("assets", "C")],
    }
    assert report.summary(stacks) == "2 stacks, 5 resources, 2 suppressions at 4 places."


def test_the_page(config: Config, stacks: list[Stack]) -> None:
    page = report.markdown(config, stacks)

    assert page.startswith("# The stacks of dev\n\n```mermaid\nflowchart LR\n")
    assert f"```mermaid\n{diagram.mermaid(config)}```\n" in page
    assert "| `data` | eu-north-1 | 3 | security | First |" in page
    assert (
        "## data (eu-north-1)\n\n| type | resources |\n| --- | --- |\n| S3::Bucket | 2 |\n| SSM::Parameter | 1 |\n"
        in page
    )
    assert "| `/movierec/dev/data/bucket-name` | `MovieRecBucket` | The name of the bucket |" in page
    assert "There are 2 suppressions at 4 places." in page
    assert "**CKV_AWS_18, AwsSolutions-S1**: It holds logs.\n\nAt 3: data: A, B; assets: D.\n" in page
    assert page.count("It holds logs.") == 1


def test_a_bar_does_not_end_a_cell(config: Config, stacks: list[Stack]) -> None:
    stacks[0].set_description("One | two")

    assert "| security | One \\| two |" in report.stack_table(config, stacks)


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_the_command_writes_the_page_beside_the_templates(
    env: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["synth", "--env", env, "--report", "--out", str(tmp_path)]) == 0

    told = capsys.readouterr().out.splitlines()
    config = environments.load(env)
    stacks = templates(config)
    files = [f"{stack.name}.{stack.region}.json" for stack in stacks] + ["report.md", "stacks.mmd", "stacks.svg"]
    assert told == [*(str(tmp_path / name) for name in files), report.summary(stacks)]
    assert {path.name for path in tmp_path.iterdir()} == set(files)
    assert (tmp_path / "stacks.svg").read_text() == diagram.svg(config)
    assert (tmp_path / "stacks.mmd").read_text() == diagram.mermaid(config)


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_the_page_counts_what_the_templates_have(env: str, tmp_path: Path) -> None:
    assert main(["synth", "--env", env, "--report", "--out", str(tmp_path)]) == 0

    page = (tmp_path / "report.md").read_text()
    bodies = [json.loads(path.read_text()) for path in tmp_path.glob("*.json")]
    counts = re.findall(r"^\| [A-Za-z0-9]+::[A-Za-z0-9]+ \| (\d+) \|$", page, re.MULTILINE)
    assert sum(map(int, counts)) == sum(len(body["Resources"]) for body in bodies)
    parameters = [
        one["Properties"]["Name"]
        for body in bodies
        for one in body["Resources"].values()
        if one["Type"] == "AWS::SSM::Parameter"
    ]
    assert sorted(re.findall(r"^\| `(/[^`]+)` \|", page, re.MULTILINE)) == sorted(parameters)


def test_without_the_option_there_are_templates_only(tmp_path: Path) -> None:
    assert main(["synth", "--env", "dev", "--stack", "data", "--out", str(tmp_path)]) == 0

    assert [path.name for path in tmp_path.iterdir()] == ["data.eu-north-1.json"]


def test_a_page_of_one_stack_has_the_picture_of_all(tmp_path: Path) -> None:
    assert main(["synth", "--env", "dev", "--stack", "data", "--report", "--out", str(tmp_path)]) == 0

    page = (tmp_path / "report.md").read_text()
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == ["data"]
    assert (tmp_path / "stacks.svg").read_text() == diagram.svg(environments.load("dev"))


def test_there_are_fewer_than_25_reasons_in_all_modes() -> None:
    switches = ("waf=off", "cmk=off", "tracing=off", "media=public", "api=http", "hosting=spa", "hosting=amplify")
    given = [("prod", ()), *(("dev", ("site=movierec.net", change)) for change in switches)]
    found = {one for env, changes in given for one in report.suppressed(templates(environments.load(env, changes)))}

    assert 0 < len(found) < 25
