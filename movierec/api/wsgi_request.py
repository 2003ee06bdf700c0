"""The request as it comes from the WSGI server, before any middleware: nothing in its headers can break it."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIRequest


class ApiRequest(WSGIRequest):
    """A request whose query and form are UTF-8, and whose Content-Type counts as missing where it cannot be read.

    Django would read them by the charset of the client's choice, and fail by one that is none for text.
    """

    @property
    def encoding(self) -> str:
        """UTF-8, whatever Content-Type names."""
        return "utf-8"

    @encoding.setter
    def encoding(self, charset: str) -> None:
        """Keeps UTF-8."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # unknown to the stubs
        except ValueError:
            self.content_type, self.content_params = "", {}
            # The framework reads the header once more.
            meta["CONTENT_TYPE"] = ""
