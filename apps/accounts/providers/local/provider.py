"""The identity provider that keeps accounts in our own table and signs tokens with our own key."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, Final

from django.conf import settings

from apps.accounts import passwords
from apps.accounts.emails import address_of
from apps.accounts.errors import (
    AccountConflict,
    ChallengeExpired,
    InvalidRefreshToken,
    NotConfirmed,
    WrongCredentials,
    WrongPassword,
)
from apps.accounts.providers.interface import AccountFacts, Challenge, ChallengeName, Claims, SessionKey, Tokens
from apps.accounts.providers.local import (
    keys,
    refresh_tokens,
    registrations,
    resets,
    second_factor,
    sign_ups,
    states,
    tokens,
)
from apps.accounts.providers.local.refresh_tokens import OpenSession
from apps.accounts.providers.local.registrations import Registration
from movierec.api.errors import Unavailable

# Of changes of one account at the same moment one wins each round.
TRIES: Final = 5


class LocalProvider:
    """Identity without a service outside; see IdentityProvider for what each method promises.

    Its only challenge is SOFTWARE_TOKEN_MFA.
    """

    def sign_up(self, email: str, password: str) -> str:
        """Registers or renews; the same answer and the same work for a taken address."""
        return sign_ups.register(email, password)

    def confirm(self, email: str, code: str) -> str:
        """Spends the code; a second time there is none."""
        return sign_ups.confirm(email, code)

    def resend(self, email: str) -> None:
        """Mails a code to a registration that waits for one; the same work for every address."""
        sign_ups.resend(email)

    def forgot(self, email: str) -> None:
        """Mails a code to a confirmed account; the same work for every address."""
        resets.forgot(email)

    def reset(self, email: str, code: str, password: str) -> str:
        """Replaces the hash and spends the code, both or neither."""
        return resets.reset(email, code, password)

    def sign_in(self, name: str, password: str) -> Tokens | Challenge:
        """Costs one scrypt for known and unknown addresses; renews a hash made with older parameters.

        To who knows the password of an account that staff closed, it is a wrong one.
        """
        account = registrations.find(address_of(name))
        stored = account.password_hash if account else passwords.nobodys_hash()
        if not passwords.matches(password, stored) or account is None:
            raise WrongCredentials
        if not account.confirmed:
            raise NotConfirmed
        if not account.open:
            raise WrongCredentials
        account = _with_todays_hash(account, password)
        if account.totp_secret is not None:
            return Challenge("SOFTWARE_TOKEN_MFA", states.state_of(account))
        return _begin(account)

    def still_proves(self, tokens: Tokens) -> bool:
        """Whether password and second factor are those that were checked."""
        try:
            states.account_behind(tokens.proof)
        except ChallengeExpired:
            return False
        return True

    def answer(self, challenge: ChallengeName, state: str, answer: str | None) -> Tokens:
        """Takes the code of an authenticator app, each once only."""
        if challenge != "SOFTWARE_TOKEN_MFA":
            raise ChallengeExpired
        return _begin(second_factor.spend(states.account_behind(state), answer or ""))

    def challenged_user(self, state: str) -> str:
        """The account's id; ChallengeExpired when password or second factor changed meanwhile."""
        return states.account_behind(state).user_id

    def pass_without_code(self, state: str) -> Tokens:
        """Begins the session of a state that is still good."""
        return _begin(states.account_behind(state))

    def refresh(self, refresh_token: str) -> Tokens:
        """Rotates the token; see refresh_tokens.renew for repeated ones."""
        session = refresh_tokens.renew(refresh_token)
        account = registrations.by_id(session.user_id)
        if account is None or not account.open:
            raise InvalidRefreshToken
        return _tokens(account, session)

    def revoke(self, refresh_token: str) -> SessionKey | None:
        """Names the session; its tokens are useless once it has ended."""
        return refresh_tokens.session_of(refresh_token)

    def revoke_all(self, user_id: str) -> None:
        """Nothing to do: tokens of ended sessions are useless."""

    def claims(self, access_token: str) -> Claims:
        """Reads our own token."""
        return tokens.verified_claims(access_token)

    def change_password(self, user_id: str, access_token: str, old: str, new: str) -> None:
        """Replaces the hash, unless another request did meanwhile."""
        passwords.check_password(new)
        account = _checked(user_id, old)
        session_id = tokens.access_claims(access_token)["origin_jti"]
        if not registrations.change_hash(account, passwords.hash_password(new), kept_session=session_id):
            raise WrongPassword

    def check_password(self, user_id: str, password: str) -> str | None:
        """One scrypt; the state is that of a challenge."""
        account = _checked(user_id, password)
        return None if account.totp_secret is None else states.state_of(account)

    def check_code(self, state: str, code: str) -> None:
        """Takes the code of an authenticator app, each once only."""
        second_factor.spend(states.account_behind(state), code)

    def begin_totp(self, user_id: str, access_token: str) -> str:
        """Keeps the secret sealed and apart from the one in force."""
        secret = second_factor.begin(user_id)
        if secret is None:
            raise tokens.refused()
        return secret

    def confirm_totp(self, user_id: str, access_token: str, code: str) -> None:
        """Puts the pending secret in force; its first code counts as used."""
        second_factor.confirm(registrations.by_id(user_id), code)

    def disable_totp(self, user_id: str) -> None:
        """Removes the secret in force and a pending one."""
        second_factor.disable(user_id)

    def account(self, user_id: str) -> AccountFacts | None:
        """From the account's row."""
        found = registrations.by_id(user_id)
        if found is None or not found.confirmed:
            return None
        return AccountFacts(user_id, found.email, found.created_at, has_totp=found.totp_secret is not None)

    def account_id(self, email: str) -> str | None:
        """The id behind a confirmed address."""
        account = registrations.find(address_of(email))
        return account.user_id if account and account.confirmed else None

    def create_confirmed(self, email: str, password: str, user_id: str | None, *, replace_password: bool) -> str:
        """Stores the account at once; an unconfirmed one of the same address gives way to it."""
        passwords.check_password(password)
        account = registrations.find_stored(address_of(email))
        if account and account.confirmed:
            return _keep(account, password, user_id, replace_password=replace_password)
        new = Registration(user_id or str(uuid.uuid4()), email, passwords.hash_password(password), confirmed=True)
        if not registrations.store(address_of(email), new, account):
            raise AccountConflict(email)
        return new.user_id

    def delete(self, user_id: str) -> None:
        """Removes the account, its address's claim and what lists it, by one write."""
        for _ in range(TRIES):
            account = registrations.stored(user_id)
            if account is None or registrations.remove(user_id, account):
                return
        raise Unavailable

    def public_keys(self) -> list[dict[str, Any]]:
        """The current key and the previous one."""
        return keys.public_keys()

    def check_configuration(self) -> None:
        """Reads the signing keys."""
        keys.check_configuration()


def _checked(user_id: str, password: str) -> Registration:
    account = registrations.by_id(user_id)
    if account is None or not passwords.matches(password, account.password_hash) or not account.open:
        raise WrongPassword
    return account


def _with_todays_hash(account: Registration, password: str) -> Registration:
    if not passwords.is_outdated(account.password_hash):
        return account
    fresh = passwords.hash_password(password)
    registrations.replace_hash(account, fresh)
    return replace(account, password_hash=fresh)


def _keep(account: Registration, password: str, user_id: str | None, *, replace_password: bool) -> str:
    if user_id not in (None, account.user_id):
        raise AccountConflict(account.email)
    if replace_password:
        registrations.replace_hash(account, passwords.hash_password(password))
    return account.user_id


def _begin(account: Registration) -> Tokens:
    return _tokens(account, refresh_tokens.begin(account.user_id))


def _tokens(account: Registration, session: OpenSession) -> Tokens:
    email, session_id, signed_in_at = account.email, session.session_id, session.signed_in_at
    groups = account.groups
    return Tokens(
        access=tokens.issue_access_token(
            account.user_id, email=email, session_id=session_id, signed_in_at=signed_in_at, groups=groups
        ),
        id=tokens.issue_id_token(
            account.user_id, email=email, session_id=session_id, signed_in_at=signed_in_at, groups=groups
        ),
        refresh=session.refresh_token,
        expires_in=settings.ACCESS_TOKEN_SECONDS,
        email=email,
        user_id=account.user_id,
        session_id=session_id,
        proof=states.state_of(account),
    )
