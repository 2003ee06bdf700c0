"""Answers in the form that each gateway takes."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Final

from movierec.serverless.requests import Call
from movierec.serverless.wsgi_call import Answer

_COOKIE: Final = "set-cookie"
# Addresses in a page that start at the root of the host.
_ROOTED: Final = re.compile(rb"""(?<=\s)((?:href|src|action|data-next)=["'])(/(?!/)[^"'\s]*)""")


def response_of(call: Call, answer: Answer) -> dict[str, Any]:
    """The answer as the call's gateway takes it.

    Bytes that are UTF-8 go as text, which every gateway sends as those bytes; others, such as pictures and what is
    compressed, in Base64.
    """
    answer = _under(call.script_name, answer)
    try:
        body: dict[str, Any] = {"body": answer.body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        body = {"body": b64encode(answer.body).decode(), "isBase64Encoded": True}
    return {"statusCode": answer.code, **_FORMS[call.gateway](call, answer), **body}


def _for_http_api(call: Call, answer: Answer) -> dict[str, Any]:
    return {"headers": _joined(answer), "cookies": _cookies(answer)}


def _for_rest_api(call: Call, answer: Answer) -> dict[str, Any]:
    cookies = _cookies(answer)
    return {"headers": _joined(answer), "multiValueHeaders": {"Set-Cookie": cookies} if cookies else {}}


def _for_load_balancer(call: Call, answer: Answer) -> dict[str, Any]:
    """A load balancer takes headers in the form in which it sends them; without lists, letters' case parts cookies."""
    cookies = _cookies(answer)
    if call.lists_headers:
        lists = {name: [value] for name, value in _joined(answer).items()}
        found: dict[str, Any] = {"multiValueHeaders": {**lists, "Set-Cookie": cookies} if cookies else lists}
    else:
        found = {"headers": {**_joined(answer), **dict(zip(_spellings(_COOKIE), cookies, strict=False))}}
    return {"statusDescription": answer.status, **found}


_FORMS: Final = {"http": _for_http_api, "rest": _for_rest_api, "alb": _for_load_balancer}


def _joined(answer: Answer) -> dict[str, str]:
    """The headers but cookies; the values of one that is there more than once are joined."""
    found: dict[str, tuple[str, list[str]]] = {}
    for name, value in answer.headers:
        if name.lower() != _COOKIE:
            found.setdefault(name.lower(), (name, []))[1].append(value)
    return {name: ", ".join(values) for name, values in found.values()}


def _cookies(answer: Answer) -> list[str]:
    # Django writes a space before each.
    return [value.strip() for name, value in answer.headers if name.lower() == _COOKIE]


def _spellings(name: str) -> Iterator[str]:
    """The name in small and capital letters, in all ways."""
    for letters in product(*({letter.lower(), letter.upper()} for letter in name)):
        yield "".join(letters)


def _under(script_name: str, answer: Answer) -> Answer:
    """The answer with the stage before addresses that start at the root, as our pages write them.

    The pages know one place; an API's own host has them in another.
    """
    if not script_name:
        return answer
    kinds = {name.lower(): value for name, value in answer.headers}
    body = answer.body
    if kinds.get("content-type", "").startswith("text/html") and "content-encoding" not in kinds:
        body = _ROOTED.sub(lambda found: found[1] + _moved(script_name, found[2].decode()).encode(), body)
    headers = [
        (name, _moved(script_name, value) if name.lower() == "location" else value)
        for name, value in answer.headers
        if name.lower() != "content-length" or body is answer.body
    ]
    return replace(answer, headers=headers, body=body)


def _moved(script_name: str, address: str) -> str:
    there = address == script_name or address.startswith((f"{script_name}/", f"{script_name}?"))
    return address if there or not address.startswith("/") else f"{script_name}{address}"
