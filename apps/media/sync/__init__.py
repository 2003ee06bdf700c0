"""The jobs that keep the catalogue in step with TMDB."""
