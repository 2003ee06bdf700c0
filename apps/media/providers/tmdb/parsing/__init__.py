"""TMDB's answers as typed values.

Every answer is taken for untrusted input: unknown fields are ignored, what is missing, null or absurd counts as not
known, one bad entry never loses the page, and whatever comes is bounded in length and number. An answer that has not
the shape at all raises SourceUnavailable.
"""

from apps.media.providers.tmdb.parsing.lists import listed
from apps.media.providers.tmdb.parsing.people import person
from apps.media.providers.tmdb.parsing.titles import full_title

__all__ = ["full_title", "listed", "person"]
