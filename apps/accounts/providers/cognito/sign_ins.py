"""Signing in at the pool: the password, the questions behind it, and the tokens at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from time import time
from typing import Any, get_args

import jwt
import orjson

from apps.accounts.errors import (
    ChallengeExpired,
    CodeMismatch,
    InvalidRefreshToken,
    NoTotpBegun,
    WrongCredentials,
)
from apps.accounts.providers.cognito import recoveries, users
from apps.accounts.providers.cognito.calls import call, renew_budget
from apps.accounts.providers.cognito.errors import NoSuchUser, RecoveryUnsupported, UnsupportedChallenge
from apps.accounts.providers.cognito.policy import check_password
from apps.accounts.providers.cognito.pool import client_id
from apps.accounts.providers.interface import Challenge, ChallengeName, Tokens
from movierec.dynamo.table import Row

_CODE = re.compile(r"[0-9]{6}")
_SUPPORTED = get_args(ChallengeName)


@dataclass(frozen=True, slots=True)
class _State:
    """What goes on with a challenge: the pool's session, its name of the user, and the password just given.

    `began_at` is when that password was sent, in seconds since 1970.
    """

    session: str = field(repr=False)
    username: str
    password: str = field(repr=False)
    began_at: float

    def text(self) -> str:
        return orjson.dumps(asdict(self)).decode()


def _state(text: str) -> _State:
    return _State(**orjson.loads(text))


def begin(name: str, password: str) -> Tokens | Challenge:
    """Checks the password of an address or a user id. Raises WrongCredentials, and NotConfirmed for any password."""
    return _guarded(_start(name, password), name, password)


def _start(name: str, password: str) -> Tokens | Challenge:
    began_at = round(time(), 3)
    answer = call(
        "InitiateAuth",
        ClientId=client_id(),
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )
    return _outcome(answer, name, password, began_at)


def _guarded(outcome: Tokens | Challenge, name: str, password: str) -> Tokens | Challenge:
    """The outcome, or that of a new sign-in where a recovery was cut short and left the second factor off."""
    if isinstance(outcome, Challenge):
        return outcome
    cut_short = recoveries.begun(outcome.user_id)
    if not cut_short:
        return outcome
    revoke(outcome)
    _end_recoveries(outcome.user_id, cut_short)
    return _start(name, password)


def _end_recoveries(user_id: str, rows: list[Row]) -> None:
    """Switches the second factor on again; one whose secret is gone altogether stays off."""
    with suppress(NoSuchUser, NoTotpBegun):
        users.set_totp(user_id, on=True)
    recoveries.end(rows)


def _outcome(answer: Mapping[str, Any], username: str, password: str, began_at: float) -> Tokens | Challenge:
    if "AuthenticationResult" in answer:
        return replace(tokens_of(answer["AuthenticationResult"]), proof=str(began_at))
    name = answer["ChallengeName"]
    if name not in _SUPPORTED:
        raise UnsupportedChallenge(name)
    known_as = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", username)
    return Challenge(name, _State(answer["Session"], known_as, password, began_at).text())


def answer_code(state: str, code: str | None) -> Tokens | Challenge:
    """Goes on with the six digits of a SOFTWARE_TOKEN_MFA challenge. Raises CodeMismatch and ChallengeExpired."""
    asked = _state(state)
    return _respond("SOFTWARE_TOKEN_MFA", asked, asked.session, {"SOFTWARE_TOKEN_MFA_CODE": _digits(code)})


def answer_new_password(state: str, password: str | None) -> Tokens | Challenge:
    """Goes on with a new password where one is asked for. Raises InvalidPassword and ChallengeExpired."""
    asked = _state(state)
    check_password(password or "")
    renewed = replace(asked, password=password or "")
    outcome = _respond("NEW_PASSWORD_REQUIRED", renewed, asked.session, {"NEW_PASSWORD": renewed.password})
    return _guarded(outcome, renewed.username, renewed.password)


def answer_set_up(state: str, code: str | None) -> Tokens | Challenge:
    """Gives the secret of a second factor that the pool demands, and with a first code goes on.

    Raises CodeMismatch and ChallengeExpired.
    """
    asked = _state(state)
    if code is None:
        made = call("AssociateSoftwareToken", Session=asked.session)
        waiting = replace(asked, session=made["Session"])
        return Challenge("MFA_SETUP", waiting.text(), made["SecretCode"])
    verified = verify_first_code(code, Session=asked.session)
    return _respond("MFA_SETUP", asked, verified["Session"], {})


def _respond(name: str, asked: _State, session: str, given: Mapping[str, str]) -> Tokens | Challenge:
    answer = call(
        "RespondToAuthChallenge",
        ClientId=client_id(),
        ChallengeName=name,
        Session=session,
        ChallengeResponses={"USERNAME": asked.username, **given},
    )
    return _outcome(answer, asked.username, asked.password, asked.began_at)


def verify_first_code(code: str, **credentials: str) -> dict[str, Any]:
    """Proves a new second factor by its first code, with a session or an access token. Raises CodeMismatch."""
    verified = call("VerifySoftwareToken", UserCode=_digits(code), **credentials)
    if verified["Status"] != "SUCCESS":
        raise CodeMismatch
    return verified


def _digits(code: str | None) -> str:
    if code is None or not _CODE.fullmatch(code):
        raise CodeMismatch
    return code


def asked_user(state: str) -> str:
    """The user id behind a challenge. Raises ChallengeExpired when the user is gone."""
    user = users.find(_state(state).username)
    if user is None:
        raise ChallengeExpired
    return user.user_id


def pass_without_code(state: str) -> Tokens:
    """Signs in past the second factor, which is off for the moment that it takes.

    A pool that demands a second factor of everybody then asks to set one up: recovery codes do not work there. Raises
    ChallengeExpired and RecoveryUnsupported.
    """
    asked = _state(state)
    user_id = asked_user(state)
    recovery = recoveries.begin(user_id)
    try:
        users.set_totp(user_id, on=False)
        outcome = _start(asked.username, asked.password)
    except (NoSuchUser, NoTotpBegun, WrongCredentials) as error:
        raise ChallengeExpired from error
    finally:
        renew_budget()
        _end_recoveries(user_id, [recovery])
    if isinstance(outcome, Challenge):
        raise RecoveryUnsupported if outcome.name == "MFA_SETUP" else ChallengeExpired
    return outcome


def refresh(refresh_token: str) -> Tokens:
    """New tokens for a session, with the next refresh token where the pool rotates them. Raises InvalidRefreshToken."""
    answer = call("GetTokensFromRefreshToken", ClientId=client_id(), RefreshToken=refresh_token)
    return tokens_of({"RefreshToken": refresh_token, **answer["AuthenticationResult"]})


def revoke(tokens: Tokens) -> None:
    """Makes the refresh token of a session useless; also one that is no good any more."""
    with suppress(InvalidRefreshToken):
        call("RevokeToken", ClientId=client_id(), Token=tokens.refresh)


def tokens_of(result: Mapping[str, Any]) -> Tokens:
    """The pool's tokens as ours are; their signatures need no check, since they come from the pool itself."""
    access = _content(result["AccessToken"])
    return Tokens(
        access=result["AccessToken"],
        id=result["IdToken"],
        refresh=result["RefreshToken"],
        expires_in=result["ExpiresIn"],
        email=_content(result["IdToken"]).get("email", ""),
        user_id=access["sub"],
        session_id=session_of(access),
    )


def session_of(claims: Mapping[str, Any]) -> str:
    """The session of an access token; a pool whose tokens cannot be revoked names none, so each token is one."""
    return str(claims.get("origin_jti") or claims["jti"])


def _content(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))
