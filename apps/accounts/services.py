"""What can be done with accounts and sessions, whoever keeps them.

The provider checks credentials; this module adds what is the same for all of them: limits on guessing, the list
of sessions, usernames, mails to the owner, the week in which a deletion can be taken back, and security events, which
are recorded once the deed is done. `address` is always the network address of who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import wraps
from time import time
from typing import ParamSpec

from django.conf import settings

from apps.accounts import (
    attempts,
    challenges,
    deletions,
    denials,
    devices,
    events,
    exports,
    mails,
    pending,
    recovery,
    sessions,
    staff_sessions,
    usernames,
)
from apps.accounts.caller import Caller
from apps.accounts.directory import directory
from apps.accounts.emails import address_of, check_email
from apps.accounts.errors import (
    CodeMismatch,
    DeletionPending,
    InvalidRefreshToken,
    NotConfirmed,
    NoTotpBegun,
    PasswordRequired,
    RepeatedRefreshToken,
    SecondFactorRequired,
    TooManyAttempts,
    TotpAlreadyOn,
    WrongCredentials,
    WrongPassword,
)
from apps.accounts.models import email_pk
from apps.accounts.pace import even_pace
from apps.accounts.providers import provider
from apps.accounts.providers.interface import Challenge, Tokens
from apps.accounts.selectors import facts_of
from movierec.audit import Tag
from movierec.dynamo.data_table import user_pk
from movierec.switches import require_writable
from movierec.telemetry.tally import count

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class AskedBack:
    """A challenge as a client gets it: its name, the sealed session to answer with, and a secret to set up."""

    name: str
    session: str
    secret: str | None
    email: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks for something, the token they asked with, and when they signed in (seconds since 1970).

    `address` is the network address they ask from.
    """

    user_id: str
    session_id: str
    access_token: str
    signed_in_at: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What makes sure that a signed-in person is the owner: the password, and one of the codes where there is one."""

    password: str
    code: str | None = None
    recovery_code: str | None = None


def sign_up(*, email: str, password: str, username: str | None = None, address: str = "") -> str:
    """Registers an address, has a code mailed to it, and answers the user id.

    A username is kept for the moment of the confirmation; should it be taken by then, the account has none.
    Raises InvalidEmail, InvalidUsername, InvalidPassword, TooManyMails and MailNotSent.
    """
    check_email(email)
    if username is not None:
        usernames.check_username(username)
    with even_pace():
        user_id = provider().sign_up(email, password)
        pending.keep(address_of(email), password)
        usernames.wish(email, username)
        # Of a taken address the id is nobody's; it is recorded all the same, for the same work.
        events.note(Tag.SIGNED_UP, user_id, address)
    return user_id


def confirm(*, email: str, code: str, address: str = "") -> None:
    """Confirms an account by its mailed code. Raises InvalidEmail, CodeMismatch, ExpiredCode and TooManyGuesses."""
    check_email(email)
    with even_pace(failures_only=True):
        user_id = provider().confirm(email, code)
    pending.forget(address_of(email))
    usernames.grant_wish(email, user_id)
    events.note(Tag.CONFIRMED, user_id, address)


def resend(*, email: str) -> None:
    """Has the sign-up code mailed again. Raises InvalidEmail, TooManyMails and MailNotSent."""
    check_email(email)
    with even_pace():
        provider().resend(email)


def forgot(*, email: str, address: str = "") -> None:
    """Has a reset code mailed. Raises InvalidEmail, TooManyMails and MailNotSent."""
    check_email(email)
    with even_pace():
        provider().forgot(email)
        events.note_asked(Tag.PASSWORD_RESET_ASKED, email, address)


def reset(*, email: str, code: str, password: str, address: str = "") -> None:
    """Sets a new password by a mailed code and ends every session; a second factor stays as it is.

    Raises InvalidEmail, InvalidPassword, CodeMismatch, ExpiredCode and TooManyGuesses.
    """
    check_email(email)
    with even_pace(failures_only=True), events.wrong_codes(Tag.PASSWORD_RESET, email, address):
        user_id = provider().reset(email, code, password)
    end_all_sessions(user_id=user_id)
    facts = facts_of(user_id)
    # Where a second factor is still to be guessed, its guesses count on.
    if not facts.has_totp:
        attempts.forget(email_pk(address_of(email)))
    mails.tell_password_changed(facts.email)
    events.note(Tag.PASSWORD_RESET, user_id, address)


def _counted(entry: Callable[P, Tokens | AskedBack]) -> Callable[P, Tokens | AskedBack]:
    """Counts how tries to enter end: with a session, or as guesses do. A question is no end."""

    @wraps(entry)
    def counted(*args: P.args, **kwargs: P.kwargs) -> Tokens | AskedBack:
        try:
            entered = entry(*args, **kwargs)
        except (WrongCredentials, CodeMismatch, TooManyAttempts):
            count("SignInFailures")
            raise
        if isinstance(entered, Tokens):
            count("SignIns")
        return entered

    return counted


@_counted
def sign_in(
    *, login: str, password: str, caller: Caller, restore: bool = False, recorded: bool = True
) -> Tokens | AskedBack:
    """Begins a session; `login` is an e-mail address or a username.

    `restore` takes the deletion of the account back. Without `recorded` the audit has none of it: whoever calls
    records refusals and what the session is for, and ends it so, too. Raises WrongCredentials, TooManyAttempts,
    DeletionPending and, for the right password only, NotConfirmed; and, for `restore` only, ReadOnlyNow.
    """
    if restore:
        require_writable()
    typed = address_of(login)
    with even_pace(failures_only=True), _refusals(login, caller, recorded=recorded):
        name = usernames.address_behind(login)
        with attempts.counted(email_pk(typed), failures=(WrongCredentials,)):
            outcome = _check_password(typed, name, password)
    # Counted by what was typed: a count of the account would tell whose username it is.
    entered = _enter(outcome, name, caller, restore=restore, recorded=recorded)
    if isinstance(entered, Tokens):
        attempts.forget(email_pk(typed))
    return entered


def _refusals(login: str, caller: Caller, *, recorded: bool) -> AbstractContextManager[None]:
    return events.refusals(login, caller.address) if recorded else nullcontext()


def _check_password(typed: str, name: str, password: str) -> Tokens | Challenge:
    try:
        return provider().sign_in(name, password)
    except (WrongCredentials, NotConfirmed) as refusal:
        # Asked of what was typed: asked of the address behind, it would tell whose username it is.
        if pending.is_password(typed, password):
            raise NotConfirmed from refusal
        raise WrongCredentials from refusal


@_counted
def answer_challenge(
    *,
    session: str,
    code: str | None,
    recovery_code: str | None,
    new_password: str | None,
    caller: Caller,
    recorded: bool = True,
) -> Tokens | AskedBack:
    """Goes on with a sign-in; what is given must fit the challenge. `recorded` is as `sign_in` has it.

    Raises ChallengeExpired, CodeMismatch, InvalidPassword, TooManyAttempts, DeletionPending and FieldErrors; and
    ReadOnlyNow where the sign-in is to take a deletion back.
    """
    asked = challenges.unseal_challenge(session)
    if asked.restore:
        require_writable()
    asked.check_answer(code=code, recovery_code=recovery_code, new_password=new_password)
    counted = attempts.counted(email_pk(address_of(asked.email)), failures=(CodeMismatch,))
    with _refusals(asked.email, caller, recorded=recorded), counted:
        if recovery_code is not None:
            outcome: Tokens | Challenge = _recover(asked.state, recovery_code, caller.address)
        else:
            outcome = provider().answer(asked.name, asked.state, code or new_password)
    entered = _enter(outcome, asked.email, caller, restore=asked.restore, recorded=recorded)
    if isinstance(entered, Tokens):
        attempts.forget(email_pk(address_of(asked.email)))
    return entered


def _recover(state: str, recovery_code: str, address: str) -> Tokens:
    user_id = provider().challenged_user(state)
    recovery.use(user_id, recovery_code)
    events.note(Tag.RECOVERY_CODE_USED, user_id, address)
    return provider().pass_without_code(state)


def _enter(
    outcome: Tokens | Challenge, name: str, caller: Caller, *, restore: bool, recorded: bool
) -> Tokens | AskedBack:
    """Opens the session behind good credentials, or asks the next question."""
    if isinstance(outcome, Challenge):
        sealed = challenges.seal_challenge(outcome, name, restore=restore)
        return AskedBack(outcome.name, sealed, outcome.secret, name)
    if restore and deletions.take_back(outcome.user_id):
        events.note(Tag.DELETION_TAKEN_BACK, outcome.user_id, caller.address)
    sessions.begin(outcome.user_id, outcome.session_id, caller)
    _refuse_changed(outcome)
    if recorded:
        session = {"session": outcome.session_id, "device": caller.device}
        events.note(Tag.SIGNED_IN, outcome.user_id, caller.address, after=session)
    if devices.is_new(outcome.user_id, caller):
        mails.tell_new_device(outcome.email, caller)
    return outcome


def _refuse_changed(tokens: Tokens) -> None:
    """Ends a session that should not have begun: the account is about to be deleted, or the password changed.

    Asked once the session is listed: a change after that moment finds it there and ends it. Raises DeletionPending
    and WrongCredentials.
    """
    try:
        deletions.refuse_pending(tokens.user_id)
        _require_proof(tokens)
    except (DeletionPending, WrongCredentials):
        provider().revoke(tokens.refresh)
        sessions.end(tokens.user_id, tokens.session_id)
        raise


def _require_proof(tokens: Tokens) -> None:
    if not provider().still_proves(tokens):
        raise WrongCredentials


def refresh(*, refresh_token: str, address: str = "") -> Tokens:
    """New tokens for a session. Raises InvalidRefreshToken, also where the session was ended meanwhile."""
    try:
        tokens = provider().refresh(refresh_token)
    except RepeatedRefreshToken as repeated:
        events.note(Tag.REFRESH_REPEATED, repeated.user_id, address, after={"session": repeated.session_id})
        raise
    if not sessions.seen(tokens.user_id, tokens.session_id) and not _adopt(tokens):
        provider().revoke(tokens.refresh)
        raise InvalidRefreshToken
    return tokens


def _adopt(tokens: Tokens) -> bool:
    """Lists a session that began elsewhere, such as at the pool itself; False for one that was ended."""
    if denials.is_denied(provider().claims(tokens.access), fresh=True):
        return False
    return sessions.adopt(tokens.user_id, tokens.session_id)


def sign_out(*, refresh_token: str, address: str = "", recorded: bool = True) -> None:
    """Ends the session of a refresh token; a token that is not good is no error. `recorded` is as `sign_in` has it."""
    key = provider().revoke(refresh_token)
    if key and not recorded:
        sessions.end(key.user_id, key.session_id)
    elif key:
        end_session(user_id=key.user_id, session_id=key.session_id, address=address)


def end_session(*, user_id: str, session_id: str, address: str = "") -> None:
    """Ends a session of a person."""
    sessions.end(user_id, session_id)
    events.note(Tag.SIGNED_OUT, user_id, address, after={"session": session_id})


def end_listed_session(*, person: Person, session_id: str) -> None:
    """Ends one session of a person; one that is not on the list is no error."""
    if session_id == person.session_id or sessions.is_listed(person.user_id, session_id):
        end_session(user_id=person.user_id, session_id=session_id, address=person.address)


def sign_out_everywhere(*, person: Person, keep_this: bool = False) -> None:
    """Ends every session of a person at their wish, but with `keep_this` the one they ask from."""
    kept = person.session_id if keep_this else None
    end_all_sessions(user_id=person.user_id, kept=kept)
    events.note(Tag.SIGNED_OUT_EVERYWHERE, person.user_id, person.address, after={"kept": kept})


def end_all_sessions(*, user_id: str, kept: str | None = None) -> None:
    """Ends every session of a person, but for the one to keep; whoever calls records why.

    Those in the admin end first, whatever is kept: they are worth the most to who stole one.
    """
    staff_sessions.end_of(user_id)
    if kept is None:
        provider().revoke_all(user_id)
    sessions.end_all(user_id, kept=kept)


def change_password(*, person: Person, old: str, new: str) -> None:
    """Replaces the password, ends every other session, and tells the owner.

    Raises WrongPassword, TooManyAttempts and InvalidPassword.
    """
    counted = attempts.counted(user_pk(person.user_id), failures=(WrongPassword,))
    with events.wrong_proofs(Tag.PASSWORD_CHANGED, person.user_id, person.address), counted:
        provider().change_password(person.user_id, person.access_token, old, new)
    end_all_sessions(user_id=person.user_id, kept=person.session_id)
    mails.tell_password_changed(facts_of(person.user_id).email)
    events.note(Tag.PASSWORD_CHANGED, person.user_id, person.address)


def begin_totp(*, person: Person, password: str | None = None) -> str:
    """A new TOTP secret (base32) to confirm with its first code.

    Whoever holds a stolen token must not lock the owner out, so it takes the password unless the person has just
    signed in. Raises TotpAlreadyOn, PasswordRequired, WrongPassword and TooManyAttempts.
    """
    if facts_of(person.user_id).has_totp:
        raise TotpAlreadyOn
    if password is not None:
        reauthenticate(person=person, proof=Proof(password))
    elif time() - person.signed_in_at > settings.RECENT_SECONDS:
        raise PasswordRequired
    return provider().begin_totp(person.user_id, person.access_token)


def confirm_totp(*, person: Person, code: str) -> list[str]:
    """Switches the second factor on and answers ten recovery codes, which are shown only here.

    Raises CodeMismatch, NoTotpBegun, TotpAlreadyOn and TooManyAttempts.
    """
    facts = facts_of(person.user_id)
    if facts.has_totp:
        raise TotpAlreadyOn
    with attempts.counted(user_pk(person.user_id), failures=(CodeMismatch,)):
        provider().confirm_totp(person.user_id, person.access_token, code)
    codes = recovery.replace(person.user_id)
    mails.tell_second_factor_on(facts.email)
    events.note(Tag.SECOND_FACTOR_ON, person.user_id, person.address)
    return codes


def renew_recovery_codes(*, person: Person, proof: Proof) -> list[str]:
    """Ten new recovery codes in place of the old ones. Raises NoTotpBegun, and as `reauthenticate` does."""
    if not facts_of(person.user_id).has_totp:
        raise NoTotpBegun
    reauthenticate(person=person, proof=proof)
    codes = recovery.replace(person.user_id)
    events.note(Tag.RECOVERY_CODES_RENEWED, person.user_id, person.address)
    return codes


def disable_totp(*, person: Person, proof: Proof) -> None:
    """Switches the second factor off, without which nobody is in the admin, and tells the owner.

    Raises as `reauthenticate` does.
    """
    with events.wrong_proofs(Tag.SECOND_FACTOR_OFF, person.user_id, person.address):
        reauthenticate(person=person, proof=proof)
    staff_sessions.end_of(person.user_id)
    provider().disable_totp(person.user_id)
    recovery.remove(person.user_id)
    mails.tell_second_factor_off(facts_of(person.user_id).email)
    events.note(Tag.SECOND_FACTOR_OFF, person.user_id, person.address)


def reauthenticate(*, person: Person, proof: Proof) -> None:
    """Makes sure that a signed-in person is the owner: the password, and the second factor where there is one.

    Raises WrongPassword, SecondFactorRequired, CodeMismatch and TooManyAttempts.
    """
    with attempts.counted(user_pk(person.user_id), failures=(WrongPassword, CodeMismatch)):
        state = provider().check_password(person.user_id, proof.password)
        if state is not None:
            _check_second_factor(person, state, proof)
    attempts.forget(user_pk(person.user_id))


def _check_second_factor(person: Person, state: str, proof: Proof) -> None:
    if proof.recovery_code is not None:
        recovery.use(person.user_id, proof.recovery_code)
        events.note(Tag.RECOVERY_CODE_USED, person.user_id, person.address)
    elif proof.code is not None:
        provider().check_code(state, proof.code)
    else:
        raise SecondFactorRequired


def export(*, person: Person) -> Iterator[bytes]:
    """Everything stored about a person as the parts of a JSON text; see exports.stream."""
    parts = exports.stream(person.user_id)
    events.note(Tag.DATA_EXPORTED, person.user_id, person.address)
    return parts


def request_deletion(*, person: Person, proof: Proof) -> str:
    """Has the account deleted in 7 days, ends every session, tells the owner, and answers the day (ISO-8601 UTC).

    Raises as `reauthenticate` does.
    """
    with events.wrong_proofs(Tag.DELETION_ASKED, person.user_id, person.address):
        reauthenticate(person=person, proof=proof)
    facts = facts_of(person.user_id)
    due_at = deletions.request(person.user_id)
    end_all_sessions(user_id=person.user_id)
    mails.tell_deletion(facts.email, due_at)
    events.note(Tag.DELETION_ASKED, person.user_id, person.address, after={"dueAt": due_at})
    return due_at


def create_confirmed_account(
    email: str, password: str, user_id: str | None = None, *, replace_password: bool = False
) -> str:
    """Makes an account that needs no code and answers its user id; an account that is there already is kept.

    `user_id` is that of an imported person, None for a new one; `replace_password` gives a kept account this
    password. Raises InvalidEmail, InvalidPassword, and AccountConflict when the address or the id is another's.
    """
    check_email(email)
    made = provider().create_confirmed(email, password, user_id, replace_password=replace_password)
    pending.forget(address_of(email))
    return made


def add_to_group_by_command(user_id: str, group: str) -> None:
    """Makes a member of staff at an operator's command, which is recorded first.

    Raises NoSuchPerson and AccountStateRefused.
    """
    before = directory().groups_of(user_id)
    after = sorted({*before, group})
    events.note_command(Tag.PERSON_GROUP_ADDED, user_id, before=list(before), after=after)
    directory().add_to_group(user_id, group)
