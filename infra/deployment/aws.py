"""The one door to AWS: clients for an environment's regions, and a sentence for each way in which AWS fails."""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config as ClientConfig
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOError,
    TokenRetrievalError,
)

from infra.config import Config, WrongConfig
from infra.deployment.telling import Trouble

# What AWS may raise; callers catch these two and nothing wider.
AwsError: Final = (BotoCoreError, ClientError)
CONNECT_TIMEOUT_SECONDS: Final = 5
READ_TIMEOUT_SECONDS: Final = 60
ATTEMPTS: Final = 6

_PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov", "aws-eusc")
_NO_CREDENTIALS: Final = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, ProfileNotFound)
_NO_NETWORK: Final = (
    ConnectTimeoutError,
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)
_EXPIRED: Final = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
_SKEWED: Final = ("RequestTimeTooSkewed", "InvalidSignatureException", "SignatureDoesNotMatch")
_UNKNOWN_KEY: Final = ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure")
_DENIED: Final = (
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "UnauthorizedOperation",
)
# By the names that services have for it. LimitExceeded is none of them: it mostly means a quota, which stays as it is.
_THROTTLED: Final = (
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
)
_SIGN_IN: Final = "Sign in (`aws sso login`, or `aws configure`) or set AWS_PROFILE, and run the same command again."


class Aws:
    """Clients for one environment. AWS_ENDPOINT_URL leads to a stand-in, which never gets real credentials.

    Raises WrongConfig where AWS_ENDPOINT_URL is no address.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.endpoint = _endpoint()
        self._clients: dict[tuple[str, str], Any] = {}

    @property
    def is_local(self) -> bool:
        """Whether a stand-in answers and not AWS."""
        return bool(self.endpoint)

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service, in the environment's region where none is given.

        Raises Trouble for a profile that is not there and for a region that AWS does not have.
        """
        place = region or self.config.region
        key = (service, place)
        if key not in self._clients:
            self._clients[key] = self._made(service, place)
        return self._clients[key]

    def account(self) -> str:
        """The number of the account whose credentials these are."""
        return str(self.client("sts").get_caller_identity()["Account"])

    @cached_property
    def _session(self) -> Any:
        # A stand-in gets made-up credentials, so a profile that is not here must not stop anybody.
        no_profile = botocore.session.Session({"profile": (None, None, None, None)}) if self.is_local else None
        return boto3.session.Session(botocore_session=no_profile)

    def _made(self, service: str, region: str) -> Any:
        credentials = "test" if self.endpoint else None
        try:
            session = self._session
            for name in (self.config.region, region):
                _must_know(session, name)
            return session.client(
                service,
                region_name=region,
                endpoint_url=self.endpoint or None,
                aws_access_key_id=credentials,
                aws_secret_access_key=credentials,
                config=ClientConfig(
                    connect_timeout=CONNECT_TIMEOUT_SECONDS,
                    read_timeout=READ_TIMEOUT_SECONDS,
                    retries={"total_max_attempts": ATTEMPTS, "mode": "adaptive"},
                    # A stand-in on this machine has no names for buckets.
                    s3={"addressing_style": "path"} if self.endpoint else {},
                    ignore_configured_endpoint_urls=True,
                ),
            )
        except BotoCoreError as error:
            raise Trouble(sentence(error)) from error


def _endpoint() -> str:
    text = os.environ.get("AWS_ENDPOINT_URL", "").rstrip("/")
    if text and not _is_address(text):
        raise WrongConfig(f"AWS_ENDPOINT_URL is {text!r}; write an address such as http://127.0.0.1:4566.")
    return text


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _must_know(session: Any, region: str) -> None:
    known = [name for partition in _PARTITIONS for name in session.get_available_regions("sts", partition)]
    if region not in known:
        raise Trouble(
            f"{region} is no region of AWS that is known here. Mend `region` (or second_region) in environments.toml."
        )


def sentence(error: BotoCoreError | ClientError) -> str:
    """What went wrong between here and AWS, and the remedy, in words."""
    if isinstance(error, ClientError):
        return _refusal(error)
    if isinstance(error, _NO_CREDENTIALS):
        return f"There are no credentials for AWS ({error}). {_SIGN_IN}"
    if isinstance(error, (SSOError, TokenRetrievalError)):
        return f"The sign-in at AWS has expired. {_SIGN_IN}"
    if isinstance(error, NoRegionError):
        return "No region is set. Write `region` into environments.toml."
    if isinstance(error, _NO_NETWORK):
        return (
            f"AWS does not answer ({error}). Check the network, AWS_ENDPOINT_URL and the region, and run the same "
            "command again: it goes on from where it was."
        )
    return f"The request to AWS could not be made: {error}."


def code_of(error: ClientError) -> str:
    """The short name of what AWS refused for, such as ValidationError."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(error: ClientError) -> str:
    """What AWS said, in one line."""
    return " ".join(str(error.response.get("Error", {}).get("Message", "")).split())


def is_missing(error: ClientError) -> bool:
    """Whether AWS says that something asked for is not there."""
    code = code_of(error)
    return "NotFound" in code or code.startswith("NoSuch") or code == "404" or "does not exist" in message_of(error)


def is_denied(error: ClientError) -> bool:
    """Whether AWS says that these credentials may not do it."""
    return code_of(error) in (*_DENIED, "403")


def _refusal(error: ClientError) -> str:
    code, message, operation = code_of(error), message_of(error), error.operation_name
    if code in _EXPIRED:
        return f"The credentials for AWS have expired. {_SIGN_IN}"
    if code in _SKEWED:
        return f"AWS refuses the signature ({message}). Check this machine's clock and the secret key."
    if code in _UNKNOWN_KEY:
        return (
            f"AWS does not know these credentials ({code} at {operation}), or the region is not enabled for the "
            f"account. {_SIGN_IN}"
        )
    if code in _DENIED:
        return f"These credentials may not do {_action(message) or operation}: {message} Ask for the right to it."
    if code in _THROTTLED:
        return f"AWS is asked too often ({operation}). Wait a minute and run the same command again."
    return f"AWS refused {operation} ({code}): {message}"


def _action(message: str) -> str:
    found = re.search(r"perform: ([\w-]+:\w+)", message)
    return found[1] if found else ""
