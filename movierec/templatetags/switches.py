"""The line on every page.

Django imports the tags of every app before the first page of a process, so the switches are imported when asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from movierec.switches.values import Banner

register = template.Library()


@register.inclusion_tag("banner.html")
def banner() -> dict[str, Banner]:
    """The banner, nothing where there is none."""
    from movierec import switches  # noqa: PLC0415  (see above)

    return {"line": switches.banner()}
