"""Views that are imported when they are first asked for.

A function on Lambda starts with somebody waiting for its first answer; what other addresses need is read when they are
asked for. Half of what a process imports is behind views that its first request does not reach.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string


class LazyView:
    """Stands in an URLconf for a view, and is the view to whoever looks at it more closely than Django's resolver."""

    def __init__(self, dotted: str) -> None:
        self._dotted = dotted

    def __repr__(self) -> str:
        return f"<LazyView {self._dotted}>"

    @cached_property
    def _view(self) -> Any:
        found = import_string(self._dotted)
        as_view = getattr(found, "as_view", None)
        return as_view() if as_view else found

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = self._view(request, *args, **kwargs)
        return answer

    def __getattr__(self, name: str) -> Any:
        # For these Django looks at every view when it makes an address; nobody looks views up by them.
        if name in ("__name__", "view_class"):
            raise AttributeError(name)
        return getattr(self._view, name)


def lazy_view(dotted: str) -> LazyView:
    """A view, function or class, by its module and name."""
    return LazyView(dotted)
