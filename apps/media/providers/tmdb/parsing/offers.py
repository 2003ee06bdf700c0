"""Where a title can be seen: TMDB's `watch/providers`, which come from JustWatch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from apps.media.details import Offers, Provider
from apps.media.providers.tmdb.parsing.readers import (
    Body,
    country,
    identifier,
    image,
    mapping,
    mappings,
    text,
    url,
    whole,
)
from apps.media.providers.tmdb.parsing.vocabulary import SERVICE_CODES

_MOST_COUNTRIES: Final = 250
_MOST_PROVIDERS: Final = 200
_MOST_OF_A_KIND: Final = 20
_LONGEST_NAME: Final = 60
_LAST: Final = 10_000  # above every display priority
# Our names of the kinds of offers, and TMDB's.
_KINDS: Final = {"stream": "flatrate", "free": "free", "ads": "ads", "rent": "rent", "buy": "buy"}
# Titles name a service without a country where it is this one.
_HOME_REGION: Final = "US"


def offers_of(body: Body) -> tuple[dict[str, Offers], tuple[Provider, ...]]:
    """The offers of a title by country, in the order of the codes, and the providers that they name."""
    by_country = mapping(mapping(body.get("watch/providers")).get("results"))
    known: dict[int, Provider] = {}
    found: dict[str, Offers] = {}
    for code in sorted(filter(country, by_country))[:_MOST_COUNTRIES]:
        stored = mapping(by_country[code])
        kinds = {ours: tuple(_providers(stored.get(theirs), known)) for ours, theirs in _KINDS.items()}
        if any(kinds.values()):
            found[code] = Offers(link=url(stored.get("link")), **kinds)
    return found, tuple(known[provider_id] for provider_id in sorted(known))


def _providers(value: object, known: dict[int, Provider]) -> Iterator[int]:
    """The numbers of the providers of one kind, most important first; each is added to `known`."""
    entries = sorted(mappings(value), key=_priority)
    numbers = dict.fromkeys(filter(None, (_known(entry, known) for entry in entries)))
    yield from list(numbers)[:_MOST_OF_A_KIND]


def _priority(entry: Body) -> int:
    priority = whole(entry.get("display_priority"), most=_LAST)
    return _LAST if priority is None else priority


def _known(entry: Body, known: dict[int, Provider]) -> int | None:
    provider_id = identifier(entry.get("provider_id"))
    if provider_id is None or provider_id in known:
        return provider_id
    name = text(entry.get("provider_name"), _LONGEST_NAME)
    if not name or len(known) == _MOST_PROVIDERS:
        return None
    known[provider_id] = Provider(provider_id, name, image(entry.get("logo_path")))
    return provider_id


def services_of(offers: Mapping[str, Offers]) -> tuple[str, ...]:
    """The questionnaire's services that show a title without a further payment: "netflix", "SE/netflix"."""
    at_home_first = sorted(offers, key=lambda code: (code != _HOME_REGION, code))
    return tuple(
        service if code == _HOME_REGION else f"{code}/{service}"
        for code in at_home_first
        for service in _services(offers[code])
    )


def _services(offers: Offers) -> list[str]:
    numbers = (*offers.stream, *offers.free, *offers.ads)
    return list(dict.fromkeys(SERVICE_CODES[number] for number in numbers if number in SERVICE_CODES))
