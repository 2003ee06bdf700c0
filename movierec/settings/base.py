"""What the process is: environment, apps, templates, language and time."""

import secrets

from django.core.exceptions import ImproperlyConfigured

from movierec import env
from movierec.lazy_keys import LazyTexts, lazy_text
from movierec.secret_files import read_or_create

BASE_DIR = env.BASE_DIR
MOVIEREC_ENV = env.choice("MOVIEREC_ENV", env.ENVIRONMENTS)
LOCAL = MOVIEREC_ENV == "local"
DEBUG = env.flag("DEBUG", default=LOCAL)
DOMAIN = env.matching("DOMAIN", r"[\w.-]{1,100}", "movierec")
STATE_DIR = env.path("STATE_DIR")
VERSION = "0.1.0"
# What the admin starts jobs with.
JOBS_FUNCTION = env.matching("JOBS_FUNCTION", r"[\w-]{1,64}:[\w-]{1,128}", "movierec-prod-jobs:live")


def _secret_key() -> str:
    key = env.text("SECRET_KEY")
    if key or not LOCAL or env.on_lambda():
        return key
    try:
        return read_or_create(STATE_DIR / "keys" / "secret_key", lambda: secrets.token_urlsafe(64).encode()).decode()
    except ImproperlyConfigured as error:
        env.reject("STATE_DIR", str(error))
        return ""


# The Secrets Manager secret with both; it is read when something is first sealed.
SECRET_KEY_SECRET = env.text("SECRET_KEY_SECRET")
if SECRET_KEY_SECRET:
    SECRET_KEY: str = lazy_text("movierec.secret_texts.signing_key")
    SECRET_KEY_FALLBACKS: list[str] = LazyTexts("movierec.secret_texts.signing_key_fallbacks")
else:
    SECRET_KEY = _secret_key()
    SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")

INSTALLED_APPS = [
    # First, because its runserver starts the embedded AWS before it serves.
    "apps.ops",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "movierec",
    "apps.accounts",
    "apps.preferences",
    "apps.lists",
    "apps.media",
    "apps.recommendations",
    "apps.stats",
    "apps.web",
]

# There is no SQL database: an empty mapping makes stray ORM use fail loudly.
DATABASES: dict[str, object] = {}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

ROOT_URLCONF = "movierec.urls"
WSGI_APPLICATION = "movierec.wsgi.application"
LANGUAGE_CODE = "en-us"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True
