"""The one body format: JSON, strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from movierec.api.errors import BadRequest, too_large

# DynamoDB takes 32 levels; two are ours.
MAX_DEPTH = 30


class JsonParser(BaseParser):
    """Reads a JSON object. No NaN, no lone surrogates, at most `MAX_BODY_BYTES` and 30 levels; empty means {}."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The object. Raises ParseError for what is not JSON, BadRequest for JSON that is not a shallow object."""
        body = stream.read(settings.MAX_BODY_BYTES + 1)
        if len(body) > settings.MAX_BODY_BYTES:
            raise too_large()
        if not body.strip():
            return {}
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError from error
        if not isinstance(data, dict):
            raise BadRequest("The body must be a JSON object.", details=[{"path": "body", "message": "Not an object."}])
        if _depth(data) > MAX_DEPTH:
            message = f"At most {MAX_DEPTH} levels of nesting are taken."
            raise BadRequest(f"body: {message}", details=[{"path": "body", "message": message}])
        return data


def _depth(data: object) -> int:
    """How many lists and objects stand in one another, without recursion."""
    deepest = 0
    waiting = [(data, 1)]
    while waiting:
        value, level = waiting.pop()
        if isinstance(value, dict | list):
            deepest = max(deepest, level)
            entries = value.values() if isinstance(value, dict) else value
            waiting.extend((entry, level + 1) for entry in entries)
    return deepest
