"""The features that can be switched off, or on for some people, while the service runs."""

from __future__ import annotations

from enum import Enum


class Flag(Enum):
    """A feature with a switch. `personal` ones are asked for a person, and may be on for some; all are on by default.

    `refusal` is what people are told where it is off, empty where the service goes on without it.
    """

    SIGN_UPS = ("New accounts", False, "New accounts cannot be made at the moment.")
    TMDB_LOOKUPS = ("Visitors' unknown titles, people and searches are asked for at TMDB", False, "")
    SUGGESTIONS = ("Suggestions while somebody types into the search box", False, "")
    RECOMMENDATION_ROWS = ("Recommendations in rows", True, "Recommendations in rows are switched off for you.")
    FEEDBACK = ("Feedback on recommendations", True, "Feedback on recommendations is switched off for you.")

    def __init__(self, words: str, personal: bool, refusal: str) -> None:
        self.words = words
        self.personal = personal
        self.refusal = refusal
