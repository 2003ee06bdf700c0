"""What can go wrong with identity, in the texts and codes that clients match."""

from __future__ import annotations

from collections.abc import Sequence

from movierec.api.errors import (
    ApiError,
    BadRequest,
    FieldErrors,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)


class MissingCredentials(BadRequest):
    """400: the e-mail address or the password is missing or empty."""

    code = "InvalidParameterException"

    def __init__(self, fields: Sequence[str]) -> None:
        details = [{"path": field, "message": "This field is required."} for field in fields]
        super().__init__("Email and password are required", details=details)


class MissingRefreshToken(BadRequest):
    """400: the refresh token is missing or empty."""

    code = "InvalidParameterException"

    def __init__(self) -> None:
        details = [{"path": "refreshToken", "message": "This field is required."}]
        super().__init__("Refresh token is required", details=details)


class InvalidPassword(FieldErrors):
    """400: the password may not be used; `field` is what the client called it."""

    code = "InvalidPasswordException"

    def __init__(self, reasons: Sequence[str], field: str = "password") -> None:
        super().__init__([(field, reason) for reason in reasons])
        self.reasons = reasons


class InvalidEmail(FieldErrors):
    """400: the text is not an e-mail address."""

    def __init__(self) -> None:
        super().__init__([("email", "Enter an e-mail address of at most 254 characters.")])


class WrongCredentials(Unauthorized):
    """401: no such account, or not its password; which of the two is not told."""

    code = "NotAuthorizedException"

    def __init__(self) -> None:
        super().__init__("Invalid email or password")


class NotConfirmed(Forbidden):
    """403: the password is right, and the address is not confirmed."""

    code = "UserNotConfirmedException"

    def __init__(self) -> None:
        super().__init__("User account not confirmed")


class CodeMismatch(BadRequest):
    """400: not the code that was mailed, or that the authenticator app shows, or one that was used."""

    code = "CodeMismatchException"

    def __init__(self) -> None:
        super().__init__("The code does not match; enter the newest one.")


class UnreadableSecondFactor(CodeMismatch):
    """400: no code can be checked, because the key that sealed the second factor is gone. It counts as a wrong one."""

    def __init__(self) -> None:
        BadRequest.__init__(
            self, "Codes of this second factor can no longer be checked; use a recovery code, and set it up anew."
        )


class ExpiredCode(BadRequest):
    """400: the code is too old."""

    code = "ExpiredCodeException"

    def __init__(self) -> None:
        super().__init__("The code has expired; ask for a new one.")


class TooManyGuesses(TooManyRequests):
    """429: every try for this code is used up."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__("Too many wrong codes; ask for a new one.", retry_after=retry_after)


class TooManyMails(TooManyRequests):
    """429: this address was sent enough mails for an hour."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__("This address was sent too many mails; try again in an hour.", retry_after=retry_after)


class MailNotSent(Unavailable):
    """503: the mail server did not take the mail."""

    def __init__(self) -> None:
        super().__init__("The mail could not be sent; try again in a moment.")


class InvalidRefreshToken(Unauthorized):
    """401: the refresh token is unknown, expired, used before or of a session that ended."""

    code = "NotAuthorizedException"

    def __init__(self) -> None:
        super().__init__("Invalid refresh token")


class RepeatedRefreshToken(InvalidRefreshToken):
    """401: a refresh token came again after its successor had replaced it, so its session was ended."""

    def __init__(self, user_id: str, session_id: str) -> None:
        super().__init__()
        self.user_id = user_id
        self.session_id = session_id


class NoSuchPerson(NotFound):
    """404: no account has this id."""

    def __init__(self) -> None:
        super().__init__("There is no account with this id; it may have been deleted.")


class AccountStateRefused(ApiError):
    """409: the account is in a state in which this cannot be done; the sentence says which."""

    status = 409
    code = "AccountStateRefused"


class AccountConflict(ApiError):
    """409: the address or the user id belongs to another account."""

    status = 409
    code = "AccountConflict"

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} or the user id belongs to another account; choose others.")


class TooManyAttempts(TooManyRequests):
    """429: too many wrong passwords or codes for this account; the right one is not tried either."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__("Too many attempts for this account; try again later.", retry_after=retry_after)


class WrongPassword(Forbidden):
    """403: a signed-in person gave a password that is not theirs. Not a 401: the session is good."""

    code = "NotAuthorizedException"

    def __init__(self) -> None:
        super().__init__("The password is not right.")


class PasswordRequired(Forbidden):
    """403: what was asked for takes the password, since the person signed in a while ago."""

    code = "PasswordRequired"

    def __init__(self) -> None:
        message = "You signed in a while ago; send your password as well."
        super().__init__(message, details=[{"path": "password", "message": message}])


class SecondFactorRequired(Forbidden):
    """403: the account has a second factor, and the request lacks its code."""

    code = "SecondFactorRequired"

    def __init__(self) -> None:
        message = "Send the code of your authenticator app as code, or one of your recovery codes as recoveryCode."
        super().__init__(message, details=[{"path": "code", "message": message}])


class ChallengeExpired(Unauthorized):
    """401: the session of a challenge is unknown or too old, or what it rests on has changed."""

    code = "NotAuthorizedException"

    def __init__(self) -> None:
        super().__init__("This sign-in took too long; sign in again.")


class NoTotpBegun(ApiError):
    """409: a second factor is confirmed that was not set up."""

    status = 409
    code = "SecondFactorNotBegun"

    def __init__(self) -> None:
        super().__init__("Set the second factor up first: POST /auth/mfa/totp gives its secret.")


class TotpAlreadyOn(ApiError):
    """409: the account has a second factor already."""

    status = 409
    code = "SecondFactorAlreadyOn"

    def __init__(self) -> None:
        super().__init__("The second factor is on already; switch it off first to set up another.")


class UsernameTaken(ApiError):
    """409: another account has this username."""

    status = 409
    code = "UsernameTaken"

    def __init__(self) -> None:
        super().__init__("Another account has this username; choose another.")


class DeletionPending(Forbidden):
    """403: the account is about to be deleted; a sign-in with `restore` keeps it."""

    code = "AccountDeletionPending"

    def __init__(self, due_at: str) -> None:
        super().__init__(
            f"This account is to be deleted on {due_at[:10]}. To keep it, sign in once more with restore: true.",
            details=[{"path": "restore", "message": f"The account is deleted after {due_at}."}],
        )
