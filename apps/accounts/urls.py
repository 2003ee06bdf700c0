"""Addresses below /auth/."""

from django.urls import path

from apps.accounts.api import Refresh, SignIn, SignOut, SignUp

urlpatterns = [
    path("signin", SignIn.as_view(), name="sign-in"),
    path("signup", SignUp.as_view(), name="sign-up"),
    path("refresh", Refresh.as_view(), name="refresh"),
    path("signout", SignOut.as_view(), name="sign-out"),
]
