"""Who is looking at a page."""

from __future__ import annotations

from django import template
from django.template.context import Context

from movierec.api.authentication import person_of_cookie

register = template.Library()


@register.simple_tag(takes_context=True)
def signed_in(context: Context) -> str:
    """The e-mail address of the person signed in by the browser's cookie, empty for everyone else.

    Where the token names no address, the words "Signed in" stand for it.
    A page that has just signed somebody in or out knows better than the request's cookie and says so in `who`.
    """
    if "who" in context:
        return str(context["who"])
    person = person_of_cookie(context["request"])
    return "" if person is None else person.email or "Signed in"
