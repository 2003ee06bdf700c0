"""The identity provider that keeps accounts in our own table and signs tokens with our own key."""

from __future__ import annotations

import uuid

from django.conf import settings

from apps.accounts import tokens
from apps.accounts.emails import address_of
from apps.accounts.errors import AccountConflict, CodeMismatch, InvalidRefreshToken, NotConfirmed, WrongCredentials
from apps.accounts.providers import codes, mails, passwords, registrations, sessions
from apps.accounts.providers.interface import Tokens
from apps.accounts.providers.registrations import Registration
from apps.accounts.providers.sessions import OpenSession
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

    def confirm(self, email: str, code: str) -> None:
        """Spends the code; a second time there is none."""
        if not registrations.confirm(codes.check_code(address_of(email), code)):
            raise CodeMismatch

    def sign_in(self, email: str, password: str) -> Tokens:
        """Costs one scrypt for known and unknown addresses; renews a hash made with older parameters."""
        account = registrations.find(address_of(email))
        stored = account.password_hash if account else passwords.nobodys_hash()
        if not passwords.matches(password, stored) or account is None:
            raise WrongCredentials
        if not account.confirmed:
            raise NotConfirmed
        if passwords.is_outdated(stored):
            registrations.replace_hash(account, passwords.hash_password(password))
        return _tokens(account, sessions.begin(account.user_id))

    def refresh(self, refresh_token: str) -> Tokens:
        """Rotates the token; see sessions.renew for repeated ones."""
        session = sessions.renew(refresh_token)
        account = registrations.by_id(session.user_id)
        if account is None:
            raise InvalidRefreshToken
        return _tokens(account, session)

    def sign_out(self, refresh_token: str) -> None:
        """Ends the session; an unknown token has none."""
        try:
            sessions.end_by_token(refresh_token)
        except InvalidRefreshToken:
            return

    def end_session(self, access_token: str) -> None:
        """Ends the session named in the token."""
        claims = tokens.access_claims(access_token)
        sessions.end(claims["sub"], claims["origin_jti"])

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
    )
