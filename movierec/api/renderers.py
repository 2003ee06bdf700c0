"""JSON for programs, the browsable API for people, and a negotiation that never fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any, Final

import orjson
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from movierec import via
from movierec.api.authentication import COOKIE, person_of_cookie
from movierec.api.cards import shelves_of
from movierec.api.errors import Unauthorized
from movierec.api.forms import forms_of


class JsonRenderer(BaseRenderer):
    """JSON by orjson; an answer without data has an empty body."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """`data` as compact UTF-8, indented where the accepted media type asks for it."""
        if data is None:
            return b""
        indented = accepted_media_type is not None and "indent=" in accepted_media_type
        options = orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if indented else 0)
        return orjson.dumps(data, option=options)


class PeopleRenderer(BrowsableAPIRenderer):
    """The browsable API: the answer in a page, with a form for every method that changes something.

    The page is ours alone; of the framework's renderer, the rendering of a template from a context is left.
    """

    template = "api_page.html"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> str:
        """The page. No cache may keep it, whatever it may do with the answer: it names the person and holds a token."""
        assert renderer_context is not None
        page: str = super().render(data, accepted_media_type, renderer_context)
        renderer_context["response"]["Cache-Control"] = "private, no-store"
        return page

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the page's template shows."""
        view, request, response = (renderer_context[name] for name in ("view", "request", "response"))
        facts = data if isinstance(data, Mapping) else {}
        who, entered = _person(request, response, facts)
        details = _field_errors(facts)
        forms = forms_of(view, facts, {*(detail["path"] for detail in details), *request.query_params})
        # Whether the page is there to ask people for something, as signing in is.
        asks = any(form.inputs for form in forms)
        failed = response.status_code >= 400
        return {
            "name": view.get_view_name().capitalize(),
            "description": view.get_view_description(),
            "method": request.method,
            "address": request.get_full_path(),
            "status": response.status_code,
            "status_text": response.status_text,
            "headers": sorted(response.items()),
            "content": "" if data is None else orjson.dumps(data, option=_PRETTY).decode(),
            "error": facts.get("error", "") if failed else "",
            "details": details,
            "message": facts.get("message", ""),
            "remark": "" if failed else _remark(facts),
            "facts": facts,
            "part": "" if entered else _first_of(_PARTS, facts),
            "whole": _first_of(_WHOLE, facts),
            "secret": " ".join(wrap(str(facts.get("secret", "")), 4)),
            "shelves": shelves_of(facts),
            "via": _opened(request, facts),
            "undoable": _undoable(facts),
            "kept": _kept(facts),
            "forms": forms,
            "asks": asks,
            # A single form that has done its work is not offered again.
            "done": not failed and len(forms) == 1 and request.method in ("POST", "DELETE"),
            # A page that asks, and says no more than how, needs no JSON for it.
            "says_nothing": asks and request.method == "GET" and facts.keys() <= {"message"},
            "stranger": facts.get("code") == Unauthorized.code and not who,
            "who": who,
            "entered": entered,
        }


_PRETTY: Final = orjson.OPT_NON_STR_KEYS | orjson.OPT_INDENT_2

# The answers that people see in words of the page's own, told by a member; the first that is there counts.
_PARTS: Final = {
    "challengeName": "web/challenge.html",
    "qrCode": "web/second_factor_secret.html",
    "recoveryCodes": "web/recovery_codes.html",
    "recoveryCodesLeft": "web/second_factor.html",
    "sessions": "web/sessions.html",
    "undo": "web/feedback.html",
    "undone": "web/feedback.html",
}


# The answers that are a page of their own, with its heading; told in the same way.
_WHOLE: Final = {
    "providerRegions": "web/title.html",
    "biography": "web/person.html",
}


def _first_of(templates: Mapping[str, str], facts: Mapping[str, Any]) -> str:
    """The template that shows this answer, empty for one that is shown as JSON alone."""
    return next((template for member, template in templates.items() if member in facts), "")


def _opened(request: Request, facts: Mapping[str, Any]) -> str:
    """The model that led somebody to the page of a title, which is counted; empty where none did."""
    version = via.via_of(request.query_params) if "providerRegions" in facts else ""
    if request.method == "GET":
        via.count(version, "opened")
    return version


_LISTS: Final = ("items", "results", "rows")


def _remark(facts: Mapping[str, Any]) -> str:
    """What an answer with a list says of it, or that there is nothing in it; empty for other answers."""
    lists = [facts[name] for name in _LISTS if isinstance(facts.get(name), list)]
    if not lists:
        return ""
    metadata = facts.get("metadata")
    said = facts.get("message") or (metadata.get("message") if isinstance(metadata, Mapping) else None)
    return str(said or ("" if any(lists) else _NOTHING))


_NOTHING: Final = "There is nothing here yet."


def _undoable(facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries of an answer's list that can be undone."""
    return _items_with("undo", facts)


def _kept(facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The titles of an answer that the person keeps on a list."""
    return _items_with("addedAt", facts)


def _items_with(member: str, facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = facts.get("items")
    found = entries if isinstance(entries, list) else []
    return [entry for entry in found if isinstance(entry, Mapping) and member in entry]


# Some providers' access tokens hold no e-mail address.
_SOMEBODY: Final = "Signed in"


def _person(request: Request, response: Response, facts: Mapping[str, Any]) -> tuple[str, bool]:
    """Whom to greet, by e-mail address if it is known, empty for nobody; and whether this answer signed them in."""
    if COOKIE not in response.cookies:
        person = person_of_cookie(request)
        return ("" if person is None else person.email or _SOMEBODY), False
    entered = bool(response.cookies[COOKIE].value)
    return (str(facts.get("email") or _SOMEBODY) if entered else ""), entered


def _field_errors(facts: Mapping[str, Any]) -> list[Mapping[str, str]]:
    details = facts.get("details")
    return details if isinstance(details, list) else []


class LenientNegotiation(DefaultContentNegotiation):
    """JSON for whoever asks for something we do not have, or not in a way that can be read, instead of an error."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The renderer and media type that fit the Accept header best."""
        try:
            renderer, media_type = super().select_renderer(request, renderers, format_suffix)
        except (NotAcceptable, ValueError):
            first = next(iter(renderers))
            return first, first.media_type or ""
        return renderer, media_type
