"""Refuses to start on a configuration that cannot be right: one sentence a variable, all of them at once.

What is wrong with one value alone was noted by movierec.env while the settings were read; what depends on others
is looked at here. Nothing is asked over the network: a server does that as it starts, in movierec.wsgi.
"""

from __future__ import annotations

import re

from django.core.exceptions import ImproperlyConfigured

from movierec import env
from movierec.settings.base import (
    DEBUG,
    LOCAL,
    MOVIEREC_ENV,
    SECRET_KEY,
    SECRET_KEY_FALLBACKS,
    SECRET_KEY_SECRET,
)
from movierec.settings.http import ALLOWED_HOSTS
from movierec.settings.identity import (
    COGNITO_CLIENT_IDS,
    COGNITO_DOMAIN,
    COGNITO_USER_POOL_ID,
    COGNITO_WEB_CLIENT_ID,
    EMAIL_BACKEND,
    IDENTITY_PROVIDER,
    OPS_URL,
    TOKEN_KEY_SECRET,
)
from movierec.settings.media import TMDB_API_KEY, TMDB_API_KEY_SECRET, TMDB_BASE_URL, TMDB_EXPORT_URL

# With a mistyped MOVIEREC_ENV nobody knows yet what holds.
DEPLOYED = not LOCAL and MOVIEREC_ENV in env.ENVIRONMENTS

KEY_LENGTH = 50
KEY_DIFFERENT_CHARACTERS = 5
# Parts of keys that stand in templates and tutorials; a random text of 86 characters has none of them.
KNOWN_KEYS = re.compile(r"insecure|change.?me|change.?this|secret|password|example|default", re.IGNORECASE)
CONSOLE = "django.core.mail.backends.console.EmailBackend"
THIS_MACHINE = {"localhost", "127.0.0.1", "[::1]"}
_HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)


def refuse_wrong_settings() -> None:
    """Raises ImproperlyConfigured with a line for each variable that is wrong."""
    _check_environment()
    _check_key_places()
    if DEPLOYED:
        _check_debug()
        if not SECRET_KEY_SECRET:
            _check_keys()
        _check_mail()
    _check_hosts()
    _check_endpoints()
    _check_identity()
    _check_tmdb()
    if env.rejected:
        raise ImproperlyConfigured("\n".join(env.rejected[name] for name in sorted(env.rejected, key=_place)))


def _place(name: str) -> tuple[int, str]:
    """Declared variables in their order, then the others."""
    declared = list(env.VARIABLES)
    return (declared.index(name) if name in env.VARIABLES else len(declared), name)


def _check_tmdb() -> None:
    if TMDB_API_KEY and TMDB_API_KEY_SECRET:
        env.reject("TMDB_API_KEY_SECRET", "TMDB_API_KEY and TMDB_API_KEY_SECRET are both set; keep one of them.")
    for name, address in (("TMDB_BASE_URL", TMDB_BASE_URL), ("TMDB_EXPORT_URL", TMDB_EXPORT_URL)):
        if DEPLOYED and not address.startswith("https://"):
            env.reject(name, f"{name} is {address!r}, which anyone on the way can read; write https://.")


def _check_environment() -> None:
    """An unset MOVIEREC_ENV means local, which shows its inside to everyone."""
    if LOCAL and env.on_lambda():
        env.reject("MOVIEREC_ENV", "MOVIEREC_ENV is local on AWS Lambda; set it to dev, staging or prod.")


def _check_debug() -> None:
    if DEBUG and MOVIEREC_ENV != "dev":
        env.reject("DEBUG", f"DEBUG is on in {MOVIEREC_ENV}; set it to off or leave it empty.")


def _check_mail() -> None:
    if EMAIL_BACKEND == CONSOLE:
        env.reject(
            "EMAIL_URL", "EMAIL_URL would print codes into the log; write ses:// or smtp+tls://user:password@host:587."
        )


def _check_key_places() -> None:
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS"):
        if SECRET_KEY_SECRET and env.text(name):
            env.reject("SECRET_KEY_SECRET", f"{name} and SECRET_KEY_SECRET are both set; keep one of them.")


def _check_keys() -> None:
    weakness = weakness_of(SECRET_KEY)
    if weakness:
        env.reject("SECRET_KEY", f"SECRET_KEY {weakness}; set it to a long random text outside local.")
    for key in SECRET_KEY_FALLBACKS:
        weakness = weakness_of(key)
        if weakness:
            env.reject("SECRET_KEY_FALLBACKS", f"SECRET_KEY_FALLBACKS has a key that {weakness}; take it out.")


def weakness_of(key: str) -> str | None:
    """What makes a secret key easy to guess, to stand behind its name; None for a good one."""
    if not key:
        return "is empty"
    if KNOWN_KEYS.search(key):
        return "is a well-known default"
    if len(key) < KEY_LENGTH:
        return f"is shorter than {KEY_LENGTH} characters"
    if len(set(key)) < KEY_DIFFERENT_CHARACTERS:
        return f"has fewer than {KEY_DIFFERENT_CHARACTERS} different characters"
    return None


def _check_hosts() -> None:
    for host in ALLOWED_HOSTS:
        if not _HOST.fullmatch(host) and (DEPLOYED or host != "*"):
            env.reject("ALLOWED_HOSTS", f"ALLOWED_HOSTS has {host!r}; write host names such as api.movierec.net.")
    if DEPLOYED and not set(ALLOWED_HOSTS) - THIS_MACHINE:
        env.reject(
            "ALLOWED_HOSTS", "ALLOWED_HOSTS names no host but this machine; write host names such as api.movierec.net."
        )


def _check_endpoints() -> None:
    """An AWS stand-in would be handed everybody's data, so it is for development only."""
    # The autoreloader's child is told the address of the embedded AWS.
    if DEBUG or (LOCAL and env.in_reloader_child()):
        return
    for name in env.set_with_prefix("AWS_ENDPOINT_URL"):
        env.reject(name, f"{name} is set while DEBUG is off; leave it empty.")


def _check_identity() -> None:
    if IDENTITY_PROVIDER == "cognito":
        _need("COGNITO_USER_POOL_ID", COGNITO_USER_POOL_ID, "the user pool's id")
        _need("COGNITO_CLIENT_ID", COGNITO_CLIENT_IDS, "the id of an app client")
        _check_way_into_admin()
    elif IDENTITY_PROVIDER == "local" and DEPLOYED:
        _need("TOKEN_KEY_SECRET", TOKEN_KEY_SECRET, "the Secrets Manager secret of the tokens' signing key")


def _check_way_into_admin() -> None:
    """All of it or nothing: without it the service serves, and nobody enters the admin."""
    way = {"COGNITO_DOMAIN": COGNITO_DOMAIN, "COGNITO_WEB_CLIENT_ID": COGNITO_WEB_CLIENT_ID, "OPS_URL": OPS_URL}
    missing = [name for name, value in way.items() if not value]
    if len(missing) == len(way):
        return
    for name in missing:
        env.reject(name, f"{name} is empty; set {', '.join(way)}, or none of them: staff need all to enter the admin.")
    if DEPLOYED and OPS_URL and not OPS_URL.startswith("https://"):
        env.reject("OPS_URL", f"OPS_URL is {OPS_URL!r}, which anyone on the way can read; write https://.")


def _need(name: str, value: str | tuple[str, ...], what: str) -> None:
    if not value:
        env.reject(name, f"{name} is empty; set it to {what}, which IDENTITY_PROVIDER={IDENTITY_PROVIDER} needs.")
