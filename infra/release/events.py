"""Requests in the form in which a REST API hands them to its function."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infra.config import Config


def request(
    config: Config,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    host: str = "",
) -> dict[str, Any]:
    """The event of a request for a path; it asks for JSON unless `headers` say otherwise. `host` is the API's own."""
    sent = {"Accept": "application/json", "Content-Type": "application/json"} | dict(headers or {})
    sent["Host"] = host or f"release.execute-api.{config.region}.amazonaws.com"
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": method,
            "path": f"/prod{path}",
            "protocol": "HTTP/1.1",
            "stage": "prod",
            "domainName": sent["Host"],
            "requestId": "release",
            "identity": {"sourceIp": "127.0.0.1", "userAgent": "release"},
        },
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }
