"""Answers that are the same for everyone: kept by caches for a while, and told apart by a tag."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson
from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response

from movierec.api.views import in_browser


def public_answer(
    request: Request, body: Mapping[str, Any], *, max_age: int, tagged: object | None = None
) -> HttpResponseBase:
    """200 with `body`, kept for `max_age` seconds; 304 where the client has it already.

    The tag follows from `tagged`, or from the body where it is not given: what changes with every answer, such as an
    age, is to be left out of it. It is weak: the bytes of equal JSON may differ. The page for people is made for one
    person, so that it has no tag, and no cache keeps it.
    """
    if in_browser(request):
        return Response(body)
    content = orjson.dumps(body if tagged is None else tagged, option=orjson.OPT_NON_STR_KEYS)
    tag = f'W/"{sha256(content).hexdigest()[:32]}"'
    response = Response(body, headers={"ETag": tag, "Cache-Control": f"public, max-age={max_age}"})
    return get_conditional_response(request._request, etag=tag, response=response) or response
