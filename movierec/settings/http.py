"""What goes over the wire: hosts, middleware, CORS, security headers, static files."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from movierec import env
from movierec.settings.base import BASE_DIR, LOCAL

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
# X-Forwarded-Host counts for whoever shows this secret, and for nobody else: Django itself never looks at it.
ORIGIN_SECRET = env.text("ORIGIN_SECRET")
USE_X_FORWARDED_HOST = False
APPEND_SLASH = False

MIDDLEWARE = [
    "movierec.api.middleware.RequestIdMiddleware",
    "movierec.telemetry.access.AccessMiddleware",
    "movierec.api.middleware.CorsMiddleware",
    "movierec.api.origin.OriginMiddleware",
    "movierec.api.middleware.JsonErrorMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Checks the forms of pages and sends them their cookie; the API checks by its cookie authentication.
    "django.middleware.csrf.CsrfViewMiddleware",
    "movierec.api.middleware.TrailingSlashMiddleware",
]

# Browsers refuse longer ages than a day for a preflight's answer.
CORS_MAX_AGE_SECONDS = 86_400
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")

# A profile of the questionnaire is a few kilobytes; DynamoDB refuses items over 400 KB.
MAX_BODY_BYTES = 256 * 1024

STATIC_URL = env.matching(
    "STATIC_BASE", r"(https://[\w.-]+(:\d{1,5})?)?/([\w.-]+/)+", "https://d1.cloudfront.net/static/"
)
_STATIC = urlsplit(STATIC_URL)
_OURS = [SELF, f"{_STATIC.scheme}://{_STATIC.netloc}"] if _STATIC.netloc else [SELF]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": _OURS,
        # Posters and the like, and the logo that TMDB wants to see beside them.
        "img-src": [*_OURS, "data:", "https://image.tmdb.org", "https://www.themoviedb.org/assets/2/v4/logos/"],
        # The API pages of Django REST framework and Swagger UI set style attributes.
        "style-src": [*_OURS, "'unsafe-inline'"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = not LOCAL
CSRF_FAILURE_VIEW = "apps.ops.entering.refused_forms.refused_form"

# Local serves files from the apps' folders, so that no collection step stands before a first start.
STATIC_ROOT = None if LOCAL else BASE_DIR / "build" / "static"
_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage" if LOCAL else "movierec.api.static.HashedNames"
STORAGES = {"staticfiles": {"BACKEND": _STORAGE}}
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = False
