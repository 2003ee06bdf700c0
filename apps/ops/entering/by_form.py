"""Signing in by the service's own form, with the local provider: the password, then the second factor."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts import devices, events
from apps.accounts import services as accounts
from apps.accounts.caller import Caller
from apps.accounts.challenges import unseal_challenge
from apps.accounts.directory import directory
from apps.accounts.errors import ChallengeExpired, CodeMismatch, DeletionPending, NotConfirmed, WrongCredentials
from apps.accounts.providers.interface import Tokens
from apps.accounts.serializers import ChallengeAnswerSerializer, SignInSerializer
from apps.ops.entering import services
from apps.ops.entering.door import let_in, page_wanted, said_in_page
from movierec.api.errors import ApiError, Forbidden
from movierec.api.request_id import client_address
from movierec.audit import nobody

# What our pages say in place of words that are meant for programs.
_IN_WORDS: Final[dict[type[ApiError], str]] = {
    WrongCredentials: "The e-mail address or the password is not right.",
    NotConfirmed: "This account is not confirmed yet; the code is in the mail that its sign-up sent.",
    DeletionPending: "This account is about to be deleted. To keep it, sign in at /auth/signin first.",
}
_SECOND_FACTOR: Final = "SOFTWARE_TOKEN_MFA"


def sign_in_page(request: HttpRequest, error: ApiError | None = None) -> HttpResponse:
    """The form for address and password, with what was wrong with them."""
    asked = request.POST if request.method == "POST" else request.GET
    context = {
        "next": page_wanted(request, asked.get("next", "")),
        "email": request.POST.get("email", ""),
        "problem": _in_words(error) if error else "",
    }
    return render(request, "ops/entering/sign_in.html", context)


def sign_in(request: HttpRequest) -> HttpResponse:
    """Takes address and password: leads into the admin, or asks for the second factor."""

    def attempt() -> HttpResponse:
        body = _valid(SignInSerializer, request, "email", "password")
        caller = _caller(request)
        try:
            outcome = accounts.sign_in(login=body["email"], password=body["password"], caller=caller, recorded=False)
        except WrongCredentials:
            typed = events.typed(body["email"])
            services.record_refusal(nobody(client_address(request)), typed, "wrong address or password")
            raise
        return _go_on(request, outcome, caller)

    return said_in_page(attempt, lambda error: sign_in_page(request, error))


def answer_challenge(request: HttpRequest) -> HttpResponse:
    """Takes the second factor's code, or a recovery code, and leads into the admin."""

    def attempt() -> HttpResponse:
        body = _valid(ChallengeAnswerSerializer, request, "session", "code", "recoveryCode")
        caller = _caller(request)
        try:
            outcome = accounts.answer_challenge(
                session=body["session"],
                code=body["code"],
                recovery_code=body["recoveryCode"],
                new_password=None,
                caller=caller,
                recorded=False,
            )
        except CodeMismatch:
            typed = events.typed(unseal_challenge(body["session"]).email)
            services.record_refusal(nobody(client_address(request)), typed, "wrong code")
            raise
        return _go_on(request, outcome, caller)

    def page(error: ApiError) -> HttpResponse:
        begins_anew = isinstance(error, ChallengeExpired | services.NotAdmitted)
        return sign_in_page(request, error) if begins_anew else _challenge_page(request, "", error)

    return said_in_page(attempt, page)


def _go_on(request: HttpRequest, outcome: Tokens | accounts.AskedBack, caller: Caller) -> HttpResponse:
    if isinstance(outcome, accounts.AskedBack):
        if outcome.name != _SECOND_FACTOR:
            raise Forbidden("Your account is not set up yet: sign in at /auth/signin first, and then here.")
        return _challenge_page(request, outcome.session)
    # The session that a sign-in begins is for the API. Ended before anything else, it is left behind by no refusal; and
    # as nobody ever has it, the audit tells of the admin's only.
    accounts.sign_out(refresh_token=outcome.refresh, recorded=False)
    cookie = services.admit(_newcomer(request, outcome, caller))
    return let_in(request, cookie, page_wanted(request, request.POST.get("next", "")))


def _newcomer(request: HttpRequest, tokens: Tokens, caller: Caller) -> services.Newcomer:
    person = directory().person(tokens.user_id)
    known = person if person and person.enabled else None
    return services.Newcomer(
        user_id=tokens.user_id,
        email=tokens.email,
        groups=(known.groups or ()) if known else (),
        has_second_factor=bool(known and known.has_totp),
        address=client_address(request),
        device=caller.device,
    )


def _challenge_page(request: HttpRequest, session: str, error: ApiError | None = None) -> HttpResponse:
    context = {
        "session": session or request.POST.get("session", ""),
        "next": page_wanted(request, request.POST.get("next", "")),
        "problem": _in_words(error) if error else "",
    }
    return render(request, "ops/entering/challenge.html", context)


def _valid(serializer: Any, request: HttpRequest, *names: str) -> dict[str, Any]:
    """The form's fields as the API takes them; what is left empty is not given. Raises ValidationError."""
    bound = serializer(data={name: request.POST[name] for name in names if request.POST.get(name)})
    bound.is_valid(raise_exception=True)
    return dict(bound.validated_data)


def _caller(request: HttpRequest) -> Caller:
    return devices.caller_of(request.META.get("HTTP_USER_AGENT", ""), client_address(request))


def _in_words(error: ApiError) -> str:
    return _IN_WORDS.get(type(error), error.sentence)
