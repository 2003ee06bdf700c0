"""How long a package takes from the start of its process to its first answer, next to a bare Django package.

    .venv/bin/python -m bench.cold_start [--env dev] [--starts 21]

Needs the package (`make package`). The bare one is Django, Django REST framework and Zappa's own handler, with the
files and the bytecode that the same package has of them. Both start in turn, each time in an interpreter of its own
without the network. Ends with 1 where the ratio of the medians is above the limit.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from infra import environments
from infra.config import Config
from infra.release import contents, gate
from infra.release.events import request
from infra.release.packaging import UNPACKED
from infra.release.settings import folder

MOST = 1.3
LEAST_STARTS = 11
BARE = Path(__file__).with_name("bare")
START = Path(__file__).with_name("first_answer.py")
# What makes the package the application.
OURS = ("apps", "movierec", "build", "manage.py", "zappa_settings.py")


@dataclass(frozen=True)
class Contender:
    """A package: its folder, its handler, and a request that it answers without AWS, with this status."""

    name: str
    folder: Path
    handler: str
    path: str
    status: int


def main() -> int:
    """Measures and prints; 1 where it takes too long."""
    options = _options()
    config = environments.load(options.env)
    package = folder(config) / UNPACKED
    with TemporaryDirectory() as place:
        bare = Contender("bare", _bare(package, Path(place) / "bare"), "zappa.handler.lambda_handler", "/health", 200)
        handler = "movierec.serverless.handler.lambda_handler"
        # Through every layer of the API to its refusal; no row is read for it.
        ours = Contender("MovieRec", package, handler, "/user/favourites", 401)
        took = measured(config, (bare, ours), options.starts)
    ratio = median(took["MovieRec"]) / median(took["bare"])
    for name, seconds in took.items():
        spread = f"{min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f}"
        print(f"{name:10} {median(seconds) * 1000:6.0f} ms to the first answer ({spread} in {len(seconds)} starts)")
    print(f"ratio {ratio:.2f}, at most {MOST} is allowed")
    return 0 if ratio <= MOST else 1


def measured(config: Config, contenders: tuple[Contender, ...], starts: int) -> dict[str, list[float]]:
    """Seconds of each start, in turn; a first round that fills the disk's cache is left out."""
    took: dict[str, list[float]] = {one.name: [] for one in contenders}
    for number in range(starts + 1):
        for one in contenders:
            seconds = _start(config, one)
            if number:
                took[one.name].append(seconds)
    return took


def _start(config: Config, one: Contender) -> float:
    event = json.dumps(request(config, one.path))
    command = [sys.executable, "-I", "-S", "-B", str(START), str(one.folder.resolve()), one.handler, event]
    started = perf_counter()
    done = subprocess.run(  # noqa: S603 -- this interpreter
        command, env=gate.environment(config), cwd="/", capture_output=True, text=True, check=False
    )
    seconds = perf_counter() - started
    if not done.stdout.rstrip().endswith(f"answered {one.status}"):
        raise SystemExit(f"{one.name} answers otherwise than with {one.status}:\n{done.stdout}{done.stderr}")
    return seconds


def _bare(package: Path, target: Path) -> Path:
    """The bare package, of the libraries in ours."""
    if not package.exists():
        raise SystemExit("There is no package: run `make package`.")
    shutil.copytree(package, target, ignore=lambda place, _names: OURS if Path(place) == package else ())
    shutil.copytree(BARE, target / "bare", ignore=shutil.ignore_patterns("__pycache__"))
    text = (package / "zappa_settings.py").read_text(encoding="utf-8")
    text = text.replace("'movierec.wsgi'", "'bare.wsgi'").replace("'movierec.settings'", "'bare.settings'")
    (target / "zappa_settings.py").write_text(text, encoding="utf-8")
    contents.compile_all(target)
    return target


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compares the first answer of the package with a bare one's.")
    parser.add_argument("--env", default="dev")
    parser.add_argument("--starts", type=int, default=LEAST_STARTS)
    options = parser.parse_args()
    if options.starts < LEAST_STARTS:
        parser.error(f"--starts must be at least {LEAST_STARTS}")
    return options


if __name__ == "__main__":
    sys.exit(main())
