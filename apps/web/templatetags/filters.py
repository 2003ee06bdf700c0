"""The tags of /discover's form. Django imports them before the first page of a process, so they import little."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def discover_filters(context: Context) -> dict[str, Any]:
    """What `apps.web.filters.filters_of` says of the page's address."""
    from apps.web.filters import filters_of  # noqa: PLC0415  (see above)

    return filters_of(context["request"].GET)


@register.simple_tag(takes_context=True)
def wrong_filters(context: Context) -> dict[str, str]:
    """What is wrong with each field of the form that is."""
    return {detail["path"]: detail["message"] for detail in context["details"]}


@register.filter
def at(values: Mapping[str, str], name: str) -> str:
    """What stands under a name, empty where nothing does."""
    return values.get(name, "")
