"""Asks a version, and then the service, whether it works, before people do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, Self
from urllib.parse import urlsplit

from infra.declared.functions import Function
from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble, say
from infra.deployment.waiting import Clock, until
from infra.release.events import request

_SHOWN: Final = 300
_HTTP_SECONDS: Final = 30
# An API that was just deployed takes a little until it answers everywhere.
_PATIENCE_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answered over HTTP; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where the API is. The embedded AWS has it at a path of its own, whatever host is asked for."""

    url: str
    host: str = ""

    @classmethod
    def of(cls, aws: Aws, published: Mapping[str, str]) -> Self:
        """The address of an environment's API."""
        if not aws.is_local:
            return cls(published["api/url"].rstrip("/"))
        stage = "" if published["api/stage"] == "$default" else f"/{published['api/stage']}"
        return cls(f"{aws.endpoint}/_aws/execute-api/{published['api/id']}{stage}", published["api/host"])

    def __str__(self) -> str:
        return self.url


def version(aws: Aws, function: Function, qualifier: str, host: str) -> None:
    """Asks one version of the application directly: its health, and a path that it does not have. Raises Trouble."""
    what = f"{function.name}, version {qualifier},"
    health = _invoked(aws, function, qualifier, request(aws.config, "/health", host=host), what)
    _must_be_healthy(health.get("statusCode"), str(health.get("body", "")), what)
    nowhere = _invoked(aws, function, qualifier, request(aws.config, "/release-probe", host=host), what)
    if nowhere.get("statusCode") != 404 or '"code"' not in str(nowhere.get("body", "")):
        raise Trouble(f"{what} answers an unknown path with {nowhere.get('statusCode')}: {nowhere.get('body')!r:.300}")


def jobs_version(aws: Aws, function: Function, qualifier: str) -> None:
    """Asks one version of the jobs function to check itself. Raises Trouble."""
    what = f"{function.name}, version {qualifier},"
    answer = _invoked(aws, function, qualifier, {"manage": "check"}, what)
    if answer != {"exitCode": 0}:
        raise Trouble(f"{what} answers `manage.py check` with {answer!r:.300}")


def _invoked(aws: Aws, function: Function, qualifier: str, event: Mapping[str, Any], what: str) -> dict[str, Any]:
    done = aws.client("lambda").invoke(
        FunctionName=function.name, Qualifier=qualifier, Payload=json.dumps(event).encode()
    )
    said = done["Payload"].read().decode(errors="replace")
    if "FunctionError" in done:
        raise Trouble(f"{what} fails: {_failure(said)}")
    answer = json.loads(said)
    return answer if isinstance(answer, dict) else {"body": answer}


def _failure(said: str) -> str:
    """What a failed call said, in one line; Lambda wraps it in JSON."""
    try:
        told = json.loads(said)
        text = f"{told.get('errorType', 'an error')}: {told.get('errorMessage', said)}"
    except (ValueError, AttributeError):
        text = said
    return " ".join(text.split())[:_SHOWN]


def _must_be_healthy(status: Any, body: str, what: str) -> None:
    if status != 200:
        raise Trouble(f"{what} is not healthy: /health answers {status} and {body[:_SHOWN]!r}.")
    try:
        report = json.loads(body)
    except ValueError:
        raise Trouble(f"{what} is not ours: /health answers {body[:_SHOWN]!r}.") from None
    if report.get("status") == "degraded":
        say(f"  {what} works, though not fully: {report.get('summary')}")


def service(aws: Aws, clock: Clock, published: Mapping[str, str]) -> str:
    """Asks the service by its address, which it answers, as clients do. Raises Trouble with what is wrong."""
    address = Address.of(aws, published)

    def look() -> bool | None:
        return True if ask(address, "GET", "/health").status == 200 else None

    if until(look, clock, _PATIENCE_SECONDS) is None:
        answer = ask(address, "GET", "/health")
        _must_be_healthy(answer.status, answer.body, f"The service at {address}")
    _must("a sign-up without data", ask(address, "POST", "/auth/signup", body="{}"), (400, 429))
    _must("the lists without a token", ask(address, "GET", "/user/favourites"), (401,))
    page = ask(address, "GET", "/", accept="text/html")
    _must("a page", page, (200,), "<html")
    if aws.config.hosting == "django":
        _must_have_style(aws, clock, page.body, published["frontend/site-bucket-name"])
    origin = aws.config.web_origins[0]
    allowed = ask(address, "OPTIONS", "/user/favourites", origin=origin)
    _must("a browser's preflight", allowed, (200, 204))
    if allowed.headers.get("access-control-allow-origin") not in (origin, "*"):
        raise Trouble(f"The service does not allow {origin} at {address}: {dict(allowed.headers)!r:.300}")
    return str(address)


def _must_have_style(aws: Aws, clock: Clock, page: str, bucket: str) -> None:
    """Raises Trouble where a page's style sheet does not come from the address that the page has for it."""
    found = re.search(r'<link[^>]*\shref="([^"]+\.css)"', page)
    if found is None:
        raise Trouble("The front page links no style sheet, so people would see it without any style.")
    place = urlsplit(found[1])
    if aws.is_local:
        # No name leads to the embedded AWS's CloudFront, so the file is looked for where that has it from.
        key = place.path.lstrip("/")
        if aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)["KeyCount"] == 0:
            raise Trouble(f"The front page links {found[1]}, and the bucket {bucket} has no {key}.")
        return
    address = Address(f"{place.scheme}://{place.netloc}")

    def look() -> bool | None:
        return True if ask(address, "GET", place.path, accept="text/css").status == 200 else None

    if until(look, clock, _PATIENCE_SECONDS) is None:
        _must(f"{found[1]}, the style of its front page,", ask(address, "GET", place.path, accept="text/css"), (200,))


def _must(what: str, answer: Answer, statuses: tuple[int, ...], text: str = "") -> None:
    if answer.status not in statuses or text not in answer.body:
        raise Trouble(f"The service answers {what} with {answer.status}: {answer.body[:_SHOWN]!r}")


def ask(
    address: Address, method: str, path: str, *, body: str = "", accept: str = "application/json", origin: str = ""
) -> Answer:
    """One request. An address that cannot be reached answers with status 0 and the reason."""
    place = urlsplit(address.url)
    headers = {"Accept": accept, "User-Agent": "MovieRec release"}
    if address.host:
        headers["Host"] = address.host
    if body:
        headers["Content-Type"] = "application/json"
    if origin:
        headers |= {"Origin": origin, "Access-Control-Request-Method": "GET"}
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.netloc, timeout=_HTTP_SECONDS)
    try:
        connection.request(method, place.path + path, body=body or None, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
    except (OSError, HTTPException) as error:
        return Answer(0, {}, f"{address} cannot be reached: {error}")
    finally:
        connection.close()
