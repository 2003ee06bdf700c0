"""docs/infrastructure.md says what the commands say.

`UPDATE_DOCS=1 .venv/bin/python -m pytest tests/infra/test_docs_infrastructure.py` writes it anew, and the picture.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

import pytest

from infra import diagram, environments, report, synth
from infra.__main__ import _COMMANDS, _parser, main
from infra.config import SWITCHES
from infra.synth import templates
from scripts.commands import CARRIED

ROOT = Path(synth.__file__).parents[1]
PAGE = ROOT / "docs" / "infrastructure.md"
PICTURE = ROOT / "docs" / "images" / "stacks.svg"
UPDATE = bool(os.environ.get("UPDATE_DOCS"))
SHOWN = re.compile(r"```sh\npython -m infra (?P<words>[^\n]*)\n```\n\n```text\n(?P<told>.*?)```", re.DOTALL)
STACKS = re.compile(r"<!-- stacks of prod -->\n(?P<table>.*?)<!-- end -->", re.DOTALL)


def rewrite(path: Path, text: str) -> None:
    if UPDATE:
        path.write_text(text, encoding="utf-8")


def test_the_table_of_stacks_is_the_codes() -> None:
    page = PAGE.read_text(encoding="utf-8")
    config = environments.load("prod")
    table = report.stack_table(config, templates(config))
    rewrite(PAGE, STACKS.sub(lambda _: f"<!-- stacks of prod -->\n{table}\n<!-- end -->", page))

    (found,) = STACKS.findall(PAGE.read_text(encoding="utf-8"))
    assert found == f"{table}\n"


def test_the_picture_is_the_codes() -> None:
    drawn = diagram.svg(environments.load("prod"))
    rewrite(PICTURE, drawn)

    assert PICTURE.read_text(encoding="utf-8") == drawn
    assert f"]({PICTURE.relative_to(PAGE.parent)})" in PAGE.read_text(encoding="utf-8")


def test_the_estimates_are_what_the_command_tells(capsys: pytest.CaptureFixture[str]) -> None:
    def told(match: re.Match[str]) -> str:
        assert main(shlex.split(match["words"])) == 0
        return f"```sh\npython -m infra {match['words']}\n```\n\n```text\n{capsys.readouterr().out}```"

    page = PAGE.read_text(encoding="utf-8")
    fresh = SHOWN.sub(told, page)
    rewrite(PAGE, fresh)

    assert len(SHOWN.findall(page)) == 2
    assert PAGE.read_text(encoding="utf-8") == fresh


def test_every_switch_has_its_row_with_all_its_values() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (`[\w`, ]+`) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))

    assert rows == {switch: ", ".join(f"`{value}`" for value in values) for switch, values in SWITCHES.items()}


def test_every_command_of_the_page_is_one() -> None:
    commands = re.findall(r"^\| `python -m infra ([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert {words.split()[0] for words in commands} == set(_COMMANDS)
    for words in commands:
        assert _parser().parse_args(shlex.split(words)).env == "dev"


def test_zappa_by_hand_finds_the_hook_and_the_packages() -> None:
    (words,) = re.findall(r"^(.*) \.venv/bin/zappa update dev$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    given = dict(word.split("=") for word in words.split())
    stages = json.loads((ROOT / "zappa_settings.json").read_text(encoding="utf-8"))
    hook = stages["base"]["callbacks"]["zip"].rpartition(".")[0]

    assert (ROOT / given["PYTHONPATH"] / f"{hook.replace('.', '/')}.py").is_file()
    assert ROOT / given["VIRTUAL_ENV"] == CARRIED.folder
    assert given["AWS_DEFAULT_REGION"] == stages["base"]["aws_region"] == environments.load("dev").region
