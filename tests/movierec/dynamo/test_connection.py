"""The process's one connection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from movierec.dynamo.connection import endpoint_url, shared_connection


def test_all_threads_get_the_same_client() -> None:
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(lambda _: id(shared_connection().client), range(32)))
    assert set(clients) == {id(shared_connection().client)}


def test_it_gives_up_long_before_the_gateway_does() -> None:
    config = shared_connection().client.meta.config
    tries = 1 + shared_connection()._max_retry_attempts_exception
    assert tries * (config.connect_timeout + config.read_timeout) < 15
    assert config.max_pool_connections == 32


def test_a_stand_in_is_never_sent_real_credentials() -> None:
    credentials = shared_connection().session.get_credentials()
    assert (credentials.access_key, credentials.secret_key) == ("test", "test")


def test_the_endpoint_is_the_settings(settings: Any) -> None:
    assert endpoint_url() == "https://dynamodb.eu-north-1.amazonaws.com"
    settings.AWS_ENDPOINT_URL = ""
    assert endpoint_url() is None
