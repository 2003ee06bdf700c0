"""The commands behind `make setup`, `make dev`, `make browser`, `make run`, and what `make package` puts together."""

import argparse
import os
import sys
from pathlib import Path

from movierec.localaws.layout import LocalAwsError, prepare
from scripts import checks, chromium, environments
from scripts.environments import Environment

_ROOT = Path(__file__).resolve().parents[1]
_REQUIREMENTS = _ROOT / "requirements"
_BASE, _TRAIN, _INFRA, _DEV = (_REQUIREMENTS / f"{name}.txt" for name in ("base", "train", "infra", "dev"))
_LAMBDA = _REQUIREMENTS / "lambda.txt"
_INTERRUPTED = 130  # what shells answer for a program ended by Ctrl-C

SERVING = Environment(_ROOT / ".venv", (_BASE, _TRAIN), holds=(_BASE, _TRAIN))
DEVELOPING = Environment(_ROOT / ".venv", (_DEV,), holds=(_BASE, _TRAIN, _INFRA, _DEV))
EMULATOR = Environment(_ROOT / ".venv-aws", (_REQUIREMENTS / "emulator.txt",))
CARRIED = Environment(_ROOT / ".venv-lambda", (_BASE, _LAMBDA))


def main(arguments: list[str]) -> int:
    """Do one command and return its exit code; what went wrong is said in one sentence."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "run":
            _run(options.port, options.state_dir)
        elif options.command == "browser":
            chromium.make_ready()
        elif options.command == "carried":
            _set_up(DEVELOPING)
            _fetch_carried()
        else:
            _set_up(DEVELOPING if options.command == "dev" else SERVING)
    except (checks.SetupError, LocalAwsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. The same command goes on from here.\n")
        return _INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bootstrap", description="Sets MovieRec up on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="install what serving needs")
    commands.add_parser("dev", help="install what serving, testing and checking need")
    commands.add_parser("carried", help="the same, and the packages that the Lambda carries")
    commands.add_parser("browser", help="install the browser that tests drive, where there is none")
    run = commands.add_parser("run", help="install what serving needs, and serve")
    run.add_argument("--port", required=True)
    run.add_argument("--state-dir", required=True)
    return parser


def _set_up(project: Environment) -> None:
    with environments.one_at_a_time(_REQUIREMENTS):
        environments.make_ready(project)
        environments.make_ready(EMULATOR)


def _fetch_carried() -> None:
    with environments.one_at_a_time(_REQUIREMENTS):
        environments.fill_for_lambda(CARRIED, DEVELOPING.python)


def _run(port_text: str, state_dir: str) -> None:
    """Check what the user chose, install what is missing, and become the server."""
    port = checks.free_port(port_text)
    if state_dir:  # else the settings choose, and the server looks at their choice
        prepare(_ROOT / Path(state_dir).expanduser())
    _set_up(SERVING)
    sys.stdout.flush()
    server = [str(SERVING.python), str(_ROOT / "manage.py"), "runserver", "--noreload", f"{checks.HOST}:{port}"]
    os.execv(server[0], server)  # noqa: S606 -- our own program; Ctrl-C then reaches it alone
