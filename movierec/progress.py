"""How long work shows that it moves: a bar on a terminal, a line a step elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self, TextIO, TypeVar

T = TypeVar("T")


class Steps:
    """A bar from 0 to 100 % whose label is the step being done; without a terminal, one line for each new step."""

    def __init__(self, output: Any) -> None:
        self._output: TextIO = getattr(output, "_out", output)
        self._bar: Any = None
        self._last = ""

    def __enter__(self) -> Self:
        if self._output.isatty():
            # tqdm is not installed where the service only serves.
            from tqdm import tqdm  # noqa: PLC0415

            self._bar = tqdm(total=100, file=self._output, bar_format="{desc:<44.44} {bar:28} {percentage:3.0f}%")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is None:
            return
        if error is None:
            self._bar.update(100 - self._bar.n)
        self._bar.close()

    def show(self, step: str, fraction: float) -> None:
        """Says what is being done and how much of the whole, from 0 to 1, is behind."""
        if self._bar is not None:
            self._bar.set_description(step)
            self._bar.update(max(0, round(100 * fraction) - self._bar.n))
        elif step != self._last:
            print(f"  {step}", file=self._output, flush=True)
        self._last = step


def counted(items: Iterable[T], *, step: str, total: int, steps: Steps, start: float, end: float) -> Iterator[T]:
    """Hands the items on and moves the bar from `start` to `end` as they pass."""
    for done, item in enumerate(items, 1):
        yield item
        steps.show(step, start + (end - start) * min(1, done / max(1, total)))
