"""The door to AWS, and a sentence with a remedy for each way in which it stays shut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from infra.config import Config, WrongConfig
from infra.deployment.aws import Aws, is_denied, is_missing, sentence
from infra.deployment.telling import Trouble


def refused(code: str, message: str = "No", operation: str = "DescribeStacks") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoCredentialsError(), "There are no credentials for AWS"),
        (ProfileNotFound(profile="nobody"), "There are no credentials for AWS"),
        (UnauthorizedSSOTokenError(), "The sign-in at AWS has expired. Sign in"),
        (TokenRetrievalError(provider="sso", error_msg="x"), "The sign-in at AWS has expired. Sign in"),
        (EndpointConnectionError(endpoint_url="https://x"), "AWS does not answer"),
        (ReadTimeoutError(endpoint_url="https://x"), "AWS does not answer"),
        (refused("ExpiredToken"), "The credentials for AWS have expired. Sign in"),
        (refused("RequestExpired"), "The credentials for AWS have expired. Sign in"),
        (refused("InvalidClientTokenId"), "AWS does not know these credentials (InvalidClientTokenId"),
        (refused("SignatureDoesNotMatch", "Signature not yet current"), "Check this machine's clock"),
        (
            refused("AccessDenied", "User: u is not authorized to perform: cloudformation:CreateChangeSet on x"),
            "These credentials may not do cloudformation:CreateChangeSet: User: u",
        ),
        (refused("AccessDeniedException"), "These credentials may not do DescribeStacks"),
        (refused("Throttling", "Rate exceeded"), "AWS is asked too often (DescribeStacks)"),
        (refused("ProvisionedThroughputExceededException"), "AWS is asked too often (DescribeStacks)"),
        (refused("PriorRequestNotComplete"), "AWS is asked too often (DescribeStacks)"),
        (refused("RequestThrottled"), "AWS is asked too often (DescribeStacks)"),
        (refused("RequestThrottledException"), "AWS is asked too often (DescribeStacks)"),
        (refused("ThrottledException"), "AWS is asked too often (DescribeStacks)"),
        (refused("LimitExceededException", "20 schedules"), "AWS refused DescribeStacks (LimitExceededException): 20"),
        (refused("LimitExceeded", "200 stacks"), "AWS refused DescribeStacks (LimitExceeded): 200 stacks"),
    ],
)
def test_every_failure_has_a_sentence(error: Any, words: str) -> None:
    found = sentence(error)

    assert words in found
    assert "\n" not in found


def test_a_missing_thing_and_a_forbidden_one_are_told_apart() -> None:
    assert is_missing(refused("ParameterNotFound"))
    assert is_missing(refused("404"))
    assert is_missing(refused("ValidationError", "Stack with id x does not exist"))
    assert not is_missing(refused("ValidationError", "x"))
    assert is_denied(refused("403"))
    assert not is_denied(refused("404"))


def test_a_region_that_aws_does_not_have_is_named(real_aws: Aws, config: Config) -> None:
    with pytest.raises(Trouble, match=r"eu-moon-1 is no region of AWS .* Mend `region`"):
        Aws(replace(config, region="eu-moon-1")).client("cloudformation")


def test_a_profile_that_is_not_there_is_named(real_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody-has-this")

    with pytest.raises(Trouble, match="nobody-has-this"):
        real_aws.client("sts")


def test_a_client_is_made_once_for_a_region_and_tries_patiently(real_aws: Aws) -> None:
    client = real_aws.client("ssm")

    assert client is real_aws.client("ssm")
    assert client is not real_aws.client("ssm", "us-east-1")
    assert client.meta.region_name == "eu-north-1"
    assert client.meta.config.retries["mode"] == "adaptive"
    assert client.meta.endpoint_url == "https://ssm.eu-north-1.amazonaws.com"
    assert not real_aws.is_local


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_a_stand_in_needs_no_profile(config: Config, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv(variable, "nobody-has-this")

    assert Aws(config).client("sts")._request_signer._credentials.access_key == "test"


@pytest.mark.parametrize("address", ["localhost:4566", "127.0.0.1", "http://", "https://host:port"])
def test_an_address_without_its_parts_is_wrong_input(
    config: Config, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)

    with pytest.raises(WrongConfig, match="write an address such as http://127"):
        Aws(config)


def test_a_stand_in_never_gets_real_credentials(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    aws = Aws(config)

    client = aws.client("s3")

    assert aws.is_local
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
    assert client._request_signer._credentials.access_key == "test"
