"""An evaluation over several seeds that can be stopped at any time: each finished seed is kept and not done again."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from apps.recommendations.engine.titles import Title

from .evaluation import assess, in_words, summary, to_json
from .interactions import Interactions
from .plots import charts, draw
from .protocols import Protocol, split
from .values import LIKED_FROM

FIGURES: Final = "evaluation.json"
PLOT: Final = "evaluation.svg"
# The figure of each protocol that the plot shows.
PLOTTED: Final[dict[Protocol, tuple[str, str]]] = {
    "strong": ("ndcg_at_20", "NDCG@20"),
    "temporal": ("ndcg_at_10", "NDCG@10"),
    "cold": ("ndcg_at_20", "NDCG@20"),
}

_CODE = Path(__file__).resolve().parent.parent

Progress = Callable[[str, float], None]


class NobodyToAsk(ValueError):
    """The interactions leave nobody for the protocol to hold out."""


@dataclass(frozen=True)
class Run:
    """What is evaluated, and the folder for the figures. `fresh` forgets the seeds that were finished before."""

    interactions: Interactions
    titles: Sequence[Title]
    protocol: Protocol
    seeds: int
    output: Path
    fresh: bool = False


def run(asked: Run, progress: Progress) -> dict[str, Any]:
    """The figures over seeds 0, 1, …, also written to the folder as `evaluation.json` and `evaluation.svg`.

    The temporal protocol has no chance in it and takes one seed. Finished seeds are kept in a folder named by a digest
    of the data, the protocol and the code, so that what belongs to other ones is never mixed in. Raises NobodyToAsk.
    """
    liked = set(np.unique(asked.interactions.item_indices[asked.interactions.weights >= LIKED_FROM]).tolist())
    keys = {asked.interactions.items[place] for place in liked}
    titles = [title for title in asked.titles if title.key in keys]
    digest = digest_of(asked.interactions, titles, asked.protocol)
    folder = asked.output / f"seeds-{digest[:16]}"
    if asked.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    count = 1 if asked.protocol == "temporal" else asked.seeds
    parts = []
    for seed in range(count):
        step = _scaled(progress, seed / count, (seed + 1) / count)
        parts.append(_seed(asked, titles, seed, folder / f"{asked.protocol}-{seed}.json", step))
    found = {
        "protocol": asked.protocol,
        "seeds": count,
        "users": len(asked.interactions.users),
        "titles": len(titles),
        "likes": int((asked.interactions.weights >= LIKED_FROM).sum()),
        "digest": digest,
        "contenders": summary(parts),
    }
    write_whole(asked.output / FIGURES, json.dumps(found, indent=1) + "\n")
    write_whole(asked.output / PLOT, _plot(found))
    progress("The figures are ready", 1.0)
    return found


def digest_of(interactions: Interactions, titles: Sequence[Title], protocol: Protocol) -> str:
    """SHA-256 over everything that decides a seed's figures: data, protocol, and the code of engine and training."""
    digest = hashlib.sha256(protocol.encode())
    digest.update(json.dumps([interactions.users, interactions.items]).encode())
    for array in (
        interactions.user_indices,
        interactions.item_indices,
        interactions.weights,
        interactions.timestamps,
    ):
        digest.update(np.ascontiguousarray(array).tobytes())
    for title in titles:
        digest.update(json.dumps(title.to_json(), sort_keys=True).encode())
    for path in sorted([*_CODE.glob("engine/*.py"), *_CODE.glob("training/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _seed(asked: Run, titles: Sequence[Title], seed: int, path: Path, progress: Progress) -> Any:
    kept = read_kept(path)
    if kept is not None:
        progress(f"Seed {seed} was finished before", 1.0)
        return kept
    progress(f"Splitting people for seed {seed}", 0.0)
    chosen = split(asked.interactions, titles, asked.protocol, seed)
    if not any(chosen.cases.values()):
        raise NobodyToAsk(
            f"The {asked.protocol} protocol finds nobody to hold out; give it more people with 5 likes or more."
            if asked.protocol != "temporal"
            else "The temporal protocol finds nobody with likes before and after; give it rows with timestamps."
        )
    found = to_json(assess(chosen, titles, lambda sentence, part: progress(f"{sentence} (seed {seed})", part)))
    write_whole(path, json.dumps(found))
    return found


def _plot(found: dict[str, Any]) -> str:
    metric, subject = PLOTTED[found["protocol"]]
    names = {name: in_words(name) for name in found["contenders"]}
    title = f"Held-out people, {found['protocol']} protocol, {found['users']:,} people, {found['titles']:,} titles"
    return draw(title, subject, charts(found["contenders"], names, metric))


def write_whole(path: Path, text: str) -> None:
    """All or nothing, so that neither a kill nor a power cut leaves half of a file."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read_kept(path: Path) -> Any:
    """What the JSON file holds; None when there is no such file or it is damaged: its figures are computed again."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _scaled(progress: Progress, start: float, end: float) -> Progress:
    return lambda sentence, fraction: progress(sentence, start + (end - start) * fraction)
