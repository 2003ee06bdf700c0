"""Rate limits that hold for all processes together: one atomic DynamoDB counter a caller and minute."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from time import time
from typing import Any

from pynamodb.attributes import NumberAttribute
from rest_framework.request import Request

from movierec.api.authentication import Principal
from movierec.api.errors import TooManyRequests
from movierec.api.request_id import client_address
from movierec.dynamo.data_table import DataRow

WINDOW_SECONDS = 60
# One IPv6 line gets at least so much of the network, and may use every address in it.
IPV6_PREFIX_BITS = 64


class RateCounter(DataRow):
    """How often one caller called in one minute."""

    requests = NumberAttribute(default=0)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a caller's minute."""

    limit: int
    used: int
    resets_at: int

    def headers(self) -> dict[str, str]:
        """The three rate-limit headers; `Reset` is in seconds since 1970."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "X-RateLimit-Reset": str(self.resets_at),
        }


def count_request(scope: str, caller: str, *, now: float | None = None) -> Allowance:
    """Counts one request of a caller and answers what is left; one DynamoDB update.

    Raises TooManyRequests once the scope's limit for the minute is passed.
    """
    moment = time() if now is None else now
    window = int(moment // WINDOW_SECONDS)
    resets_at = (window + 1) * WINDOW_SECONDS
    # GET /health asks none of it, and a process may begin with that.
    from movierec.switches import limit_of  # noqa: PLC0415

    row = RateCounter(f"RATE#{scope}#{caller}", str(window))
    row.update([RateCounter.requests.add(1), RateCounter.expires_at.set(resets_at + WINDOW_SECONDS)])
    allowance = Allowance(limit_of(scope), int(row.requests), resets_at)
    if allowance.used > allowance.limit:
        raise TooManyRequests(
            f"Too many requests: at most {allowance.limit} a minute are served here.",
            retry_after=max(1, resets_at - int(moment)),
            headers=allowance.headers(),
        )
    return allowance


def caller_of(request: Request) -> str:
    """Whom a request is counted for: the person signed in, else the address."""
    if isinstance(request.user, Principal):
        return f"user:{request.user.user_id}"
    return address_of(request)


def address_of(request: Any) -> str:
    """The caller's address, for scopes that count by address only; an IPv6 caller's is that of the /64 network."""
    return f"address:{_line_of(client_address(request._request))}"


def _line_of(address: str) -> str:
    """What one caller cannot change at will; texts that are no address stay as they are."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), IPV6_PREFIX_BITS), strict=False))
