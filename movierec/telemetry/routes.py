"""What stands for an address in the log: the pattern that it fits, which names nobody and nothing."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

# The routes of what is no address of ours, and of what is answered before there is a look at the addresses: preflights
# and bodies that are refused; and static files.
UNKNOWN: Final = "(unknown)"
UNROUTED: Final = "(none)"
FILE: Final = "(file)"
# By name: that view answers errors, which are told with their routes.
_UNKNOWN_VIEW: Final = "movierec.api.not_found.unknown_path"


def route_of(request: HttpRequest) -> str:
    """The pattern of the address that was asked for, such as `/media/<str:media_type>`; never what was filled in."""
    match = request.resolver_match
    if match is None:
        return UNROUTED
    return UNKNOWN if match.view_name == _UNKNOWN_VIEW else f"/{match.route}"
