"""Where data lives: the tables, their endpoint, the store of the models."""

import tempfile
from pathlib import Path

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

MODEL_STORE = env.folder_or_bucket("MODEL_STORE", STATE_DIR / "models")
# On Lambda one folder can be written, and STATE_DIR is not in it.
_COPIES = Path(tempfile.gettempdir()) if env.on_lambda() else STATE_DIR
MODEL_CACHE = env.path("MODEL_CACHE", _COPIES / "model-cache")
MODEL_CHECK_SECONDS = env.seconds("MODEL_CHECK_SECONDS")
# What a process may use, where that is bounded: whether two models fit follows from it.
PROCESS_MEMORY_MB = env.lambda_memory_mb()
