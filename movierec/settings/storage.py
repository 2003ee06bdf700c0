"""Where data lives: the tables, their endpoint, the model's folder."""

from movierec import env
from movierec.settings.base import DOMAIN, LOCAL, MOVIEREC_ENV, STATE_DIR

AWS_REGION = env.matching("AWS_REGION", r"[a-z]{2}(-[a-z]+)+-\d", "eu-north-1")
AWS_ENDPOINT_URL = env.matching("AWS_ENDPOINT_URL", r"https?://[\w.:\[\]-]+/?", "http://127.0.0.1:4566")
# Local without an endpoint: the connection starts the embedded AWS when it is first needed.
EMBEDDED_AWS = LOCAL and not AWS_ENDPOINT_URL
EMBEDDED_AWS_PYTHON = env.path("EMBEDDED_AWS_PYTHON")

# The four tables of the existing service keep their names; everything new lives in the single table.
TABLE_NAMES = {
    "preferences": "UserPreferences",
    "favourites": "Favourites",
    "watchlist": "Watchlist",
    "cache": "MovieRecCache",
    "data": f"{DOMAIN}-{MOVIEREC_ENV}-data-table",
}

MODEL_DIR = env.path("MODEL_DIR", STATE_DIR / "model")
