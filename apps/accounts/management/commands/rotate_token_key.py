"""`manage.py rotate_token_key`: a new signing key that signs nobody out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.providers.local import keys
from apps.accounts.providers.local.rotation import KeysUnreachable, RotatedLately
from movierec.telemetry.jobs import reported


class Command(BaseCommand):
    help = "Makes a new key for the local provider's tokens; tokens of the key before stay good."

    def handle(self, **_: Any) -> None:
        with reported("rotate_token_key"):
            self._rotate()

    def _rotate(self) -> None:
        if settings.IDENTITY_PROVIDER != "local":
            raise CommandError("IDENTITY_PROVIDER is not local; the user pool rotates its own keys.")
        try:
            key = keys.rotate()
        except RotatedLately as error:
            raise CommandError(
                "The key was rotated a short while ago, and tokens of the key before it may still be good; "
                "try again in an hour and a half."
            ) from error
        except KeysUnreachable as error:
            raise CommandError(
                f"TOKEN_KEY_SECRET names {settings.TOKEN_KEY_SECRET}, which cannot be changed ({error.reason}); "
                "make the secret, or use credentials that may read and write it."
            ) from error
        self.stdout.write(
            f"The key {key.kid} signs tokens soon, in every process within 5 minutes. Tokens of the key before it "
            "stay good; nobody has to sign in again."
        )
