"""`manage.py evaluate_recommender --interactions FILE.csv`: how good recommendations are for people held out."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.recommendations.management.measuring import MeasuringCommand
from apps.recommendations.services import FromFiles, Progress

_FIGURES = {
    "recall_at_20": "Recall@20",
    "recall_at_50": "Recall@50",
    "ndcg_at_100": "NDCG@100",
    "ndcg_at_20": "NDCG@20",
    "ndcg_at_10": "NDCG@10",
    "hit_rate_at_10": "HR@10",
    "coverage_at_20": "coverage@20",
    "novelty_bits": "novelty, bits",
    "intra_list_diversity": "intra-list diversity",
}
_TIMES = {"p50_ms": "p50, ms", "p99_ms": "p99, ms"}
_LABEL = 34
_COLUMN = 19


class Command(MeasuringCommand):
    help = (
        "Trains on a part of the people or of the time in a CSV file and asks the engine for the rest, beside "
        "popularity, item cosine and plain EASE. Writes evaluation.json and evaluation.svg. Can be stopped at any "
        "time: the same command goes on behind the last finished seed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_data_arguments(parser, seeds=3)
        parser.add_argument(
            "--protocol",
            choices=("strong", "temporal", "cold"),
            default="strong",
            help="strong: people never seen; temporal: what people like later; cold: people with 1, 3 and 5 likes",
        )
        parser.add_argument(
            "--output",
            type=Path,
            default=settings.STATE_DIR / "evaluation",
            metavar="DIR",
            help="folder of the figures (default: %(default)s, beside the models)",
        )
        parser.add_argument("--fresh", action="store_true", help="do finished seeds again")

    def handle(
        self,
        *args: Any,
        interactions: Path,
        titles: Path | None,
        protocol: Any,
        seeds: int,
        output: Path,
        fresh: bool,
        **options: Any,
    ) -> None:
        # NumPy and SciPy are not installed where the service only serves.
        from apps.recommendations.training.evaluation_runs import Run, run  # noqa: PLC0415

        def evaluate(read: FromFiles, progress: Progress) -> dict[str, Any]:
            return run(Run(read.interactions, read.titles, protocol, seeds, output, fresh), progress)

        written = f"The figures cannot be written to {output}"
        found = self.measured(interactions, titles, seeds, evaluate, written=written)
        for line in _table(found):
            self.stdout.write(line)
        self.stdout.write(f"The figures are in {output / 'evaluation.json'}, a plot in {output / 'evaluation.svg'}.")


def _table(found: Mapping[str, Any]) -> Iterator[str]:
    """The figures as lines for the terminal: means ± standard errors over people."""
    contenders: Mapping[str, Mapping[str, Mapping[str, Any]]] = found["contenders"]
    cases = next(iter(contenders.values()))
    seeds = "1 seed" if found["seeds"] == 1 else f"{found['seeds']} seeds"
    yield f"{found['protocol']}, {seeds}, {found['users']:,} people, {found['titles']:,} titles"
    yield _line("", [name.replace("_", " ") for name in contenders])
    whole = "all" if "all" in cases else list(cases)[-1]
    suffix = "" if whole == "all" else f" ({whole} likes)"
    for name, label in _FIGURES.items():
        yield _line(label + suffix, [_with_error(by_likes[whole][name]) for by_likes in contenders.values()])
    for name, label in _TIMES.items():
        yield _line(label + suffix, [f"{by_likes[whole][name]:.2f}" for by_likes in contenders.values()])
    for likes, figures in cases.items() if len(cases) > 1 else ():
        label = f"NDCG@20, {likes} like{'' if likes == '1' else 's'} ({figures['people']})"
        yield _line(label, [_with_error(by_likes[likes]["ndcg_at_20"]) for by_likes in contenders.values()])


def _with_error(figure: Mapping[str, float]) -> str:
    return f"{figure['mean']:.4f} ± {figure['standard_error']:.4f}"


def _line(label: str, values: list[str]) -> str:
    return f"{label:{_LABEL}}" + "".join(f"{value:>{_COLUMN}}" for value in values)
