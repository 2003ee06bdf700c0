"""What the sources of titles want to be said where their content is shown."""

from __future__ import annotations

from typing import Any, Final

TMDB_NOTICE: Final = "This product uses the TMDB API but is not endorsed or certified by TMDB."
TMDB: Final = {"source": "TMDB", "text": TMDB_NOTICE, "url": "https://www.themoviedb.org"}
JUSTWATCH: Final = {
    "source": "JustWatch",
    "text": "Where titles can be watched is known from JustWatch.",
    "url": "https://www.justwatch.com",
}


def attribution(*, tmdb: bool, offers: bool = False) -> list[dict[str, Any]]:
    """The notices for an answer: TMDB's where it shows anything of TMDB's, JustWatch's where it shows offers."""
    return [notice for notice, wanted in ((TMDB, tmdb), (JUSTWATCH, offers)) if wanted]
