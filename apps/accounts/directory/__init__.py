"""The accounts as staff see them: one interface, one implementation for each place accounts are kept."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from apps.accounts.directory.interface import Directory


@cache
def directory() -> Directory:
    """The directory of the provider that settings.IDENTITY_PROVIDER names."""
    made: Directory = import_string(settings.DIRECTORIES[settings.IDENTITY_PROVIDER])()
    return made
