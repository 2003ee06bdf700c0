"""Who signs people in, and what their tokens must carry."""

from movierec import env
from movierec.settings.base import DOMAIN, STATE_DIR

IDENTITY_PROVIDER = env.choice("IDENTITY_PROVIDER", ("local", "cognito"))
IDENTITY_PROVIDERS = {
    "local": "apps.accounts.providers.local.provider.LocalProvider",
    "cognito": "apps.accounts.providers.cognito.provider.CognitoProvider",
}
# The accounts of the same as staff see them.
DIRECTORIES = {
    "local": "apps.accounts.directory.local.LocalDirectory",
    "cognito": "apps.accounts.directory.cognito.CognitoDirectory",
}
# The shared API layer asks this function who a bearer token belongs to.
ACCESS_TOKEN_VERIFIER = "apps.accounts.tokens.verify_access_token"

TOKEN_CLIENT_ID = env.matching("TOKEN_CLIENT_ID", r"[\w+.-]{1,128}", "movierec-web")
TOKEN_ISSUER = (
    env.matching("TOKEN_ISSUER", r"https://[\w.-]+(:\d{1,5})?(/[\w.~/-]*)?", "https://api.movierec.net/identity")
    or f"https://{DOMAIN}.local/identity"
)
# The Secrets Manager secret with the signing key; empty means the file.
TOKEN_KEY_SECRET = env.text("TOKEN_KEY_SECRET")
TOKEN_KEY_FILE = STATE_DIR / "keys" / "token_key.pem"
ACCESS_TOKEN_SECONDS = 3600
REFRESH_TOKEN_SECONDS = 30 * 24 * 3600
TOKEN_LEEWAY_SECONDS = 60

# Other clients of the pool may be served too; sign-ins of our own use the first.
COGNITO_USER_POOL_ID = env.matching(
    "COGNITO_USER_POOL_ID", r"[a-z]{2}(-[a-z]+)+-\d_[0-9A-Za-z]+", "eu-north-1_AbCdEfGhI"
)
COGNITO_CLIENT_IDS = tuple(env.words("COGNITO_CLIENT_ID"))
# Staff enter the admin by the pool's own pages: their host, the client they sign in for, and the way back.
COGNITO_DOMAIN = env.matching("COGNITO_DOMAIN", r"[\w-]+(\.[\w-]+)+", "movierec.auth.eu-north-1.amazoncognito.com")
COGNITO_PAGES_URL = f"https://{COGNITO_DOMAIN}" if COGNITO_DOMAIN else ""
COGNITO_WEB_CLIENT_ID = env.matching("COGNITO_WEB_CLIENT_ID", r"[\w+]{1,128}", "4k3o5b1c8f0r2m7n6p9q1s4t5v")
OPS_URL = env.matching("OPS_URL", r"https?://[\w.-]+(:\d{1,5})?(/[\w.-]+)*/ops", "https://movierec.net/ops")
JWKS_MAX_AGE_SECONDS = 3600
JWKS_RETRY_SECONDS = 60

CODE_SECONDS = 15 * 60
CODE_TRIES = 5
UNCONFIRMED_SECONDS = 24 * 3600
CHALLENGE_SECONDS = 3 * 60
# A revoked session's access token is refused by every process this long after at the latest.
DENIAL_CACHE_SECONDS = 30
DELETION_SECONDS = 7 * 24 * 3600
# Wrong passwords and codes of one account before a pause; each one after the third makes the next wait longer.
SIGN_IN_TRIES = 10
SIGN_IN_WINDOW_SECONDS = 15 * 60

# Answers that must not tell whether there is an account take at least so long, which is twice what the work takes.
LEAST_SECONDS = 0.3
# A sign-in so recent that a person need not give the password again to set up a second factor.
RECENT_SECONDS = 15 * 60

# What each app keeps about a person: modules with `export` and `erase`, see apps.accounts.personal.
PERSONAL_DATA = (
    "apps.preferences.personal",
    "apps.lists.personal",
    "apps.recommendations.personal",
    "apps.stats.personal",
    "apps.accounts.personal",
)

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
DEFAULT_FROM_EMAIL = env.matching(
    "EMAIL_FROM", r"([^<>\n]+<)?[^@\s<>]+@[^@\s<>]+>?", "MovieRec <no-reply@movierec.net>"
)
