"""How pages of the recommender write figures."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def signed(value: float | None) -> str:
    """A figure with its sign and four places, such as "+0.1250"; empty where there is none."""
    return "" if value is None else f"{value:+.4f}"
