"""Who asks for what: the viewer's address and the host, told by CloudFront and believed by a shared key alone.

A request for a host that is not ours ends here.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from movierec.api import errors
from movierec.api.request_id import VIEWER
from movierec.secret_texts import Kept, SecretUnreadable, secret_text

# After a key that is not the one in hand, the secret is read again, but no more often than this.
REREAD_SECONDS: Final = 60.0
# What load balancers ask by the address of a machine.
_HEALTH: Final = "/health"


class OriginMiddleware:
    """Believes what a request that shows the key says of its viewer; takes from all others the headers that say it.

    The host, believed or not, must be one of settings.ALLOWED_HOSTS: few views look at it, and pages and documents
    under another name are somebody's who has them pass for theirs. /health is asked by address, and tells no name.
    """

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
        return _refusal_of_host(request) or self.get_response(request)


def _refusal_of_host(request: HttpRequest) -> HttpResponse | None:
    if request.path_info == _HEALTH:
        return None
    try:
        request.get_host()
    except DisallowedHost:
        return errors.http_response(errors.BadRequest("This host is none of ALLOWED_HOSTS; ask one that is."))
    return None


def _address_in(text: str) -> str:
    """The text, where it is an IP address, else nothing."""
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


class _KeyHolder:
    """The key of settings.ORIGIN_SECRET, read at its first use, and again when another key is shown."""

    def __init__(self) -> None:
        self._kept = Kept(_read_key, seconds=REREAD_SECONDS)

    def is_key(self, shown: str) -> bool:
        """Whether this is the key. Raises SecretUnreadable."""
        return constant_time_compare(shown, self._kept.known() or "") or constant_time_compare(
            shown, self._kept.value()
        )


def _read_key() -> str:
    return secret_text("ORIGIN_SECRET", settings.ORIGIN_SECRET).strip()


_holder = _KeyHolder()
