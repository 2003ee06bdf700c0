"""How pages say the facts of titles and people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from django import template

from apps.media.images import picture

register = template.Library()

# Which all words of the pages themselves are in.
PAGE_LANGUAGE: Final = "en"

_MINUTE, _HOUR, _DAY, _WEEK, _MONTH, _YEAR = 60, 3600, 86_400, 604_800, 2_629_800, 31_557_600
_UNITS: Final = (
    (_YEAR, "year"), (_MONTH, "month"), (_WEEK, "week"), (_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"),
)  # fmt: skip
_OFFERS: Final = (
    ("stream", "With a subscription"),
    ("free", "Free"),
    ("ads", "Free with advertisements"),
    ("rent", "To rent"),
    ("buy", "To buy"),
)


@register.filter
def srcset(pictures: Iterable[Mapping[str, Any]]) -> str:
    """The sizes of one picture as an image element's `srcset`."""
    return ", ".join(f"{picture['url']} {picture['width']}w" for picture in pictures)


@register.filter
def wide(pictures: Iterable[Mapping[str, Any]], width: int) -> Mapping[str, Any] | None:
    """The narrowest of one picture's sizes with at least `width` pixels, else the widest; None where there is none."""
    ordered = sorted(pictures, key=lambda picture: int(picture["width"]))
    return next((picture for picture in ordered if picture["width"] >= width), ordered[-1] if ordered else None)


@register.filter
def poster(entry: Mapping[str, Any]) -> str:
    """The address of the poster of a title on somebody's list: TMDB's, else the one drawn here."""
    path = entry.get("posterPath")
    return picture("poster", path).url if path else f"/media/{entry['mediaType']}/{entry['mediaId']}/poster.svg"


@register.filter
def initials(name: str) -> str:
    """At most two letters that stand for somebody without a photograph: of the first name and of the last."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


@register.filter
def duration(minutes: int | None) -> str:
    """95 is "1 h 35 min"; empty where it is not known."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


@register.filter
def foreign(facts: Mapping[str, Any], member: str) -> str:
    """The language of one of a title's texts, empty where it is the page's or not known."""
    language = (facts.get("languages") or {}).get(member) or ""
    return "" if language.partition("-")[0] == PAGE_LANGUAGE else language


@register.filter
def score(facts: Mapping[str, Any]) -> str:
    """The mean of the ratings and how many there are, in words; empty where nobody voted."""
    votes = facts.get("vote_count") or 0
    if not votes:
        return ""
    return f"{facts['vote_average']:.1f} of 10, from {counted(votes, 'vote')}"


@register.filter
def counted(number: int, noun: str) -> str:
    """1200 and "vote" are "1,200 votes"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@register.filter
def age(seconds: float | None) -> str:
    """1900000 seconds are "3 weeks", which stands for anything from three weeks to a month."""
    for length, unit in _UNITS:
        if (seconds or 0) >= length:
            return counted(int((seconds or 0) // length), unit)
    return "a moment"


@register.filter
def day(text: str | None) -> str:
    """1999-03-31 is "31 March 1999"; what is no whole date stays as it is."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return text or ""
    return f"{found.day} {found:%B %Y}"


@register.filter
def web_address(text: str | None) -> str:
    """An address that a page may link to, empty for others: sources send what people wrote, such as scripts."""
    try:
        parts = urlsplit(text or "")
    except ValueError:
        return ""
    return text or "" if parts.scheme in ("http", "https") and parts.netloc else ""


@register.filter
def offers(providers: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The kinds of offer that there are, each in words and with its services."""
    return [(words, providers[kind]) for kind, words in _OFFERS if providers.get(kind)]


@register.filter
def by_job(crew: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The crew by what they did, in the order given; nobody has one job twice."""
    jobs: dict[str, dict[Any, Mapping[str, Any]]] = {}
    for person in crew:
        jobs.setdefault(person.get("job") or "Crew", {}).setdefault(person["id"], person)
    return [(job, list(people.values())) for job, people in jobs.items()]
