"""Gives the signing secret another key, in AWS Lambda, by the four steps of Secrets Manager.

Processes read the secret once, at its first use. So a fresh key opens for a whole period before it signs: it stands as
NEXT and first among SECRET_KEY_FALLBACKS, and the rotation after that makes it SECRET_KEY.
"""

from __future__ import annotations

import json
import secrets
from typing import Any, Final

import boto3

# How many keys that no longer sign still open: those of a year.
KEPT: Final = 12
SHORTEST: Final = 50


def handler(event: dict[str, str], context: object) -> None:
    """Does `event["Step"]` for the version `event["ClientRequestToken"]` of `event["SecretId"]`; again without harm.

    Raises ValueError where the version is not under way or its content cannot be, and botocore's errors.
    """
    client = boto3.client("secretsmanager")
    name, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    stages = client.describe_secret(SecretId=name)["VersionIdsToStages"]
    if "AWSCURRENT" in stages.get(token, []):
        return
    if "AWSPENDING" not in stages.get(token, []):
        raise ValueError(f"The version {token} of {name} is not under way; begin another rotation.")
    if step == "createSecret":
        _create(client, name, token)
    elif step == "testSecret":
        check(_read(client, name, VersionId=token), _read(client, name, VersionStage="AWSCURRENT"))
    elif step == "finishSecret":
        current = next(version for version in stages if "AWSCURRENT" in stages[version])
        move = {"MoveToVersionId": token, "RemoveFromVersionId": current}
        client.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", **move)


def _create(client: Any, name: str, token: str) -> None:
    try:
        _read(client, name, VersionId=token, VersionStage="AWSPENDING")
    except client.exceptions.ResourceNotFoundException:
        text = json.dumps(renewed(_read(client, name, VersionStage="AWSCURRENT")))
        client.put_secret_value(
            SecretId=name, ClientRequestToken=token, SecretString=text, VersionStages=["AWSPENDING"]
        )


def _read(client: Any, name: str, **version: str) -> dict[str, str]:
    return dict(json.loads(client.get_secret_value(SecretId=name, **version)["SecretString"]))


def renewed(content: dict[str, str]) -> dict[str, str]:
    """What follows on `content`: its NEXT signs, and there is a new NEXT."""
    signing = content.get("NEXT") or content["SECRET_KEY"]
    # Hexadecimal, so that it holds neither commas nor words.
    coming = secrets.token_hex(48)
    older = [key for key in _keys(content) if key != signing][:KEPT]
    return {"SECRET_KEY": signing, "NEXT": coming, "SECRET_KEY_FALLBACKS": ",".join([coming, *older])}


def _keys(content: dict[str, str]) -> list[str]:
    """All keys that open, the one that signs first."""
    return [content["SECRET_KEY"], *filter(None, content.get("SECRET_KEY_FALLBACKS", "").replace(" ", "").split(","))]


def check(content: dict[str, str], before: dict[str, str]) -> None:
    """Raises ValueError unless `content` may follow on `before`."""
    keys = _keys(content)
    if keys[0] not in _keys(before):
        raise ValueError("SECRET_KEY is a key that running processes do not know.")
    if keys[1:2] != [content.get("NEXT")]:
        raise ValueError("NEXT is not the first of SECRET_KEY_FALLBACKS.")
    if len(set(keys)) < len(keys) or min(map(len, keys)) < SHORTEST:
        raise ValueError("A key stands there twice, or is too short.")
