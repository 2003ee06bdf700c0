"""Runs in an interpreter of its own with an unpacked package and nothing else: what it answers, and what it lacks.

Called with the package's folder, a file of what to ask (JSON), and the file to write the answers to. It reads no
module but Python's own before the package's folder is where modules come from. The network is cut, as nothing here may
need it.
"""

from __future__ import annotations

import ast
import json
import re
import socket
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

HANDLER = "movierec.serverless.handler"
# Training is done elsewhere, with libraries that a function does not carry.
LEFT_OUT = ("apps.recommendations.training", "numpy", "scipy", "tqdm")


class Context:
    """What Lambda says of a call, as far as anybody asks."""

    function_name = memory_limit_in_mb = invoked_function_arn = ""
    aws_request_id = "00000000-0000-0000-0000-000000000000"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 29_000


def main(folder: str, asked: str, answers: str) -> None:
    """Reads {"events": […], "calls": {service: call}}; writes {"answers": […]} or {"missing": name, "why": text}."""
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    socket.socket.connect = socket.getaddrinfo = _cut  # type: ignore[method-assign]
    wanted = json.loads(Path(asked).read_text(encoding="utf-8"))
    try:
        found: dict[str, Any] = _asked(Path(folder), wanted)
    except ImportError as error:
        found = {"missing": error.name or _named(str(error)), "why": str(error)}
    Path(answers).write_text(json.dumps(found), encoding="utf-8")


def _asked(folder: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    handler = import_module(HANDLER).lambda_handler
    answers = [handler(event, Context()) for event in wanted["events"]]
    for name in sorted(set(_imported(folder))):
        if not f"{name}.".startswith(tuple(f"{one}." for one in LEFT_OUT)):
            import_module(name)
    for service, call in wanted["calls"].items():
        _try_call(service, call)
    return {"answers": answers}


def _try_call(service: str, call: str) -> None:
    """Goes through all of botocore's data for a call, up to the network that is cut."""
    botocore, config = import_module("botocore.exceptions"), import_module("botocore.config")
    once = config.Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    client = import_module("boto3").client(service, config=once)
    try:
        getattr(client, call)()
    except botocore.EndpointConnectionError:
        return
    raise RuntimeError(f"{service} was asked {call}, and something answered.")


def _imported(folder: Path) -> Iterator[str]:
    """The modules that the project's sources import anywhere, also those that a function imports when it is called."""
    for source in folder.glob("*/**/*.py"):
        for node in ast.walk(ast.parse(source.read_bytes())):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module


def _named(text: str) -> str:
    """The module that a framework's own error speaks of."""
    found = re.search(r"No module named '([\w.]+)'", text)
    return found[1] if found else "?"


def _cut(*_given: object, **_named: object) -> NoReturn:
    raise ConnectionRefusedError("There is no network while a package is tried.")


if __name__ == "__main__":
    main(*sys.argv[1:])
