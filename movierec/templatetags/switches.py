"""The line on every page."""

from __future__ import annotations

from django import template

from movierec import switches
from movierec.switches.values import Banner

register = template.Library()


@register.inclusion_tag("banner.html")
def banner() -> dict[str, Banner]:
    """The banner, nothing where there is none."""
    return {"line": switches.banner()}
