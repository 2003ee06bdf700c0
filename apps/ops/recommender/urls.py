"""The addresses of the models and what they recommend."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
