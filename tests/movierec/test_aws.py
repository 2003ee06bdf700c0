from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from movierec.aws import client


def test_all_threads_get_the_same_client() -> None:
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(lambda _: id(client("cognito-idp")), range(32)))
    assert len(set(clients)) == 1


def test_a_stand_in_is_used_for_its_address_and_gets_no_real_credentials(settings: Any) -> None:
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:9"
    made = client("cognito-idp", "eu-west-1")
    assert (made.meta.endpoint_url, made.meta.region_name) == ("http://127.0.0.1:9", "eu-west-1")
    credentials = made._request_signer._credentials
    assert (credentials.access_key, credentials.secret_key) == ("test", "test")


def test_without_one_it_is_aws_itself_in_the_region_of_the_tables(settings: Any) -> None:
    settings.AWS_ENDPOINT_URL = ""
    assert client("cognito-idp").meta.endpoint_url == "https://cognito-idp.eu-north-1.amazonaws.com"


def test_it_tries_once_and_gives_up_soon() -> None:
    config = client("cognito-idp").meta.config
    assert config.retries["total_max_attempts"] == 1
    assert (config.connect_timeout, config.read_timeout) == (1, 5)
