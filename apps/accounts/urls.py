"""Addresses below /auth/."""

from django.urls import path

from apps.accounts.api.account import Password, User
from apps.accounts.api.entering import (
    CompleteSignIn,
    ForgottenPassword,
    LogIn,
    Refresh,
    Resend,
    ResetPassword,
    SignIn,
    SignUp,
)
from apps.accounts.api.leaving import SignOut, SignOutEverywhere
from apps.accounts.api.second_factor import ConfirmSecondFactor, RecoveryCodes, SecondFactor
from apps.accounts.api.sessions import OneSession, Sessions

urlpatterns = [
    path("signin", SignIn.as_view(), name="sign-in"),
    path("login", LogIn.as_view(), name="log-in"),
    path("challenge", CompleteSignIn.as_view(), name="challenge"),
    path("signup", SignUp.as_view(), name="sign-up"),
    path("resend", Resend.as_view(), name="resend"),
    path("forgot", ForgottenPassword.as_view(), name="forgot"),
    path("reset", ResetPassword.as_view(), name="reset"),
    path("refresh", Refresh.as_view(), name="refresh"),
    path("signout", SignOut.as_view(), name="sign-out"),
    path("signout-all", SignOutEverywhere.as_view(), name="sign-out-everywhere"),
    path("sessions", Sessions.as_view(), name="sessions"),
    path("sessions/<str:session_id>", OneSession.as_view(), name="session"),
    path("mfa/totp", SecondFactor.as_view(), name="second-factor"),
    path("mfa/totp/confirm", ConfirmSecondFactor.as_view(), name="second-factor-confirm"),
    path("mfa/recovery-codes", RecoveryCodes.as_view(), name="recovery-codes"),
    path("password", Password.as_view(), name="password"),
    path("user", User.as_view(), name="user"),
]
