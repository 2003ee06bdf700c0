"""Settings that are read when somebody first asks for them, so that a process starts without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string


def lazy_text(function: str) -> Any:
    """A text that `function`, named by its module and name, gives when the text is first looked at.

    Its module is imported then, so that it may itself need the settings.
    """

    def text() -> str:
        made: str = import_string(function)()
        return made

    return SimpleLazyObject(text)


class LazyTexts(list[str]):
    """Texts that `function` gives whenever they are looked at; a list, because Django refuses other settings."""

    def __init__(self, function: str) -> None:
        super().__init__()
        self._function = function

    def _texts(self) -> tuple[str, ...]:
        found: Callable[[], tuple[str, ...]] = import_string(self._function)
        return found()

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts())

    def __len__(self) -> int:
        return len(self._texts())

    def __getitem__(self, place: Any) -> Any:
        return self._texts()[place]
