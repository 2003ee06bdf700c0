"""The one DynamoDB connection of the process.

PynamoDB would make a client for every model (65 to 180 ms and 10 MiB each); all tables share this one instead.
botocore clients may be used by several threads at once.
"""

from __future__ import annotations

from functools import cache
from threading import Lock

from django.conf import settings
from pynamodb.connection import Connection

from movierec import env
from movierec.localaws import ensure_running
from movierec.telemetry.dynamo import observe

# The gateway gives a request 29 s; two tries of these stay far below it, PynamoDB's defaults do not.
CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 3
RETRIES = 2
MAX_POOL_CONNECTIONS = 32

_lock = Lock()


def shared_connection() -> Connection:
    """The process's connection, made at the first call."""
    with _lock:
        return _make()


@cache
def _make() -> Connection:
    endpoint = endpoint_url()
    credentials = key_for(endpoint)
    connection = Connection(
        region=settings.AWS_REGION,
        host=endpoint,
        connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=READ_TIMEOUT_SECONDS,
        max_retry_attempts=RETRIES,
        max_pool_connections=MAX_POOL_CONNECTIONS,
        aws_access_key_id=credentials,
        aws_secret_access_key=credentials,
    )
    # botocore makes clients safely in one thread only, so the first use must not be a race.
    observe(connection.client.meta.events)
    return connection


def key_for(endpoint: str | None) -> str | None:
    """The access key, and its secret, for a stand-in for AWS; None to use the process's own credentials.

    A stand-in wants some and must never be sent a person's. One that runs this as a function has made it credentials of
    its role, and with those what the role allows holds there, too.
    """
    return "test" if endpoint and not env.on_lambda() else None


def endpoint_url() -> str | None:
    """The address of the AWS stand-in in use, or None for AWS itself; starts the embedded one if it is wanted.

    Raises LocalAwsError when the embedded AWS cannot start.
    """
    if settings.EMBEDDED_AWS:
        return ensure_running(settings.STATE_DIR, settings.EMBEDDED_AWS_PYTHON).url
    return settings.AWS_ENDPOINT_URL or None
