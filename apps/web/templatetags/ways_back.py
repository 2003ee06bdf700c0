"""The way back to the page from which somebody went to sign in."""

from __future__ import annotations

from django import template
from django.template.context import Context

from movierec.api.not_found import is_ours

register = template.Library()


@register.simple_tag(takes_context=True)
def way_back(context: Context) -> str:
    """The path that `next` names; empty for all but the paths of this service, so that no link leads astray."""
    path = str(context["request"].GET.get("next", ""))
    return path if is_ours(path) else ""
