"""What a new environment lacks besides code: a model, and a catalogue. Without them it serves, and says less."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from infra import names
from infra.declared import secrets, tables
from infra.deployment.aws import Aws, is_missing
from infra.deployment.telling import Trouble, say
from infra.release.settings import ROOT

_POINTER: Final = "current.json"
_SHOWN: Final = 1500
_FIRST_SYNC: Final = "sync_media --schedule daily"


def must_have_keys(aws: Aws) -> None:
    """Raises Trouble where the signing secret is not what the application wants; warns where TMDB's key is missing."""
    signing = names.secret(aws.config, secrets.SIGNING)
    if not _held(aws, signing).get("SECRET_KEY"):
        raise Trouble(
            f"The secret {signing} has no SECRET_KEY: deploy the stack auth, which makes it, and run this again."
        )
    if not has_tmdb_key(aws):
        say(
            f"The secret {names.secret(aws.config, secrets.TMDB)} has no key of TMDB yet, so the catalogue gets no "
            'titles: put {"TMDB_API_KEY": "…"} into it. Running functions take it up within minutes.'
        )


def has_tmdb_key(aws: Aws) -> bool:
    """Whether an operator has put TMDB's key in."""
    return bool(_held(aws, names.secret(aws.config, secrets.TMDB)).get("TMDB_API_KEY"))


def _held(aws: Aws, name: str) -> dict[str, Any]:
    """The members of a secret that is JSON; none where it is something else, or not there."""
    try:
        text = aws.client("secretsmanager").get_secret_value(SecretId=name).get("SecretString", "")
    except ClientError as error:
        if is_missing(error):
            return {}
        raise
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def bring_model(aws: Aws, model: Path | None, variables: Mapping[str, str]) -> None:
    """Publishes the model that is named; says what it means where there is none. Raises Trouble.

    None is taken from this machine unasked: what stands there may have been trained on the demo's invented viewers.
    """
    if model is not None:
        said = _manage(aws, variables, "recommender_model", "publish", str(model.resolve()))
        say(f"  {said}")
    elif not _has_model(aws):
        say(
            "  There is no trained model: recommendations rest on popularity. Train one on what people like "
            "(docs/runbook.md, Train a model), or publish one by --model FOLDER."
        )


def _has_model(aws: Aws) -> bool:
    try:
        aws.client("s3").head_object(Bucket=names.bucket(aws.config, "models"), Key=_POINTER)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def _manage(aws: Aws, variables: Mapping[str, str], *words: str) -> str:
    """Runs a command of the application here, on the environment's data with the operator's rights. Raises Trouble."""
    # As a function, so that no .env of this machine is read.
    own = {"AWS_REGION": aws.config.region, "AWS_LAMBDA_FUNCTION_NAME": "release"}
    surroundings = {**os.environ, **variables, **own}
    if aws.is_local:
        surroundings |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": aws.endpoint}
    done = subprocess.run(  # noqa: S603 -- the project's own program
        [sys.executable, "manage.py", *words], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Trouble(f"manage.py {' '.join(words)} failed: {done.stderr[-_SHOWN:].strip()}")
    return done.stdout.strip()


def begin_catalogue(aws: Aws, jobs_function: str) -> None:
    """Starts the first sync where the catalogue is empty and TMDB's key is there; it runs on by itself."""
    if not _is_catalogue_empty(aws):
        return
    if not has_tmdb_key(aws):
        say(
            "  The catalogue is empty. With TMDB's key in its secret it is filled by the next sync, at 08:00 UTC, or "
            "by running this again; the demo catalogue, which has invented viewers, is for machines of developers."
        )
        return
    event = json.dumps({"manage": _FIRST_SYNC}).encode()
    aws.client("lambda").invoke(
        FunctionName=jobs_function, Qualifier=names.ALIAS, InvocationType="Event", Payload=event
    )
    say("  The catalogue is empty; its first sync has begun and runs by itself for some minutes.")


def _is_catalogue_empty(aws: Aws) -> bool:
    cache = next(table for table in tables.TABLES if table.key == "cache").name_in(aws.config)
    return not aws.client("dynamodb").scan(TableName=cache, Limit=1)["Items"]
