"""What the REST API itself answers: in the service's one error shape, and readable for the site's pages.

Its templates know no condition, so that two things are less than the application's: one origin of the environment is
allowed, whichever asks, and `timestamp` is in the form of access logs, the only one the gateway has.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from troposphere import Ref
from troposphere.apigateway import GatewayResponse, RestApi

from infra.config import Config
from infra.stack import Stack
from infra.stacks.api import cors

_NOT_FOUND: Final = "There is nothing at this address."
_TOO_MANY: Final = "Too many requests; try again shortly."
_AWAY: Final = "The service cannot reach its data; try again shortly."
_OURS: Final = "Something went wrong on our side; the request id helps us to find it."
_SIGN_IN: Final = "Authentication failed"
_NOT_ALLOWED: Final = "This request is not allowed."


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind of answer of the gateway; without a status it keeps the gateway's."""

    kind: str
    status: int | None
    code: str
    sentence: str
    retry_after: int | None = None


REFUSALS: Final = (
    Refusal("UNAUTHORIZED", 401, "Unauthorized", _SIGN_IN),
    Refusal("EXPIRED_TOKEN", 401, "Unauthorized", _SIGN_IN),
    Refusal("ACCESS_DENIED", 403, "Forbidden", _NOT_ALLOWED),
    Refusal("BAD_REQUEST_BODY", 400, "InvalidJson", "Invalid JSON in request body"),
    Refusal("MISSING_AUTHENTICATION_TOKEN", 404, "NotFound", _NOT_FOUND),
    Refusal("RESOURCE_NOT_FOUND", 404, "NotFound", _NOT_FOUND),
    Refusal("REQUEST_TOO_LARGE", 413, "PayloadTooLarge", "The body is over 256 KB; send less at once."),
    Refusal("THROTTLED", 429, "TooManyRequestsException", _TOO_MANY, retry_after=1),
    Refusal("QUOTA_EXCEEDED", 429, "TooManyRequestsException", _TOO_MANY, retry_after=3600),
    Refusal("INTEGRATION_FAILURE", 503, "ServiceUnavailable", _AWAY, retry_after=5),
    Refusal("INTEGRATION_TIMEOUT", 503, "ServiceUnavailable", _AWAY, retry_after=5),
    Refusal("DEFAULT_4XX", None, "BadRequest", "The request cannot be served as it is."),
    Refusal("DEFAULT_5XX", None, "InternalError", _OURS),
)
# Where there is a firewall: attacks, as it sees them.
STOPPED: Final = Refusal("WAF_FILTERED", 403, "Forbidden", _NOT_ALLOWED)


def add(stack: Stack, api: RestApi) -> list[GatewayResponse]:
    """The answers of an API, to be part of its deployment."""
    wanted = (*REFUSALS, STOPPED) if stack.config.is_on("waf") else REFUSALS
    return [_add_one(stack, api, refusal) for refusal in wanted]


def origin(config: Config) -> str:
    """The origin whose pages may read these answers: the site's, else the first of the allow-list."""
    site = f"https://{config.site}"
    return site if site in config.web_origins else config.web_origins[0]


def _add_one(stack: Stack, api: RestApi, refusal: Refusal) -> GatewayResponse:
    response = GatewayResponse(
        f"{refusal.kind.title().replace('_', '')}Answer",
        RestApiId=Ref(api),
        ResponseParameters=_headers(stack.config, refusal),
        ResponseTemplates={"application/json": _body(refusal)},
    )
    # Past troposphere's list of kinds, which lacks the firewall's.
    response.properties["ResponseType"] = refusal.kind
    if refusal.status is not None:
        response.StatusCode = str(refusal.status)
    stack.add(response)
    return response


def _headers(config: Config, refusal: Refusal) -> dict[str, str]:
    fixed = {
        "Access-Control-Allow-Origin": origin(config),
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Headers": cors.ALLOWED_HEADERS,
        "Access-Control-Allow-Methods": cors.ALLOWED_METHODS,
        "Access-Control-Expose-Headers": cors.EXPOSED_HEADERS,
        "Cache-Control": "no-store",
        "Vary": "Origin",
    }
    if refusal.retry_after is not None:
        fixed["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        fixed["WWW-Authenticate"] = 'Bearer realm="movierec"'
    headers = {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in fixed.items()}
    return {**headers, "gatewayresponse.header.X-Request-Id": "context.requestId"}


def _body(refusal: Refusal) -> str:
    return json.dumps(
        {
            "error": refusal.sentence,
            "message": "Unauthorized" if refusal.status == 401 else refusal.sentence,
            "code": refusal.code,
            "requestId": "$context.requestId",
            "timestamp": "$context.requestTime",
        }
    )
