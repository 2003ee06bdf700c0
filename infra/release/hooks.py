"""What Zappa calls while it packs, by the name in zappa_settings.json."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from infra.release import contents


def reduce_package(zappa: Any) -> None:
    """Rewrites the zip that Zappa has just made: what a Lambda needs and no more, with bytecode, always alike."""
    archive = Path(zappa.zip_path).resolve()
    site = next(Path(os.environ["VIRTUAL_ENV"]).glob("lib/python*/site-packages"))
    static_files = bool(zappa.stage_config.get("carries_static_files"))
    contents.reduce(archive, contents.packages_in(site), static_files=static_files)
