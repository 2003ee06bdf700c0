"""`manage.py tune_recommender --interactions FILE.csv --output FILE.json`: settings of the method for given data."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from apps.recommendations.management.measuring import MeasuringCommand
from apps.recommendations.services import FromFiles, Progress

_METRICS = {"ndcg_at_100": "NDCG@100", "ndcg_at_20": "NDCG@20"}


class Command(MeasuringCommand):
    help = (
        "Tries other settings of the training one after the other on people set aside, takes those that are better by "
        "more than one standard error, and writes them for train_recommender --tuned. Can be stopped at any time: the "
        "same command goes on behind the last finished alternative."
    )
    reading = 0.02

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_data_arguments(parser, seeds=5)
        parser.add_argument(
            "--output", type=Path, required=True, metavar="FILE.json", help="where the settings are written"
        )
        parser.add_argument("--fresh", action="store_true", help="try finished alternatives again")

    def handle(
        self,
        *args: Any,
        interactions: Path,
        titles: Path | None,
        output: Path,
        seeds: int,
        fresh: bool,
        **options: Any,
    ) -> None:
        # NumPy and SciPy are not installed where the service only serves.
        from apps.recommendations.training.tuning import Search, tune  # noqa: PLC0415

        def search(read: FromFiles, progress: Progress) -> dict[str, Any]:
            return tune(Search(read.interactions, read.titles, seeds, output, fresh), progress)

        written = f"The settings cannot be written to {output}"
        found = self.measured(interactions, titles, seeds, search, written=written)
        for line in _table(found):
            self.stdout.write(line)
        self.stdout.write(f"The settings are in {output}; train with manage.py train_recommender --tuned {output}")


def _table(found: Mapping[str, Any]) -> Iterator[str]:
    """A line for each alternative: its figure, and how it differs from the settings so far ± one standard error."""
    data = found["data"]
    yield f"{data['seeds']} seeds, {data['people']:,} people asked, {data['users']:,} people, {data['titles']:,} titles"
    for one in found["found"]:
        value = "/".join(map(str, one["value"])) if isinstance(one["value"], list) else str(one["value"])
        key = next(key for key in _METRICS if key in one)
        yield (
            f"{one['setting']:20} {value:26} {_METRICS[key]:>8} ({one['likes']}) {one[key]:.4f}"
            f"  {one['difference']:+.4f} ± {one['standard_error']:.4f}{'  taken' if one['taken'] else ''}"
        )
