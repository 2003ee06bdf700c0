"""What every package goes through before it is uploaded: Zappa would deploy a broken one and say that it is live."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Set
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from infra.config import Config
from infra.declared.package import GLIBC_MINOR, LARGEST_UNPACKED, LARGEST_ZIP, MACHINE, PYTHON
from infra.declared.variables import variables
from infra.deployment.telling import Trouble
from infra.release import contents
from infra.release.events import request

_SECONDS: Final = 120
_SHOWN: Final = 1500


def must_be_like_lambda() -> None:
    """Raises Trouble on a machine that cannot run what Lambda runs, and so cannot try it."""
    here = (platform.system(), platform.machine())
    if here != MACHINE or sys.version_info[:2] != PYTHON:
        wanted, found = ".".join(map(str, PYTHON)), ".".join(map(str, sys.version_info[:2]))
        raise Trouble(
            f"The package is for Python {wanted} on {' '.join(MACHINE)}, and this is Python {found} on "
            f"{' '.join(here)}: build it on such a machine (make PYTHON=python{wanted} …), or in a container."
        )


def must_fit(archive: Path, folder: Path) -> None:
    """Raises Trouble for a package that is too large, or whose libraries want a newer system than Lambda's."""
    packed, unpacked = archive.stat().st_size, contents.size_of(folder)
    if packed > LARGEST_ZIP or unpacked > LARGEST_UNPACKED:
        raise Trouble(
            f"The package is too large: {packed / 2**20:.1f} MiB, unpacked {unpacked / 2**20:.1f} MiB; "
            f"{LARGEST_ZIP // 2**20} and {LARGEST_UNPACKED // 2**20} are allowed. "
            "Leave out what nothing needs, in infra/release/contents.py."
        )
    minor, library = contents.newest_glibc(folder)
    if minor > GLIBC_MINOR:
        raise Trouble(
            f"{library} needs glibc 2.{minor}, and Lambda's Python has 2.{GLIBC_MINOR}. Remove .venv-lambda and build "
            "again; if it stays so, pin a version with a manylinux2014 wheel."
        )


def must_carry(folder: Path, linked: Set[str]) -> None:
    """Raises Trouble where functions serve the static files themselves and the package lacks one."""
    static = (folder / contents.MANIFEST).parent
    lost = sorted(name for name in linked if not name.endswith(".map") and not (static / name).is_file())
    if lost:
        raise Trouble(
            f"The package lacks {lost[0]}, which its pages link: it was made for hosting = django. Make it again."
        )


def must_answer(config: Config, folder: Path) -> None:
    """Calls the package in an interpreter that has nothing else. Raises Trouble that says what is missing or wrong."""
    events = [
        request(config, "/health"),
        request(config, "/nowhere"),
        request(config, "/schema"),
        request(config, "/docs", headers={"Accept": "text/html"}),
        request(config, "/", headers={"Accept": "text/html"}),
        {"manage": "check"},
    ]
    health, nowhere, schema, docs, page, check = _answers(folder, events, environment(config))
    _must(health, (200, 503), '"checks"', "/health")
    _must(nowhere, (404,), '"code"', "an unknown path")
    _must(schema, (200,), '"openapi"', "/schema")
    _must(docs, (200,), "swagger-ui", "/docs")
    # The catalogue is away, and a page of ours says so.
    _must(page, (200, 503), "<html", "the front page")
    if check != {"exitCode": 0}:
        raise Trouble(f"The package is broken: `manage.py check` answers {check}.")


def environment(config: Config) -> dict[str, str]:
    """The variables of a function whose stacks are not there: real but for what AWS makes up."""
    shaped = {
        "api/host": f"release.execute-api.{config.region}.amazonaws.com",
        "auth/sign-in-host": f"release.auth.{config.region}.amazoncognito.com",
        "auth/user-pool-id": f"{config.region}_release",
    }
    made_up = defaultdict(lambda: "release", shaped)
    return variables(config, made_up) | {
        "AWS_LAMBDA_FUNCTION_NAME": "release",
        "AWS_REGION": config.region,
        "AWS_DEFAULT_REGION": config.region,
        "AWS_ACCESS_KEY_ID": "release",
        "AWS_SECRET_ACCESS_KEY": "release",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _answers(folder: Path, events: list[dict[str, Any]], variables: Mapping[str, str]) -> list[Any]:
    with TemporaryDirectory() as elsewhere:
        asked, answered = Path(elsewhere) / "events", Path(elsewhere) / "answers"
        asked.write_text(json.dumps({"events": events, "calls": contents.SERVICES}), encoding="utf-8")
        script = Path(__file__).with_name("isolated.py")
        # -I and -S leave nothing but Python's own modules to import from.
        command = [sys.executable, "-I", "-S", "-B", str(script), str(folder.resolve()), str(asked), str(answered)]
        try:
            done = subprocess.run(  # noqa: S603 -- this interpreter
                command,
                cwd=elsewhere,
                env=dict(variables),
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Trouble(f"The package is broken: it does not answer within {_SECONDS} s.") from error
        found = json.loads(answered.read_text(encoding="utf-8")) if answered.exists() else {}
    if "missing" in found:
        raise Trouble(
            f"The package lacks the module {found['missing']} ({found['why']}). Add it to requirements/base.in, or "
            "let infra/release/contents.py keep it."
        )
    if "answers" not in found:
        raise Trouble(f"The package is broken; its handler ended so:\n{done.stderr[-_SHOWN:].strip()}")
    return list(found["answers"])


def _must(answer: Any, statuses: tuple[int, ...], text: str, what: str) -> None:
    status, body = answer.get("statusCode"), str(answer.get("body", ""))
    if status not in statuses or text not in body:
        raise Trouble(f"The package is broken: {what} is answered with {status} and {body[:300]!r}.")
