"""How fast `manage.py rank` answers, as its caller sees it, against a naive item-cosine scorer in the same run.

Run: python bench/rank_latency.py [titles] [likes] [exact titles]

Titles and people are generated: popularity follows a power law, and people like titles of a few latent clusters. A
model is trained on them, the command is started on it, and 300 lines of 100 likes are sent one at a time, each in turn
with the same history for the naive scorer: a dictionary of dictionaries of cosines in plain Python. Exact weights of
fewer titles than training takes make the benchmark ready sooner; rows are as long either way.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from apps.recommendations.engine.titles import Title
from apps.recommendations.training.building import build, likes_of
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.neighbours import cosine_rows
from apps.recommendations.training.protocols import like_matrix
from apps.recommendations.training.writing import write_model
from bench.recommend import synthetic_title

ROOT = Path(__file__).resolve().parent.parent
LINES = 300
WARM_UP = 20
CLUSTERS = 60
PEOPLE = 12_000
MEAN_LIKES = 60
NEIGHBOURS = 200
ANSWER = 100
SEED = 11


def main(count: int, likes: int, exact: int) -> None:
    """Builds everything, measures, and prints the times and their ratio to the naive scorer's."""
    chance = random.Random(SEED)
    titles = [synthetic_title(n, chance) for n in range(1, count + 1)]
    interactions = generated(titles, np.random.default_rng(SEED))
    print(f"{count} titles, {len(interactions)} likes of {PEOPLE} people; training", flush=True)
    lines = histories(interactions, likes, chance)
    with tempfile.TemporaryDirectory(prefix="movierec-bench-") as scratch:
        folder = Path(scratch) / "model"
        parts = build(likes_of(interactions, titles), titles, lambda *_: None, most_exact=exact)
        files, facts = parts.to_files()
        write_model(folder, files, {**facts, "report": {}}, datetime.now(UTC))
        naive = naive_scorer(interactions, titles)
        ours, theirs, started = measured(folder, naive, lines)
    print(f"ready for lines after {started:.2f} s; {len(ours)} lines of {likes} likes each")
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        one, other = percentile(ours, part), percentile(theirs, part)
        print(f"{name}: rank {1000 * one:6.2f} ms, naive item cosine {1000 * other:6.2f} ms, ratio {one / other:.2f}")


def generated(titles: Sequence[Title], generator: np.random.Generator) -> Interactions:
    """Likes by popularity (a power law) within the few clusters that each person draws from."""
    count = len(titles)
    popularity = (1 + generator.permutation(count)) ** -0.9
    cluster = generator.integers(0, CLUSTERS, count)
    members = [np.flatnonzero(cluster == one) for one in range(CLUSTERS)]
    odds = [popularity[own] / popularity[own].sum() for own in members]
    events = []
    for person in range(PEOPLE):
        drawn = generator.choice(CLUSTERS, size=3, replace=False)
        size = 5 + generator.poisson(generator.exponential(MEAN_LIKES))
        for one in drawn:
            for place in set(generator.choice(members[one], size=1 + size // 3, p=odds[one]).tolist()):
                events.append((f"p{person}", titles[place].key, 1.0, float(person)))
    return Interactions.from_events(events)


def histories(interactions: Interactions, likes: int, chance: random.Random) -> list[list[int]]:
    """Titles that people like, joined and cut to so many."""
    numbers = [key[1] for key in interactions.items]
    liked = [numbers[place] for place in interactions.item_indices.tolist()]
    found: list[list[int]] = []
    while len(found) < LINES + WARM_UP:
        start = chance.randrange(len(liked))
        own = list(dict.fromkeys(liked[start : start + 3 * likes]))[:likes]
        if len(own) == likes:
            found.append(own)
    return found


def naive_scorer(interactions: Interactions, titles: Sequence[Title]) -> Callable[[list[int]], list[int]]:
    """The neighbours of each liked title by cosine, added up in dictionaries."""
    matrix: sparse.csr_matrix = like_matrix(interactions, titles)
    liked = np.flatnonzero(matrix.getnnz(axis=0)).tolist()
    rows = cosine_rows(matrix, liked, liked, NEIGHBOURS)
    cosine = {
        titles[i].media_id: {
            titles[liked[j]].media_id: float(w) for j, w in zip(columns.tolist(), weights.tolist(), strict=True)
        }
        for i, (columns, weights) in zip(liked, rows, strict=True)
    }

    def rank(history: list[int]) -> list[int]:
        scores: dict[int, float] = {}
        for own in history:
            for other, weight in cosine.get(own, {}).items():
                scores[other] = scores.get(other, 0.0) + weight
        for own in history:
            scores.pop(own, None)
        return sorted(scores, key=lambda number: -scores[number])[:ANSWER]

    return rank


def measured(
    folder: Path, naive: Callable[[list[int]], list[int]], lines: Sequence[list[int]]
) -> tuple[list[float], list[float], float]:
    """Seconds of each line by `rank` and by the naive scorer, and from the start of the process to its first answer."""
    started = time.perf_counter()
    environment = os.environ | {"STATE_DIR": str(folder.parent / "state")}
    command = [sys.executable, "manage.py", "rank", "--model", str(folder)]
    ours: list[float] = []
    theirs: list[float] = []
    with subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:

        def ask(line: list[int]) -> int:
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps(line).encode() + b"\n")
            process.stdin.flush()
            return len(json.loads(process.stdout.readline()))

        assert ask(lines[0]) == ANSWER
        ready = time.perf_counter() - started
        for number, line in enumerate(lines):
            one, other = timed(lambda: ask(line)), timed(lambda: naive(line))  # noqa: B023 - called at once
            if number >= WARM_UP:
                ours.append(one)
                theirs.append(other)
        process.communicate()
    return ours, theirs, ready


def timed(call: Callable[[], object]) -> float:
    """Seconds that the call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` of the values lie."""
    return statistics.quantiles(values, n=1000, method="inclusive")[min(998, round(part * 1000) - 1)]


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [60_000, 100, 3_000][len(given) :]))
