"""The identity provider that is a Cognito user pool."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from apps.accounts import denials, mails
from apps.accounts.emails import address_of
from apps.accounts.errors import (
    AccountConflict,
    CodeMismatch,
    ExpiredCode,
    InvalidRefreshToken,
    NoTotpBegun,
    WrongCredentials,
    WrongPassword,
)
from apps.accounts.models import RESET_CODE, SIGN_UP_CODE
from apps.accounts.providers.cognito import guesses, recoveries, sign_ins, tokens, users
from apps.accounts.providers.cognito.calls import call
from apps.accounts.providers.cognito.errors import IdChosenByPool, NoSuchUser, Taken, Untold
from apps.accounts.providers.cognito.jwks import JwksUnreadable, key_cache
from apps.accounts.providers.cognito.policy import check_open, check_password
from apps.accounts.providers.cognito.pool import client_id, jwks_url, pool_id
from apps.accounts.providers.interface import AccountFacts, Challenge, ChallengeName, Claims, SessionKey, Tokens
from movierec.api.errors import Unavailable

_ANSWERS: dict[ChallengeName, Callable[[str, str | None], Tokens | Challenge]] = {
    "SOFTWARE_TOKEN_MFA": sign_ins.answer_code,
    "MFA_SETUP": sign_ins.answer_set_up,
    "NEW_PASSWORD_REQUIRED": sign_ins.answer_new_password,
}


class CognitoProvider:
    """Identity in a user pool; see IdentityProvider for what each method promises."""

    def sign_up(self, email: str, password: str) -> str:
        """Registers or renews; a taken address costs as many calls and has its owner told by mail.

        Raises SignUpClosed where the pool lets only administrators make users.
        """
        users.check_length(email)
        check_open()
        check_password(password)
        address = address_of(email)
        mails.count_mail(address)
        user_id = _register(email, password)
        guesses.begin(address, SIGN_UP_CODE)
        return user_id

    def confirm(self, email: str, code: str) -> str:
        """Spends one of the address's guesses, then asks the pool."""
        address = address_of(email)
        guesses.count(address, SIGN_UP_CODE, code)
        user_id = _by_code("ConfirmSignUp", email, ConfirmationCode=code)
        guesses.end(address, SIGN_UP_CODE)
        return user_id

    def resend(self, email: str) -> None:
        """Has the pool mail; it does for unconfirmed users only."""
        _ask_for_code("ResendConfirmationCode", email, SIGN_UP_CODE)

    def forgot(self, email: str) -> None:
        """Has the pool mail; it does for confirmed users only."""
        _ask_for_code("ForgotPassword", email, RESET_CODE)

    def reset(self, email: str, code: str, password: str) -> str:
        """Spends one of the address's guesses, then asks the pool."""
        check_password(password)
        address = address_of(email)
        guesses.count(address, RESET_CODE, code)
        user_id = _by_code("ConfirmForgotPassword", email, ConfirmationCode=code, Password=password)
        guesses.end(address, RESET_CODE)
        return user_id

    def sign_in(self, name: str, password: str) -> Tokens | Challenge:
        """Every failure costs one call, whether the pool knows the name or not; an id of the pool is no name here."""
        return sign_ins.begin(users.name_of(name), password)

    def still_proves(self, tokens: Tokens) -> bool:
        """Whether no session was ended with all others since the password was sent, as a new one ends them."""
        return not denials.signed_out_since(tokens.user_id, float(tokens.proof))

    def answer(self, challenge: ChallengeName, state: str, answer: str | None) -> Tokens | Challenge:
        """Each challenge has its own answer."""
        return _ANSWERS[challenge](state, answer)

    def challenged_user(self, state: str) -> str:
        """Asks the pool, whose own name of a user need not be the id."""
        return sign_ins.asked_user(state)

    def pass_without_code(self, state: str) -> Tokens:
        """Goes by the password, with the second factor off for a moment."""
        return sign_ins.pass_without_code(state)

    def refresh(self, refresh_token: str) -> Tokens:
        """With or without rotation, as the pool does it."""
        return sign_ins.refresh(refresh_token)

    def revoke(self, refresh_token: str) -> SessionKey | None:
        """Renews once more to learn the session, since a refresh token says nothing to us."""
        try:
            newest = sign_ins.refresh(refresh_token)
        except InvalidRefreshToken:
            return None
        sign_ins.revoke(newest)
        return SessionKey(newest.user_id, newest.session_id)

    def revoke_all(self, user_id: str) -> None:
        """Signs the user out everywhere."""
        users.sign_out_everywhere(user_id)

    def claims(self, access_token: str) -> Claims:
        """Reads the pool's token with the pool's keys."""
        return tokens.verified_claims(access_token)

    def change_password(self, user_id: str, access_token: str, old: str, new: str) -> None:
        """In the user's own name, so that the pool checks the old one.

        The refresh tokens of other sessions stay good at the pool itself; the service refuses what they give.
        """
        check_password(new)
        call("ChangePassword", AccessToken=access_token, PreviousPassword=old, ProposedPassword=new)

    def check_password(self, user_id: str, password: str) -> str | None:
        """Signs in and, where that is all, out again."""
        try:
            outcome = sign_ins.begin(user_id, password)
        except WrongCredentials as error:
            raise WrongPassword from error
        return _prove(outcome)

    def check_code(self, state: str, code: str) -> None:
        """Goes on with that sign-in, and out again."""
        _prove(sign_ins.answer_code(state, code))

    def begin_totp(self, user_id: str, access_token: str) -> str:
        """The pool makes the secret; the one in use stays until the new one is confirmed."""
        return str(call("AssociateSoftwareToken", AccessToken=access_token)["SecretCode"])

    def confirm_totp(self, user_id: str, access_token: str, code: str) -> None:
        """Proves the secret, then has sign-ins ask for it."""
        sign_ins.verify_first_code(code, AccessToken=access_token)
        setting = users.totp_setting(on=True)
        call("SetUserMFAPreference", AccessToken=access_token, SoftwareTokenMfaSettings=setting)

    def disable_totp(self, user_id: str) -> None:
        """With our own rights, since the shared layer has made sure who asks."""
        with suppress(NoSuchUser, NoTotpBegun):
            users.set_totp(user_id, on=False)
        recoveries.end(recoveries.begun(user_id))

    def account(self, user_id: str) -> AccountFacts | None:
        """From the pool."""
        found = users.by_id(user_id)
        if found is None or not found.confirmed:
            return None
        return AccountFacts(found.user_id, found.email, found.created_at, has_totp=found.has_totp)

    def account_id(self, email: str) -> str | None:
        """The id of the confirmed user with this address."""
        found = users.find(email)
        return found.user_id if found and found.confirmed else None

    def create_confirmed(self, email: str, password: str, user_id: str | None, *, replace_password: bool) -> str:
        """Makes the user with our own rights; an unconfirmed one of the same address gives way to it."""
        users.check_length(email)
        check_password(password)
        found = users.find(email)
        if found and found.confirmed:
            return _keep(found, password, user_id, replace_password=replace_password)
        if user_id is not None:
            raise IdChosenByPool
        if found:
            users.delete(found.user_id)
        return _create(email, password)

    def delete(self, user_id: str) -> None:
        """Removes the user from the pool."""
        users.delete(user_id)

    def public_keys(self) -> list[dict[str, Any]]:
        """The pool's own."""
        return key_cache().published()

    def check_configuration(self) -> None:
        """The pool's keys must be readable; that the pool and a client are named, settings have checked."""
        try:
            key_cache().read()
        except JwksUnreadable as error:
            raise ImproperlyConfigured(
                f"COGNITO_USER_POOL_ID: the keys of the pool cannot be read at {jwks_url()} ({error}); "
                "check the id and the way to that address."
            ) from error


def _register(email: str, password: str) -> str:
    """Signs up, or tells the owner of a taken address; the answer is a new id either way."""
    # No more sign-ups of one address than this get here in an hour, and each round one of them succeeds.
    for _ in range(mails.MAILS_AN_HOUR):
        found = users.find(email)
        if found and found.confirmed:
            mails.mail_owner(found.email)
            return users.similar_id(found.user_id)
        if found:
            users.delete(found.user_id)
        with suppress(Taken):
            return _sign_up(email, password)
    raise Unavailable


def _sign_up(email: str, password: str) -> str:
    attributes = [{"Name": "email", "Value": email}]
    made = call("SignUp", ClientId=client_id(), Username=email, Password=password, UserAttributes=attributes)
    return str(made["UserSub"])


def _ask_for_code(operation: str, email: str, purpose: str) -> None:
    address = address_of(email)
    mails.count_mail(address)
    with suppress(Untold):
        call(operation, ClientId=client_id(), Username=users.name_of(email))
    guesses.begin(address, purpose)


def _by_code(operation: str, email: str, **parameters: str) -> str:
    """The user id of who gave a right code.

    A code that the pool takes for too old is a wrong one: it says so of its users only, and `guesses` has said
    it of any address before.
    """
    try:
        call(operation, ClientId=client_id(), Username=users.name_of(email), **parameters)
    except ExpiredCode as error:
        raise CodeMismatch from error
    found = users.find(email)
    if found is None:
        raise CodeMismatch
    return found.user_id


def _prove(outcome: Tokens | Challenge) -> str | None:
    """Ends the sign-in that only proved who asks; the state to go on with where a code is missing."""
    if isinstance(outcome, Tokens):
        sign_ins.revoke(outcome)
        return None
    return outcome.state if outcome.name == "SOFTWARE_TOKEN_MFA" else None


def _keep(found: users.PoolUser, password: str, user_id: str | None, *, replace_password: bool) -> str:
    if user_id not in (None, found.user_id):
        raise AccountConflict(found.email)
    if replace_password:
        users.set_password(found.user_id, password)
    return found.user_id


def _create(email: str, password: str) -> str:
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    try:
        made = call(
            "AdminCreateUser",
            UserPoolId=pool_id(),
            Username=email,
            UserAttributes=attributes,
            TemporaryPassword=password,
            MessageAction="SUPPRESS",
        )
    except Taken as error:
        raise AccountConflict(email) from error
    user_id = users.attributes_of(made["User"]["Attributes"])["sub"]
    users.set_password(user_id, password)
    return user_id
