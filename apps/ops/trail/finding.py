"""People in the audit's addresses: what staff know somebody by becomes the id that events have."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode

from apps.accounts.directory import directory
from movierec.api.errors import BadRequest, NotFound

# What the form's choice beside the field of a person is called, and its values with their words.
AS: Final = {"about": "What was done to them", "by": "What they did"}
_PEOPLE: Final = ("person/", "staff/")


def address_with_ids(request: HttpRequest) -> str:
    """The query that a request is meant as, where that is not the one it has; else an empty text.

    The form's field of a person becomes `thing` or `actor`, and an e-mail address in these becomes the account's id;
    for each address three requests at most. Raises BadRequest, and NotFound for an address that no account has.
    """
    asked = request.GET.copy()
    _place_person(asked)
    actor, thing = asked.get("actor", "").strip(), asked.get("thing", "").strip()
    if "@" in actor:
        asked["actor"] = _id_of(actor)
    kind = next((kind for kind in _PEOPLE if thing.startswith(kind)), "")
    if kind and "@" in thing:
        asked["thing"] = kind + _id_of(thing.removeprefix(kind))
    if asked == request.GET:
        return ""
    return urlencode([(name, str(value)) for name, value in asked.items() if value])


def _place_person(asked: QueryDict) -> None:
    """Puts the person of the form where the address has people."""
    person, role = (asked.pop(name, [""])[-1].strip() for name in ("person", "as"))
    if not person:
        return
    if role not in AS:
        raise BadRequest(f"as: there is no choice {role[:50]!r}; choose one that the page offers.")
    if role == "by":
        asked["actor"] = person
    elif asked.get("thing", "").strip():
        raise BadRequest("thing: ask about a person or about something else; empty one of the two fields.")
    else:
        asked["thing"] = f"person/{person}"


def _id_of(email: str) -> str:
    found = directory().find_by_email(email)
    if found is None:
        raise NotFound(
            f"No account has the e-mail address {email[:254]} now. What somebody unknown did under it, such as a "
            f"refused sign-in, is found as address/{email[:254].lower()}."
        )
    return found.user_id
