"""The addresses of the audit."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
