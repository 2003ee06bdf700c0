"""Addresses below /auth/."""

from django.urls import path

from movierec.api.lazy_views import api_view

urlpatterns = [
    path("signin", api_view("apps.accounts.api.entering.SignIn"), name="sign-in"),
    path("login", api_view("apps.accounts.api.entering.LogIn"), name="log-in"),
    path("challenge", api_view("apps.accounts.api.entering.CompleteSignIn"), name="challenge"),
    path("signup", api_view("apps.accounts.api.entering.SignUp"), name="sign-up"),
    path("resend", api_view("apps.accounts.api.entering.Resend"), name="resend"),
    path("forgot", api_view("apps.accounts.api.entering.ForgottenPassword"), name="forgot"),
    path("reset", api_view("apps.accounts.api.entering.ResetPassword"), name="reset"),
    path("refresh", api_view("apps.accounts.api.entering.Refresh"), name="refresh"),
    path("signout", api_view("apps.accounts.api.leaving.SignOut"), name="sign-out"),
    path("signout-all", api_view("apps.accounts.api.leaving.SignOutEverywhere"), name="sign-out-everywhere"),
    path("sessions", api_view("apps.accounts.api.sessions.Sessions"), name="sessions"),
    path("sessions/<str:session_id>", api_view("apps.accounts.api.sessions.OneSession"), name="session"),
    path("mfa/totp", api_view("apps.accounts.api.second_factor.SecondFactor"), name="second-factor"),
    path(
        "mfa/totp/confirm",
        api_view("apps.accounts.api.second_factor.ConfirmSecondFactor"),
        name="second-factor-confirm",
    ),
    path("mfa/recovery-codes", api_view("apps.accounts.api.second_factor.RecoveryCodes"), name="recovery-codes"),
    path("password", api_view("apps.accounts.api.account.Password"), name="password"),
    path("user", api_view("apps.accounts.api.account.User"), name="user"),
]
