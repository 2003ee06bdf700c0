"""What browsers are told about requests of other origins: the application's own values, which a test holds."""

from __future__ import annotations

from typing import Final

from troposphere.apigatewayv2 import Cors

from infra.config import Config

ALLOWED_HEADERS: Final = "Content-Type,Authorization,X-Api-Key,Accept,Origin,X-Requested-With,Idempotency-Key"
ALLOWED_METHODS: Final = "GET,POST,PUT,DELETE,OPTIONS"
EXPOSED_HEADERS: Final = (
    "Date,X-Request-Id,X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset,Retry-After,Idempotent-Replayed"
)
MAX_AGE_SECONDS: Final = 86_400


def configuration(config: Config) -> Cors:
    """The same for an HTTP API.

    It puts these in place of the application's, which are equal; what it is for are the answers that the gateway gives
    itself, since a page cannot read a 401 without them, nor then ask for a new token.
    """
    return Cors(
        AllowOrigins=list(config.web_origins),
        AllowCredentials=True,
        AllowHeaders=ALLOWED_HEADERS.split(","),
        AllowMethods=ALLOWED_METHODS.split(","),
        ExposeHeaders=EXPOSED_HEADERS.split(","),
        MaxAge=MAX_AGE_SECONDS,
    )
