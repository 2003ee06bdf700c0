"""TMDB: a service of titles that is asked over HTTP, when a key for it is set."""
