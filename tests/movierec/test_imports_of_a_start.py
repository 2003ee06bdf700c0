"""What a process does not import before somebody needs it."""

from __future__ import annotations

import subprocess
import sys

LOOK = """
import sys
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
import apps.web.health
late = {"boto3", "s3transfer", "cryptography", "zappa", "werkzeug"}
print(sorted(late & {name.partition(".")[0] for name in sys.modules}))
"""


PAY = """
import sys
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
import apps.web.health
print(sorted(name for name in sys.modules if name.startswith("movierec.switches")))
"""


def test_health_is_answered_without_what_only_other_requests_need() -> None:
    found = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_health_is_answered_without_the_switches() -> None:
    found = subprocess.run([sys.executable, "-c", PAY], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
