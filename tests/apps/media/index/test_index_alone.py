"""The index leans on Python alone, so that it can be built and read anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
import apps.media.index.build, apps.media.index.catalogue
print(sorted({name.partition(".")[0] for name in sys.modules} & {"django", "rest_framework", "pynamodb", "boto3"}))
"""


def test_it_is_imported_without_django() -> None:
    plain = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    root = Path(__file__).parents[4]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, env=plain, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
