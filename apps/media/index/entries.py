"""What the index keeps of one title: the record that is shown, the facts to filter by, the names to search by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from apps.media.details import Offers
from apps.media.streaming import HOME_REGION, regions_of
from apps.media.titles import FullTitle, item_of

_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})-(\d{2}))?", re.ASCII)


def record_of(full: FullTitle) -> dict[str, Any]:
    """The item of a title, and its titles in other languages where they differ."""
    own = full.facts.title
    titles = {language: each.title for language, each in full.translations.items() if each.title not in ("", own)}
    return {"item": item_of(full.facts), "titles": titles}


def names_of(full: FullTitle) -> tuple[str, ...]:
    """What a title is called, the main name first."""
    names = [full.facts.title, full.facts.original_title]
    names += full.details.alternative_titles if full.details else ()
    names += [each.title for each in full.translations.values()]
    return tuple(dict.fromkeys(name for name in names if name))


def day_number(release_date: str | None) -> int:
    """A day as 19990331, a year alone as 19990000, so that days are ordered as numbers; 0 where none is known."""
    found = _DATE.fullmatch(release_date or "")
    return int("".join(part or "00" for part in found.groups())) if found else 0


def folded(name: str) -> str:
    """A keyword or a certification as facts spell it."""
    return " ".join(name.casefold().split())


def facts_of(full: FullTitle) -> Iterator[str]:
    """The facts of a title, such as `genre:28`, `keyword:heist`, `stream:SE/8` or `certification:US/pg-13`."""
    title = full.facts
    yield f"type:{title.media_type}"
    yield f"source:{title.source}"
    yield from (f"genre:{genre}" for genre in title.genres)
    if title.language:
        yield f"language:{title.language}"
    yield from (f"country:{country}" for country in title.countries)
    yield from (f"keyword:{folded(name)}" for name in title.keywords)
    if title.certification:
        yield f"certification:{HOME_REGION}/{folded(title.certification)}"
    yield from (f"stream:{region}/{service}" for region, service in regions_of(title.services))
    yield from _facts_of_details(full)


def _facts_of_details(full: FullTitle) -> Iterator[str]:
    if full.details is None:
        return
    for keyword in full.details.keywords:
        yield f"keyword:{folded(keyword.name)}"
        yield f"keyword-id:{keyword.keyword_id}"
    for country, certification in full.details.certifications.items():
        yield f"certification:{country}/{folded(certification)}"
    for country, offers in full.details.offers.items():
        yield from (f"stream:{country}/{provider}" for provider in _without_paying_by_title(offers))


def _without_paying_by_title(offers: Offers) -> Iterator[int]:
    yield from offers.stream
    yield from offers.free
    yield from offers.ads
