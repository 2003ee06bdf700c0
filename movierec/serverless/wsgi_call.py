"""Asks a WSGI application and keeps what it answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from wsgiref.types import WSGIApplication

from movierec.serverless.requests import Call

_WITHOUT_BODY: Final = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application answered: `status` such as "200 OK", headers in their order, and the body's bytes."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def code(self) -> int:
        """The status as a number."""
        return int(self.status.split(" ", 1)[0])


def asked(application: WSGIApplication, call: Call, lambda_context: object) -> Answer:
    """What the application answers to a call; what it raises goes on to the caller."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        started[:] = [(status, headers)]
        return written.append

    parts: Iterable[bytes] = application(environ_of(call, lambda_context), start_response)
    try:
        written.extend(parts)
    finally:
        # Django ends the request here.
        if hasattr(parts, "close"):
            parts.close()
    status, headers = started[0]
    answer = Answer(status, headers, b"".join(written))
    return Answer(status, headers, b"") if call.method == "HEAD" or answer.code in _WITHOUT_BODY else answer


def environ_of(call: Call, lambda_context: object) -> dict[str, Any]:
    """The call as PEP 3333 has it, with Lambda's context and the gateway's beside."""
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in call.headers.items()}
    content_type = headers.pop("HTTP_CONTENT_TYPE", "")
    return {
        **headers,
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": call.script_name,
        "PATH_INFO": call.path.decode("latin-1"),
        "QUERY_STRING": call.query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(call.body)),
        "REMOTE_ADDR": call.address,
        "SERVER_NAME": call.headers["host"].partition(":")[0],
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        # Gateways take nothing but HTTPS.
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(call.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "lambda.event": {"requestContext": call.context},
        "lambda.context": lambda_context,
    }
