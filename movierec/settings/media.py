"""Where titles come from and how they are kept."""

from movierec import env
from movierec.settings.base import STATE_DIR

_ADDRESS = r"https?://[\w.:\[\]-]+(/[\w.-]+)*/?"

TMDB_API_KEY = env.matching("TMDB_API_KEY", r"[\w.-]{16,2048}", "the key that TMDB's settings page shows", secret=True)
TMDB_API_KEY_SECRET = env.text("TMDB_API_KEY_SECRET")
TMDB_CONFIGURED = bool(TMDB_API_KEY or TMDB_API_KEY_SECRET)
TMDB_BASE_URL = env.matching("TMDB_BASE_URL", _ADDRESS, "https://api.themoviedb.org/3").rstrip("/")
TMDB_EXPORT_URL = env.matching("TMDB_EXPORT_URL", _ADDRESS, "https://files.tmdb.org/p/exports").rstrip("/")

CATALOGUE_STORE = env.folder_or_bucket("CATALOGUE_STORE", STATE_DIR / "catalogue")
CATALOGUE_LANGUAGES = env.codes("CATALOGUE_LANGUAGES", "[a-z]{2}", "en,es,fr")
