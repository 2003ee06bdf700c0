"""The browser that the tests of pages drive: the system's Chromium."""

import os
import shutil
import subprocess

from scripts import installer
from scripts.checks import SetupError

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ROUNDS = 2  # package lists change while they are read, and networks fail for a moment
_LINES_SHOWN = 10


def find() -> str | None:
    """The path of the browser, None when there is none."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


def make_ready() -> None:
    """Install the browser where there is none. Raises SetupError when that takes a person."""
    if find():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SetupError(
            "The browser tests need Chromium: install it (Debian and Ubuntu: apt install chromium), "
            "and run the same command again."
        )
    installer.say("Installing Chromium ...")
    said: list[str] = []
    for _ in range(_ROUNDS):
        said += _install()
        if find():
            return
    raise SetupError(
        "\n".join([*said[-_LINES_SHOWN:], "Chromium could not be installed; mend what the lines above say."])
    )


def _install() -> list[str]:
    """What apt-get says; the installation is not tried where the update fails."""
    said: list[str] = []
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        ended = subprocess.run(  # noqa: S603 -- the system's own package manager
            ["apt-get", "--quiet", *arguments],  # noqa: S607
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        said += ended.stdout.splitlines()
        if ended.returncode != 0:
            break
    return said
