"""What a page is called: its heading, and the title of its window or tab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import template
from django.template.context import Context

from apps.media.genres import GENRES
from apps.media.text import clean
from apps.web.templatetags.catalogue import chosen, first_of, shown_list

register = template.Library()

_KINDS: Final = {"movie": "films", "tv": "series"}
_LISTS: Final = {
    "trending": "Trending {}",
    "popular": "Popular {}",
    "top_rated": "Top rated {}",
    "now_playing": "Now playing {}",
    "upcoming": "Upcoming {}",
    "hidden_gems": "Hidden gems among {}",
}
_SEARCHED: Final = {**_KINDS, "person": "people"}
# A tab has no room for more of what was written.
_LONGEST: Final = 100


@register.simple_tag(takes_context=True)
def heading(context: Context, usual: str) -> str:
    """The heading of an answer's page, `usual` where the address alone tells nothing better.

    What is not found has the words that say so, without the remedy that may follow them.
    """
    if is_absent(context):
        return str(context["error"]).partition(";")[0].rstrip(".")
    words = _HEADINGS.get(context["request"].path_info)
    return words(context) if words else usual


@register.simple_tag(takes_context=True)
def tab_title(context: Context, usual: str) -> str:
    """The same for the window's title, where an error stands before the heading, and a title has its year."""
    facts: Mapping[str, Any] = context["facts"]
    if context["whole"]:
        year = str(facts.get("release_date") or "")[:4] if "title" in facts else ""
        name = clean(str(facts.get("title") or facts.get("name")))
        return f"{name} ({year})" if year else name
    words = heading(context, usual)
    if context["stranger"]:
        return f"Please sign in: {words}"
    if context["error"] and not is_absent(context) and not searched_for_nothing(context):
        return f"Error: {words}"
    named = clean(str(facts.get("title") or ""))
    return f"{words}: {named}" if named else words


@register.simple_tag(takes_context=True)
def is_absent(context: Context) -> bool:
    """Whether there is nothing at the address, and nothing that could be put there by a form."""
    return bool(context["status"] == 404 and context["error"] and not context["forms"])


@register.simple_tag(takes_context=True)
def searched_for_nothing(context: Context) -> bool:
    """Whether somebody has opened the search and written nothing: no mistake, though the answer is an error."""
    return context["request"].path_info == "/search" and not _searched(context)


def _list_heading(context: Context) -> str:
    query = context["request"].GET
    listed, media_type = shown_list(query)
    genre = {str(number): name for number, name in GENRES[media_type].items()}.get(query.get("genre", ""))
    return _joined(_LISTS[listed].format(_KINDS[media_type]), genre, _page(context))


def _search_heading(context: Context) -> str:
    written = _searched(context)[:_LONGEST]
    kind = _SEARCHED.get(context["request"].GET.get("type", ""))
    return _joined(f"Search: {written}", kind) if written else "Search"


def _discover_heading(context: Context) -> str:
    query = context["request"].GET
    wanted = first_of(query, "type", "mediaType")
    names = {str(number): name for genres in GENRES.values() for number, name in genres.items()}
    genres = [name for number, name in names.items() if number in chosen(query, "genres")]
    kind = _KINDS.get(wanted, "")
    return _joined(f"Discover {kind}".strip(), *genres, _page(context))


_HEADINGS: Final = {"/media": _list_heading, "/search": _search_heading, "/discover": _discover_heading}


def _searched(context: Context) -> str:
    return clean(context["request"].GET.get("q", ""))


def _page(context: Context) -> str:
    """Which page of several this is, empty for the first."""
    number = context["facts"].get("page")
    return f"page {number}" if isinstance(number, int) and number > 1 else ""


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
