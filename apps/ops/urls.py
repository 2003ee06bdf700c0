"""Addresses of the operators' pages: none yet."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
