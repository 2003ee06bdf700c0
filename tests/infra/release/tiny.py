"""A package that is small enough for tests: it answers as the application does, and can be made to fail."""

from __future__ import annotations

import json
from pathlib import Path

from infra.release import contents

STYLE = "a.0123456789ab.css"
HANDLER = """
import json

HEALTH, PAGE = {health}, 200
{more}

def lambda_handler(event, context):
    if "manage" in event:
        return {{"exitCode": 0}}
    status, body = ANSWERS.get((event["httpMethod"], event["path"]), (404, {{"code": "NotFound"}}))
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {{"Access-Control-Allow-Origin": "*"}}
    return {{"statusCode": status, "headers": headers, "body": text, "isBase64Encoded": False}}

ANSWERS = {{
    ("GET", "/health"): (HEALTH, {{"status": "healthy", "checks": {{}}}}),
    ("GET", "/schema"): (200, {{"openapi": "3.0.3"}}),
    ("GET", "/docs"): (200, "<html>swagger-ui</html>"),
    ("GET", "/"): (PAGE, '<html><link rel="stylesheet" href="https://site/static/{style}"></html>'),
    ("OPTIONS", "/user/favourites"): (204, ""),
    ("POST", "/auth/signup"): (400, {{"code": "ValidationError"}}),
}}
"""
# What the gate asks of botocore, which has 20 MB.
BOTO3 = """
from botocore.exceptions import EndpointConnectionError

def client(service, config):
    return Client()

class Client:
    def __getattr__(self, name):
        def call():
            raise EndpointConnectionError
        return call
"""
BOTOCORE = {
    "botocore/__init__.py": "",
    "botocore/exceptions.py": "class EndpointConnectionError(Exception): pass\n",
    "botocore/config.py": "class Config:\n    def __init__(self, **given): pass\n",
}


def files(*, health: int = 200, more: str = "") -> dict[str, str]:
    """The sources of a package. `more` are further lines of its handler."""
    return {
        "movierec/__init__.py": "",
        "movierec/serverless/__init__.py": "",
        "movierec/serverless/handler.py": HANDLER.format(health=health, more=more, style=STYLE),
        "boto3.py": BOTO3,
        contents.MANIFEST: json.dumps({"paths": {"a.css": STYLE}}),
        **BOTOCORE,
    }


def unpacked(folder: Path, sources: dict[str, str]) -> Path:
    """Writes the sources into a folder."""
    for name, text in sources.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return folder


def packed(folder: Path, name: str, *, health: int = 200, more: str = "") -> Path:
    """A zip of a package."""
    archive = folder / f"{name}.zip"
    contents.pack(unpacked(folder / name, files(health=health, more=more)), archive)
    return archive
