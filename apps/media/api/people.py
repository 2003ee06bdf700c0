"""GET /media/person/{id}."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from apps.media.api.facts import age_of, facts_answer, sizes
from apps.media.api.items import listed_title
from apps.media.attribution import attribution
from apps.media.languages import is_fallback, served_language
from apps.media.listings import item_of
from apps.media.lookups.people import catalogue_index, known_person
from apps.media.lookups.questions import Known
from apps.media.people import PERSON_MEDIA_TYPE, Person, PersonCredit
from apps.media.serializers.people import PersonQuerySerializer, PersonSerializer
from apps.media.titles import CatalogueTitle, TitleKey
from movierec.api.schema import errors
from movierec.api.views import ApiView, valid_query


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
        response = facts_answer(request, _body(request, known_person(person_id), language))
        response["Content-Language"] = language
        return response


def _body(request: Request, known: Known[Person], language: str) -> dict[str, Any]:
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
        "results": list(_results(request, person, language)),
        "source": "catalogue" if person.refreshed_at is None else "tmdb",
        **age_of(person.refreshed_at),
        "stale": known.stale,
        "attribution": attribution(tmdb=_shows_tmdb(person)),
    }


def _results(request: Request, person: Person, language: str) -> Iterator[dict[str, Any]]:
    """Each title once, with all parts in it; titles of the catalogue with their names in `language`."""
    index = catalogue_index()
    for title, roles in _titles(person):
        place = index.place(title.key) if index else None
        item = item_of(title)
        if index and place is not None and not is_fallback(language):
            item["title"] = index.item(place, language)["title"]
        entry = {**listed_title(request, item), "role": ", ".join(roles), "inCatalogue": place is not None}
        # A poster is drawn for titles of the catalogue alone.
        yield entry if place is not None or title.poster_path else {**entry, "posterUrl": None}


def _titles(person: Person) -> list[tuple[CatalogueTitle, list[str]]]:
    """The titles of a person with the roles in each, the most popular first."""
    found: dict[TitleKey, tuple[CatalogueTitle, dict[str, None]]] = {}
    for credit in (*person.cast, *person.crew):
        _, roles = found.setdefault(credit.title.key, (credit.title, {}))
        roles.update(dict.fromkeys(filter(None, [credit.role])))
    ordered = sorted(found.values(), key=lambda each: each[0].popularity, reverse=True)
    return [(title, list(roles)) for title, roles in ordered]


def _shows_tmdb(person: Person) -> bool:
    parts: tuple[PersonCredit, ...] = (*person.cast, *person.crew)
    return person.refreshed_at is not None or any(part.title.source == "tmdb" for part in parts)
