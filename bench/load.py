"""How long a process takes to load a large model, against reading and hashing the same bytes and nothing else.

Run: python bench/load.py [titles]

Builds a model folder in a temporary directory (three operators, content neighbours, two sets of factors), loads it in
turns with a plain reader, and prints the medians, their ratio, the folder's size and the memory that the model takes.
"""

import gc
import hashlib
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from apps.recommendations.engine.artifact import load, verify
from apps.recommendations.engine.titles import Title
from apps.recommendations.training.packing import PackedRows, pack_entries, pack_factors
from apps.recommendations.training.writing import PackedModel, PackedOperator, write_model
from bench.recommend import synthetic_title

ROUNDS = 7
MOST_LIKED = 20_000
MOST_LIKED_ENTRIES = 150
OTHER_ENTRIES = 20
CONTENT_ENTRIES = 50
FACTORS = {"first": 64, "second": 64}
WORDS = ("night", "family", "city", "secret", "journey", "war", "river", "dream", "stranger", "island", "letter")


def described(title: Title, chance: random.Random) -> Title:
    """The title with what only display needs: an overview, pictures, countries."""
    overview = " ".join(chance.choices(WORDS, k=45))
    picture = f"/{chance.randbytes(13).hex()}.jpg"
    return replace(title, overview=overview, poster_path=picture, backdrop_path=picture, countries=("US", "FR"))


def synthetic_rows(lengths: np.ndarray, generator: np.random.Generator) -> PackedRows:
    """Rows of the given lengths with random entries."""
    entries = int(lengths.sum())
    rows = np.repeat(np.arange(len(lengths)), lengths)
    columns = generator.integers(0, len(lengths), entries)
    return pack_entries(rows, columns, generator.normal(size=entries).astype(np.float32), len(lengths))


def write(folder: Path, count: int) -> None:
    """A model folder of `count` titles."""
    chance, generator = random.Random(1), np.random.default_rng(1)
    lengths = np.where(np.arange(count) < MOST_LIKED, MOST_LIKED_ENTRIES, OTHER_ENTRIES)
    likes = generator.pareto(0.7, count).clip(0, 50_000).tolist()
    packed = PackedModel(
        titles=[described(synthetic_title(n, chance), chance) for n in range(count)],
        likes=likes,
        recent=likes,
        operators=[PackedOperator(history, synthetic_rows(lengths, generator)) for history in (5, 15, None)],
        content=synthetic_rows(np.full(count, CONTENT_ENTRIES), generator),
        factors={
            name: pack_factors(generator.normal(size=(count, d)), generator.normal(size=(count, d)))
            for name, d in FACTORS.items()
        },
    )
    files, facts = packed.to_files()
    write_model(folder, files, {**facts, "report": {}}, datetime.now(UTC))


def read_and_hash(folder: Path) -> None:
    """The least that any reader of the folder must do."""
    for path in folder.iterdir():
        hashlib.sha256(path.read_bytes()).hexdigest()


def milliseconds(call: Callable[[], object]) -> tuple[float, float]:
    """How long `call` took by the clock and of processors, the collection of what it leaves behind not counted."""
    started, worked = time.perf_counter(), time.process_time()
    result = call()
    taken = (time.perf_counter() - started) * 1000, (time.process_time() - worked) * 1000
    del result
    gc.collect()
    return taken


def main(count: int) -> None:
    """Write a model, load it in turns with the plain reader, and print what was measured."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory) / "model"
        started = time.perf_counter()
        write(folder, count)
        print(f"{count:,} titles, written in {time.perf_counter() - started:.1f} s")
        for path in sorted(folder.iterdir()):
            print(f"  {path.stat().st_size / 1e6:6.1f} MB  {path.name}")
        print(f"  {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:6.1f} MB  in all")
        loads, reads = [], []
        for _ in range(ROUNDS):
            loads.append(milliseconds(lambda: load(folder)))
            reads.append(milliseconds(lambda: read_and_hash(folder)))
        for name, times in (("load", loads), ("read and hash", reads)):
            clock, processors = (statistics.median(column) for column in zip(*times, strict=True))
            print(f"{name:15s} {clock:6.1f} ms by the clock, {processors:6.1f} ms of processors, medians of {ROUNDS}")
        ratio = statistics.median(a / b for (a, _), (b, _) in zip(loads, reads, strict=True))
        print(f"ratio           {ratio:6.2f} by the clock")
        before = resource_megabytes()
        model = load(folder)
        print(f"memory          {resource_megabytes() - before:6.1f} MB for {len(model):,} titles")
        print(f"verify          {milliseconds(lambda: verify(folder))[0] / 1000:6.1f} s")


def resource_megabytes() -> float:
    """The memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [60_000][len(given) :]))
