"""Which language titles are answered in."""

from __future__ import annotations

from django.conf import settings

from apps.media.details import Translations


def served_language(asked: str) -> str:
    """The language kept here for a code such as "de" or "de-DE"; the first of CATALOGUE_LANGUAGES for all others."""
    primary = asked.replace("_", "-").partition("-")[0].strip().lower()
    languages: tuple[str, ...] = settings.CATALOGUE_LANGUAGES
    return primary if primary in languages else languages[0]


def is_fallback(language: str) -> bool:
    """Whether a served language is the one whose texts stand in titles themselves."""
    return bool(language == settings.CATALOGUE_LANGUAGES[0])


def spoken(language: str, *, translated: bool) -> str:
    """The language that an answer in a served language names: the fall-back's where none of its texts `translated`."""
    return language if translated else served_language("")


def texts_in(language: str, translations: Translations) -> dict[str, str]:
    """The title, overview and tagline that were translated into `language`; what was not is left out."""
    found = translations.get(language)
    if found is None:
        return {}
    texts = {"title": found.title, "overview": found.overview, "tagline": found.tagline}
    return {name: text for name, text in texts.items() if text}
