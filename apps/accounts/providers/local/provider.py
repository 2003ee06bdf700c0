"""The identity provider that keeps accounts in our own table and signs tokens with our own key."""

from __future__ import annotations

import uuid

from django.conf import settings

from apps.accounts import mails, passwords
from apps.accounts.emails import address_of
from apps.accounts.errors import AccountConflict, CodeMismatch, InvalidRefreshToken, NotConfirmed, WrongCredentials
from apps.accounts.providers.interface import AccountFacts, Claims, SessionKey, Tokens
from apps.accounts.providers.local import codes, refresh_tokens, registrations, tokens
from apps.accounts.providers.local.refresh_tokens import OpenSession
from apps.accounts.providers.local.registrations import Registration
from movierec.api.errors import Unavailable


class LocalProvider:
    """Identity without a service outside; see IdentityProvider for what each method promises."""

    def sign_up(self, email: str, password: str) -> str:
        """Registers or renews; the same answer and the same work for a taken address.

        Each call answers a new id, also when it renews: an id that stayed would tell that the address waits for
        its code, one that changed that it is taken.
        """
        passwords.check_password(password)
        with mails.counted_mail(address_of(email)):
            new = Registration(str(uuid.uuid4()), email, passwords.hash_password(password), confirmed=False)
            # No more sign-ups of one address than this get here in an hour, and each round one of them succeeds.
            if not any(_register(new) for _ in range(mails.MAILS_AN_HOUR)):
                raise Unavailable
        return new.user_id

    def confirm(self, email: str, code: str) -> str:
        """Spends the code; a second time there is none."""
        row = codes.check_code(address_of(email), code)
        if not registrations.confirm(row):
            raise CodeMismatch
        return row.user_id or ""

    def sign_in(self, name: str, password: str) -> Tokens:
        """Costs one scrypt for known and unknown addresses; renews a hash made with older parameters."""
        account = registrations.find(address_of(name))
        stored = account.password_hash if account else passwords.nobodys_hash()
        if not passwords.matches(password, stored) or account is None:
            raise WrongCredentials
        if not account.confirmed:
            raise NotConfirmed
        if passwords.is_outdated(stored):
            registrations.replace_hash(account, passwords.hash_password(password))
        return _tokens(account, refresh_tokens.begin(account.user_id))

    def refresh(self, refresh_token: str) -> Tokens:
        """Rotates the token; see refresh_tokens.renew for repeated ones."""
        session = refresh_tokens.renew(refresh_token)
        account = registrations.by_id(session.user_id)
        if account is None:
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

    def account(self, user_id: str) -> AccountFacts | None:
        """From the account's row."""
        found = registrations.by_id(user_id)
        return AccountFacts(user_id, found.email, "", has_totp=False) if found and found.confirmed else None

    def account_id(self, email: str) -> str | None:
        """The id behind a confirmed address."""
        account = registrations.find(address_of(email))
        return account.user_id if account and account.confirmed else None

    def create_confirmed(self, email: str, password: str, user_id: str | None, *, replace_password: bool) -> str:
        """Stores the account at once; an unconfirmed one of the same address gives way to it."""
        passwords.check_password(password)
        account = registrations.find(address_of(email))
        if account and account.confirmed:
            return _keep(account, password, user_id, replace_password=replace_password)
        new = Registration(user_id or str(uuid.uuid4()), email, passwords.hash_password(password), confirmed=True)
        if not registrations.store(address_of(email), new, account):
            raise AccountConflict(email)
        return new.user_id


def _register(new: Registration) -> bool:
    """Stores a registration, or tells the owner of a taken address; False when someone was faster."""
    address = address_of(new.email)
    found = registrations.find(address)
    if found and found.confirmed:
        registrations.store_decoy(address, found, codes.decoy_row(address))
        mails.mail_owner(found.email)
        return True
    code = codes.new_code()
    if not registrations.store(address, new, found, codes.code_row(address, code, new.user_id)):
        return False
    mails.mail_code(new.email, code)
    return True


def _keep(account: Registration, password: str, user_id: str | None, *, replace_password: bool) -> str:
    if user_id not in (None, account.user_id):
        raise AccountConflict(account.email)
    if replace_password:
        registrations.replace_hash(account, passwords.hash_password(password))
    return account.user_id


def _tokens(account: Registration, session: OpenSession) -> Tokens:
    about = {"email": account.email, "session_id": session.session_id}
    return Tokens(
        access=tokens.issue_access_token(account.user_id, **about),
        id=tokens.issue_id_token(account.user_id, **about),
        refresh=session.refresh_token,
        expires_in=settings.ACCESS_TOKEN_SECONDS,
        email=account.email,
        user_id=account.user_id,
        session_id=session.session_id,
    )
