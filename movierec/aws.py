"""Clients of AWS services other than DynamoDB, which has a connection of its own.

They are botocore's, which PynamoDB imports in any case: boto3 would make the same, and each cold start 10 ms longer.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.session import Session
from django.conf import settings

from movierec.dynamo.connection import endpoint_url, key_for

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 5

_lock = Lock()


def client(service: str, region: str | None = None) -> Any:
    """The process's client of a service, at the stand-in's address where one is configured.

    It tries once: callers know what may be tried again. `region` is settings.AWS_REGION where not given. Clients
    may be used by several threads at once; making one may not.
    """
    with _lock:
        return _make(service, region or settings.AWS_REGION, settings.AWS_ENDPOINT_URL)


@cache
def _make(service: str, region: str, configured_endpoint: str) -> Any:
    endpoint = configured_endpoint or endpoint_url()
    credentials = key_for(endpoint)
    return Session().create_client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=credentials,
        aws_secret_access_key=credentials,
        config=Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            retries={"total_max_attempts": 1, "mode": "standard"},
            # Settings alone say which endpoint it is.
            ignore_configured_endpoint_urls=True,
        ),
    )
