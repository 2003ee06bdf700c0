"""The runbook: it has a heading for each alarm, and its commands exist."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from infra import environments, graph
from infra.__main__ import _parser
from infra.stack import Stack
from tests.infra.reading import of_type

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
DOCUMENTS = [RUNBOOK, (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")]
MODES = [
    [],
    ["api=http", "hosting=spa"],
    ["hosting=amplify"],
]
# What the AWS CLI has beside AWS's own operations.
CLI_ONLY = {("s3", "ls"), ("logs", "tail")}
CLI_NAMES = {"deploy": "codedeploy"}
CLI_OPTIONS = {"region", "query", "output", "cli-binary-format", "max-items", "profile"}


def stacks() -> Iterator[Stack]:
    for env in ("dev", "staging", "prod"):
        for changes in MODES:
            if env == "prod" or "hosting=amplify" not in changes:  # which needs a site
                config = environments.load(env, changes)
                yield from (part.build(config) for part in graph.parts(config) if part.name in WATCHING)


WATCHING = ("compute", "observability", "observability-global", "budget")


@cache
def alarms() -> dict[str, str]:
    """The heading of each alarm, budget and subscription, by its name without the environment."""
    found = {}
    for stack in stacks():
        made, prefix = stack.to_dict(), f"{stack.config.prefix}-"
        for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
            for body in of_type(made, kind).values():
                name = body["Properties"]["AlarmName"].removeprefix(prefix)
                found[name] = body["Properties"]["AlarmDescription"].rpartition(" What to do: docs/runbook.md#")[2]
        for body in of_type(made, "AWS::Budgets::Budget").values():
            name = body["Properties"]["Budget"]["BudgetName"].removeprefix(prefix)
            found[name] = name
        for body in of_type(made, "AWS::CE::AnomalySubscription").values():
            name = body["Properties"]["SubscriptionName"].removeprefix(prefix)
            found[name] = name
    return found


def anchor(heading: str) -> str:
    """How the pages of the repository call a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(text: str) -> list[tuple[int, str]]:
    outside = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [(len(level), title) for level, title in re.findall(r"^(#+) (.+)$", outside, re.MULTILINE)]


def shell_lines() -> list[str]:
    blocks = [block for text in DOCUMENTS for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]
    # And those within sentences that have options, without which a name is only spoken of.
    spoken = [line for text in DOCUMENTS for line in re.findall(r"`((?:python -m infra|aws) [^`\n]* --[^`\n]+)`", text)]
    return [line for block in blocks for line in block.splitlines() if line] + spoken


def words_after(start: str) -> list[list[str]]:
    """The words of each shell line that begins so."""
    return [shlex.split(line)[len(start.split()) :] for line in shell_lines() if line.startswith(f"{start} ")]


class TestAlarms:
    def test_each_alarm_names_a_heading_and_each_heading_is_an_alarms(self) -> None:
        under = RUNBOOK.partition("\n## Alarms\n")[2].partition("\n## ")[0]

        assert sorted({title for _, title in headings(under)}) == sorted(set(alarms().values()))

    def test_alarms_have_their_own_heading_but_for_parts_of_another(self) -> None:
        others = {name: heading for name, heading in alarms().items() if name != heading}

        assert all(re.fullmatch(rf"(api|site)-{heading}", name) for name, heading in others.items())
        assert len(alarms()) > 20

    def test_headings_are_found_by_their_anchors(self) -> None:
        titles = [title for _, title in headings(RUNBOOK)]

        assert all(heading == anchor(heading) for heading in alarms().values())
        assert len(set(map(anchor, titles))) == len(titles)


def test_links_lead_to_headings() -> None:
    for name in ("runbook.md", "operations.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        for file, mark in re.findall(r"\]\(([\w.]*)#([\w-]+)\)", text):
            there = (ROOT / "docs" / (file or name)).read_text(encoding="utf-8")
            assert mark in [anchor(title) for _, title in headings(there)], f"{name}: {file}#{mark}"


class TestCommands:
    def test_there_are_some_of_each_kind(self) -> None:
        for start in ("python -m infra", ".venv/bin/python manage.py", "make", "aws", "python scripts/"):
            assert any(line.startswith(start) for line in shell_lines()), start

    @pytest.mark.parametrize("words", words_after("python -m infra"), ids=" ".join)
    def test_infra(self, words: list[str]) -> None:
        options = _parser().parse_args(words)

        environments.load(options.env, options.set)

    @pytest.mark.parametrize("words", words_after(".venv/bin/python manage.py"), ids=" ".join)
    def test_manage(self, words: list[str]) -> None:
        parse(words)

    def test_what_the_function_of_the_jobs_is_asked(self) -> None:
        payloads = [words[words.index("--payload") + 1] for words in words_after("aws lambda invoke")]

        assert len(payloads) > 5
        for payload in payloads:
            parse(json.loads(payload)["manage"].split())

    @pytest.mark.parametrize("words", words_after("make"), ids=" ".join)
    def test_make(self, words: list[str]) -> None:
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

        assert words[0] in targets
        assert all(re.fullmatch(r"[A-Z]+=.*", word) for word in words[1:])

    @pytest.mark.parametrize("line", [line for line in shell_lines() if line.startswith("python scripts/")])
    def test_scripts(self, line: str) -> None:
        assert (ROOT / line.split()[1]).is_file()

    @pytest.mark.parametrize("words", words_after("aws"), ids=" ".join)
    def test_aws(self, words: list[str]) -> None:
        service, operation, *rest = words
        if (service, operation) in CLI_ONLY or operation == "wait":
            return
        known = aws_options(service, operation)
        given = {word.removeprefix("--") for word in rest if re.fullmatch(r"--[a-z][a-z-]*", word)}

        assert given - CLI_OPTIONS <= known

    def test_an_unknown_option_of_aws_is_seen(self) -> None:
        assert "table-name" in aws_options("dynamodb", "describe-table")
        assert "table" not in aws_options("dynamodb", "describe-table")


def parse(words: list[str]) -> None:
    """Reads a line of manage.py as the command would. A wrong one ends the process or raises."""
    name, *rest = words
    app = get_commands()[name]
    command = app if isinstance(app, BaseCommand) else load_command_class(app, name)
    command.create_parser("manage.py", name).parse_args(rest)


@cache
def _service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(CLI_NAMES.get(name, name))


def aws_options(service: str, operation: str) -> set[str]:
    """The options that the AWS CLI has for an operation, without those that are everywhere."""
    model = _service(service)
    by_name = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(by_name[operation]).input_shape
    options = {xform_name(name, "-"): member for name, member in (shape.members if shape else {}).items()}
    return {*options, *(f"no-{name}" for name, member in options.items() if member.type_name == "boolean")}
