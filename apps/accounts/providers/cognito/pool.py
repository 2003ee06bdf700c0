"""Which user pool it is, as configured."""

from __future__ import annotations

from django.conf import settings

from movierec.dynamo.connection import endpoint_url


def pool_id() -> str:
    """The pool's id, such as eu-north-1_AbCdEfGhI."""
    return str(settings.COGNITO_USER_POOL_ID)


def client_id() -> str:
    """The app client that our own sign-ins use."""
    return str(settings.COGNITO_CLIENT_IDS[0])


def region() -> str:
    """The pool's region, which its id begins with."""
    return pool_id().partition("_")[0]


def issuer() -> str:
    """`iss` of the pool's tokens."""
    return f"https://cognito-idp.{region()}.amazonaws.com/{pool_id()}"


def jwks_url() -> str:
    """Where the pool's keys are read: at its issuer, or at the stand-in for AWS in use."""
    endpoint = endpoint_url()
    base = f"{endpoint.rstrip('/')}/{pool_id()}" if endpoint else issuer()
    return f"{base}/.well-known/jwks.json"
