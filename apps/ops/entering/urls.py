"""The addresses of signing in to the admin and out, and who of the staff is signed in."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
