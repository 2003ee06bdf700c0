"""CloudFront in front of the service: who the viewer is and which host was asked, believed by a shared key alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import ip_address
from threading import Lock
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from movierec.api import errors
from movierec.api.request_id import VIEWER
from movierec.secret_texts import SecretUnreadable, secret_text

# After a key that is not the one in hand, the secret is read again, but no more often than this.
REREAD_SECONDS: Final = 60.0


class OriginMiddleware:
    """Believes what a request that shows the key says of its viewer; takes from all others the headers that say it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        shown = request.META.pop("HTTP_X_ORIGIN_KEY", "")
        viewer = _address_in(request.META.pop("HTTP_X_VIEWER_ADDRESS", ""))
        host = request.META.pop("HTTP_X_FORWARDED_HOST", "")
        try:
            trusted = bool(shown and settings.ORIGIN_SECRET) and _holder.is_key(shown)
        except SecretUnreadable as error:
            # Taken for a stranger's, everybody's requests would count as one caller's.
            errors.log_fault(error, error, request)
            return errors.http_response(error)
        if trusted:
            if viewer:
                request.META[VIEWER] = viewer
            if host:
                request.META["HTTP_HOST"] = host
        return self.get_response(request)


def _address_in(text: str) -> str:
    """The text, where it is an IP address, else nothing."""
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


class _KeyHolder:
    """The key of settings.ORIGIN_SECRET, read at its first use, and again when another key is shown."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._key = ""
        self._read_at: float | None = None

    def is_key(self, shown: str) -> bool:
        """Whether this is the key. Raises SecretUnreadable."""
        if self._is(shown):
            return True
        with self._lock:
            if self._read_at is None or time.monotonic() - self._read_at >= REREAD_SECONDS:
                self._key = secret_text("ORIGIN_SECRET", settings.ORIGIN_SECRET).strip()
                self._read_at = time.monotonic()
        return self._is(shown)

    def _is(self, shown: str) -> bool:
        return constant_time_compare(shown, self._key)


_holder = _KeyHolder()
