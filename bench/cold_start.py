"""How long a package takes from the start of its process to its first answer, next to a bare Django package.

    .venv/bin/python -m bench.cold_start [--env dev] [--starts 11]

Needs the package (`make package`). The bare one is Django, Django REST framework and Zappa's own handler, with the
files and the bytecode that the same package has of them; it answers each request as ours does, by as little as that
takes (`bench/bare`). Both start in turn, each time in an interpreter of its own without the network, so that they do
the work of one process and wait for nobody: no AWS answers, and the pauses before something is tried again are left
out. What each pair of starts took, ours by the bare one's, is one ratio.

Promised is that the median of these ratios is at most 1.3, in processor time, for each request that `PROMISED` lists.
Processor time decides, since other work on the machine lengthens the time of the clock, of one start and not of
another; that is printed beside it. A request above the limit is measured a second time, and the lower median counts.
What `TOLD` lists is measured and printed, and nothing follows from it. Ends with 1 where the promise is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter
from typing import Final, NamedTuple

from infra import environments
from infra.config import Config
from infra.release import contents, gate
from infra.release.events import request
from infra.release.packaging import UNPACKED
from infra.release.settings import folder

MOST: Final = 1.3
LEAST_STARTS: Final = 11
BARE: Final = Path(__file__).with_name("bare")
START: Final = Path(__file__).with_name("first_answer.py")
# What makes the package the application.
OURS: Final = ("apps", "movierec", "build", "manage.py", "zappa_settings.py")


@dataclass(frozen=True)
class Asked:
    """A path, and the status of its answer without AWS. `html` says that a page is asked for."""

    path: str
    status: int
    html: bool = False


class Compared(NamedTuple):
    """A first request to ours, and the one to the bare package that it is held against."""

    what: str
    ours: Asked
    bare: Asked


PROMISED: Final = (
    # Through every layer of the API to its refusal; no row is read for it.
    Compared("a refusal", Asked("/user/favourites", 401), Asked("/refusal", 401)),
    # Ours makes its DynamoDB client, asks for a row and says that nobody answers; the bare one says that it works.
    Compared("/health", Asked("/health", 503), Asked("/health", 200)),
    Compared("an unknown path", Asked("/nowhere", 404), Asked("/nowhere", 404)),
    # Ours shows no posters, since the catalogue is away.
    Compared("the front page", Asked("/", 200, html=True), Asked("/", 200, html=True)),
)
TOLD: Final = (Compared("/health, the bare one asking DynamoDB, too", Asked("/health", 503), Asked("/data", 503)),)


class Took(NamedTuple):
    """Seconds of one start: of the clock, and of a processor."""

    clock: float
    processor: float


@dataclass(frozen=True)
class Package:
    """An unpacked package and its handler."""

    name: str
    folder: Path
    handler: str


def main() -> int:
    """Measures and prints; 1 where it takes too long."""
    options = _options()
    config = environments.load(options.env)
    package = folder(config) / UNPACKED
    with TemporaryDirectory() as place:
        bare = Package("bare", bare_package(package, Path(place) / "bare"), "zappa.handler.lambda_handler")
        ours = Package("MovieRec", package, "movierec.serverless.handler.lambda_handler")
        kept = [_is_kept(config, ours, bare, compared, options.starts) for compared in PROMISED]
        for compared in TOLD:
            _tell(compared, measured(config, ours, bare, compared, options.starts))
    print(f"at most {MOST} of processor time for the first {len(PROMISED)} is {'' if all(kept) else 'NOT '}kept")
    return 0 if all(kept) else 1


def _is_kept(config: Config, ours: Package, bare: Package, compared: Compared, starts: int) -> bool:
    for _ in range(2):
        pairs = measured(config, ours, bare, compared, starts)
        _tell(compared, pairs)
        if processor_ratio(pairs) <= MOST:
            return True
    return False


def measured(config: Config, ours: Package, bare: Package, compared: Compared, starts: int) -> list[tuple[Took, Took]]:
    """What ours and the bare one took, in pairs; a first pair that fills the disk's cache is left out."""
    pairs = [(_start(config, ours, compared.ours), _start(config, bare, compared.bare)) for _ in range(starts + 1)]
    return pairs[1:]


def processor_ratio(pairs: list[tuple[Took, Took]]) -> float:
    """The median of ours by the bare one's, in processor time."""
    return median(ours.processor / bare.processor for ours, bare in pairs)


def clock_ratio(pairs: list[tuple[Took, Took]]) -> float:
    """The median of ours by the bare one's, in time of the clock."""
    return median(ours.clock / bare.clock for ours, bare in pairs)


def _tell(compared: Compared, pairs: list[tuple[Took, Took]]) -> None:
    ours, bare = (median(pair[side].processor for pair in pairs) * 1000 for side in (0, 1))
    print(
        f"{compared.what:44} processor {ours:4.0f} ms by {bare:4.0f} ms, ratio {processor_ratio(pairs):.2f}; "
        f"clock, ratio {clock_ratio(pairs):.2f}; {len(pairs)} pairs",
        flush=True,
    )


def _start(config: Config, package: Package, asked: Asked) -> Took:
    headers = {"Accept": "text/html"} if asked.html else None
    event = json.dumps(request(config, asked.path, headers=headers))
    command = [sys.executable, "-I", "-S", "-B", str(START), str(package.folder.resolve()), package.handler, event]
    # A file takes what is printed, and not a pipe, so that the process can be waited for by its id.
    with TemporaryFile("w+", encoding="utf-8") as printed:
        started = perf_counter()
        process = subprocess.Popen(  # noqa: S603 -- this interpreter
            command, env=gate.environment(config), cwd="/", stdout=printed, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        took = Took(perf_counter() - started, used.ru_utime + used.ru_stime)
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read()
    if not text.rstrip().endswith(f"answered {asked.status}"):
        raise SystemExit(f"{package.name} answers {asked.path} otherwise than with {asked.status}:\n{text}")
    return took


def bare_package(package: Path, target: Path) -> Path:
    """Makes the bare package, of the libraries in ours."""
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
    parser = argparse.ArgumentParser(description="Compares the first answers of the package with a bare one's.")
    parser.add_argument("--env", default="dev")
    parser.add_argument("--starts", type=int, default=LEAST_STARTS, help="pairs of starts for each request")
    options = parser.parse_args()
    if options.starts < LEAST_STARTS:
        parser.error(f"--starts must be at least {LEAST_STARTS}")
    return options


if __name__ == "__main__":
    sys.exit(main())
