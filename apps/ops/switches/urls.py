"""The addresses of flags, limits, the banner and read-only mode."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
