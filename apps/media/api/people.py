"""GET /media/person/{id}."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from apps.media.api.facts import age_of, facts_answer, sizes
from apps.media.api.items import listed_title
from apps.media.attribution import attribution
from apps.media.languages import served_language, spoken
from apps.media.lookups.people import catalogue_index, known_person
from apps.media.lookups.questions import Known
from apps.media.marks import curation
from apps.media.people import PERSON_MEDIA_TYPE, Person, PersonCredit
from apps.media.selectors import localised
from apps.media.serializers.people import PersonQuerySerializer, PersonSerializer
from apps.media.titles import CatalogueTitle, TitleKey, item_of
from movierec.api.described import errors, extend_schema
from movierec.api.views import ApiView, valid_query

# Titles with the roles in each.
_Titles = list[tuple[CatalogueTitle, list[str]]]
# A title as lists show it, and whether the catalogue has it.
_Item = tuple[dict[str, Any], bool]


class PersonOfTitles(ApiView):
    """Somebody who plays in films and series or makes them."""

    name = "Person"
    rate_scope = "media"
    rate_by_address = True
    open_to_all = True
    # A stale token of a client must not bar it from what is open to all.
    authentication_classes = ()

    @extend_schema(
        operation_id="media_person",
        summary="A person with their films and series",
        description=(
            "Facts, and every title they had a part in, the most popular first. Of people whom no source outside "
            "describes, the name and the catalogue's titles are known."
        ),
        parameters=[PersonQuerySerializer],
        responses={200: PersonSerializer, 304: OpenApiResponse(description="Not changed."), **errors(404)},
        tags=["media"],
    )
    def get(self, request: Request, person_id: int) -> HttpResponseBase:
        query = valid_query(PersonQuerySerializer, request)
        language = served_language(query.get("language", ""))
        known = known_person(person_id)
        titles = _titles(known.value)
        items = _items(titles)
        shown = _in_language(items, language)
        response = facts_answer(request, _body(known, list(_results(request, titles, shown))))
        response["Content-Language"] = spoken(language, translated=shown != items)
        return response


def _body(known: Known[Person], results: list[dict[str, Any]]) -> dict[str, Any]:
    person = known.value
    return {
        "id": person.person_id,
        "media_type": PERSON_MEDIA_TYPE,
        "name": person.name,
        "biography": person.biography,
        "birthday": person.birthday,
        "deathday": person.deathday,
        "birthplace": person.birthplace,
        "department": person.department,
        "profile_path": person.profile_path,
        "images": {"profile": sizes(person.profile_path, "profile")},
        "also_known_as": list(person.also_known_as),
        "results": results,
        "source": "catalogue" if person.refreshed_at is None else "tmdb",
        **age_of(person.refreshed_at),
        "stale": known.stale,
        "attribution": attribution(tmdb=_shows_tmdb(person)),
    }


def _results(request: Request, titles: _Titles, items: Sequence[_Item]) -> Iterator[dict[str, Any]]:
    """Each title once, with all parts in it."""
    for (title, roles), (item, in_catalogue) in zip(titles, items, strict=True):
        entry = {**listed_title(request, item), "role": ", ".join(roles), "inCatalogue": in_catalogue}
        # A poster is drawn for titles of the catalogue alone.
        yield entry if in_catalogue or title.poster_path else {**entry, "posterUrl": None}


def _items(titles: _Titles) -> list[_Item]:
    index = catalogue_index()
    return [(item_of(title), index is not None and index.place(title.key) is not None) for title, _ in titles]


def _in_language(items: list[_Item], language: str) -> list[_Item]:
    """The items with their texts in `language` as far as the catalogue has them translated."""
    found = iter(localised([item for item, in_catalogue in items if in_catalogue], language))
    return [(next(found) if in_catalogue else item, in_catalogue) for item, in_catalogue in items]


def _titles(person: Person) -> _Titles:
    """The titles of a person with the roles in each, the most popular first; hidden ones are left out."""
    decided = curation()
    found: dict[TitleKey, tuple[CatalogueTitle, dict[str, None]]] = {}
    for credit in (*person.cast, *person.crew):
        if credit.title.key not in decided.hidden:
            _, roles = found.setdefault(credit.title.key, (decided.facts(credit.title), {}))
            roles.update(dict.fromkeys(filter(None, [credit.role])))
    ordered = sorted(found.values(), key=lambda each: each[0].popularity, reverse=True)
    return [(title, list(roles)) for title, roles in ordered]


def _shows_tmdb(person: Person) -> bool:
    parts: tuple[PersonCredit, ...] = (*person.cast, *person.crew)
    return (
        person.refreshed_at is not None
        or person.profile_path is not None
        or any(part.title.source == "tmdb" or part.title.poster_path or part.title.backdrop_path for part in parts)
    )
