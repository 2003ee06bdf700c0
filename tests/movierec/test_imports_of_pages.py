"""What the first page of a process and /health do not import. Django reads the tags of every app before a page."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOOK = """
import sys
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
{deed}
late = ("apps.ops.console", "movierec.audit", "pynamodb.transactions", {more})
print(sorted(name for name in sys.modules if name.startswith(late)))
"""


@pytest.mark.parametrize(
    ("deed", "more"),
    [
        (
            "from django.template import engines; engines['django'].get_template('web/front.html')",
            "'movierec.switches'",
        ),
        ("import apps.web.health", ""),
    ],
)
def test_nothing_of_the_admin_comes_with_a_page_or_with_health(deed: str, more: str) -> None:
    look = LOOK.format(deed=deed, more=more)
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
