"""Addresses below /auth/."""

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("signin", lazy_view("apps.accounts.api.entering.SignIn"), name="sign-in"),
    path("login", lazy_view("apps.accounts.api.entering.LogIn"), name="log-in"),
    path("challenge", lazy_view("apps.accounts.api.entering.CompleteSignIn"), name="challenge"),
    path("signup", lazy_view("apps.accounts.api.entering.SignUp"), name="sign-up"),
    path("resend", lazy_view("apps.accounts.api.entering.Resend"), name="resend"),
    path("forgot", lazy_view("apps.accounts.api.entering.ForgottenPassword"), name="forgot"),
    path("reset", lazy_view("apps.accounts.api.entering.ResetPassword"), name="reset"),
    path("refresh", lazy_view("apps.accounts.api.entering.Refresh"), name="refresh"),
    path("signout", lazy_view("apps.accounts.api.leaving.SignOut"), name="sign-out"),
    path("signout-all", lazy_view("apps.accounts.api.leaving.SignOutEverywhere"), name="sign-out-everywhere"),
    path("sessions", lazy_view("apps.accounts.api.sessions.Sessions"), name="sessions"),
    path("sessions/<str:session_id>", lazy_view("apps.accounts.api.sessions.OneSession"), name="session"),
    path("mfa/totp", lazy_view("apps.accounts.api.second_factor.SecondFactor"), name="second-factor"),
    path(
        "mfa/totp/confirm",
        lazy_view("apps.accounts.api.second_factor.ConfirmSecondFactor"),
        name="second-factor-confirm",
    ),
    path("mfa/recovery-codes", lazy_view("apps.accounts.api.second_factor.RecoveryCodes"), name="recovery-codes"),
    path("password", lazy_view("apps.accounts.api.account.Password"), name="password"),
    path("user", lazy_view("apps.accounts.api.account.User"), name="user"),
]
