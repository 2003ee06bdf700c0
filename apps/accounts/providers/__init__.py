"""Who checks people's credentials: one interface, one implementation for each place they are kept."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from apps.accounts.providers.interface import IdentityProvider


@cache
def provider() -> IdentityProvider:
    """The provider that settings.IDENTITY_PROVIDER names."""
    made: IdentityProvider = import_string(settings.IDENTITY_PROVIDERS[settings.IDENTITY_PROVIDER])()
    return made
