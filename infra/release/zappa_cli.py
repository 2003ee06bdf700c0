"""Zappa's command line: what it prints goes to a file, and its exit code is not believed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from botocore.exceptions import ClientError

from infra.config import Config
from infra.declared.functions import Function
from infra.deployment.aws import Aws, sentence
from infra.deployment.telling import Trouble
from infra.release import settings
from infra.release.settings import ROOT, folder

LOG: Final = "zappa.log"
_PACKED: Final = ("apps", "movierec", "manage.py", "build/static")
_LINES_SHOWN: Final = 15
_RULE: Final = "\n==============\n"
_REFUSAL: Final = re.compile(r"An error occurred \((\w+)\) when calling the (\w+) operation[^:\n]*: (.*)")
# What would lead Zappa to other credentials than those of a stand-in.
_OF_PEOPLE: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


def package(config: Config, archive: Path) -> None:
    """Makes the zip, which the hook then reduces. Raises Trouble."""
    settings_file = settings.written(config, {}, {})
    project = _project(config)
    archive.unlink(missing_ok=True)
    _run(
        config, ["package", config.env, "-s", str(settings_file), "-o", os.path.relpath(archive, project)], {}, project
    )


def _project(config: Config) -> Path:
    """A folder with links to what is packed: Zappa takes all it finds, and there is much else in a working copy."""
    project = folder(config) / "project"
    shutil.rmtree(project, ignore_errors=True)
    for name in _PACKED:
        link = project / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(ROOT / name)
    return project


def upload(aws: Aws, function: Function, place: str, *, is_new: bool) -> None:
    """Makes a function, or gives it other code and settings; `place` is the package, such as s3://bucket/key.

    Raises Trouble where Zappa fails; that it does not fail says little, so look at the function afterwards.
    """
    settings_file = folder(aws.config) / settings.FILE.name
    words = ["deploy" if is_new else "update", function.stage, "-s", str(settings_file), "--zip", place]
    _run(aws.config, words, _credentials(aws))


def _credentials(aws: Aws) -> dict[str, str]:
    if not aws.is_local:
        return {}
    return {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def _run(config: Config, words: list[str], more: Mapping[str, str], where: Path = ROOT) -> None:
    inherited = {name: value for name, value in os.environ.items() if not more or name not in _OF_PEOPLE}
    surroundings = inherited | {
        "VIRTUAL_ENV": str(ROOT / ".venv-lambda"),
        "AWS_DEFAULT_REGION": config.region,
        # Where the hook is.
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        **more,
    }
    log = folder(config) / LOG
    # -j: it would ask the package index for a newer Zappa otherwise.
    command = [sys.executable, "-m", "zappa.cli", *words, "-j", "--disable_progress"]
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ zappa {' '.join(words)}\n")
        file.flush()
        before = file.tell()
        done = subprocess.run(  # noqa: S603 -- the environment's own Zappa
            command, cwd=where, env=surroundings, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False
        )
    if done.returncode != 0:
        said = log.read_bytes()[before:].decode(errors="replace")
        raise Trouble(f"Zappa could not {words[0]} {words[1]}; {os.path.relpath(log)} has all of it:\n{reason(said)}")


def reason(said: str) -> str:
    """Why Zappa failed, of all that it printed: AWS's refusal in our words, else its last lines without greetings."""
    if refused := _REFUSAL.findall(said):
        code, operation, message = refused[-1]
        return sentence(ClientError({"Error": {"Code": code, "Message": message}}, operation))
    # Zappa shows where it failed between two such lines, and asks for bug reports below.
    parts = said.split(_RULE)
    told = parts[-2] if len(parts) > 2 else said
    return "\n".join(told.strip().splitlines()[-_LINES_SHOWN:])
