"""Who signs people in, and what their tokens must carry."""

from movierec import env
from movierec.settings.base import DOMAIN, STATE_DIR

IDENTITY_PROVIDER = env.choice("IDENTITY_PROVIDER", ("local",))
IDENTITY_PROVIDERS = {"local": "apps.accounts.providers.local.LocalProvider"}
# The shared API layer asks this function who a bearer token belongs to.
ACCESS_TOKEN_VERIFIER = "apps.accounts.tokens.verify_access_token"

TOKEN_CLIENT_ID = env.text("TOKEN_CLIENT_ID")
TOKEN_ISSUER = env.text("TOKEN_ISSUER") or f"https://{DOMAIN}.local/identity"
TOKEN_KEY_FILE = STATE_DIR / "keys" / "token_key.pem"
ACCESS_TOKEN_SECONDS = 3600
REFRESH_TOKEN_SECONDS = 30 * 24 * 3600
TOKEN_LEEWAY_SECONDS = 60

CONFIRMATION_CODE_SECONDS = 15 * 60
CONFIRMATION_CODE_TRIES = 5

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

_mail = env.mail("EMAIL_URL")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"]
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM")
