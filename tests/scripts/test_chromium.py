from __future__ import annotations

import os
from pathlib import Path

import pytest

from scripts import chromium, commands

APT_GET = """#!/bin/sh
echo "$@" >> "{log}"
[ "$DEBIAN_FRONTEND" = noninteractive ] || exit 3
echo "apt-get says: $2"
{does}
"""
INSTALLS = '[ "$2" = update ] || { printf "" > "$(dirname "$0")/chromium"; chmod +x "$(dirname "$0")/chromium"; }'
# The first update fails, as for a moment without network; the second works.
STUMBLES = f'[ "$(grep -c update "$(dirname "$0")/log")" = 2 ] || exit 1\n{INSTALLS}'
UPDATE, INSTALL = "--quiet update", "--quiet install --yes --no-install-recommends chromium"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the only programs there are: those that the stand-in of apt-get needs."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("dirname", "chmod", "grep"):
        (folder / name).symlink_to(next(path for path in (Path("/bin", name), Path("/usr/bin", name)) if path.exists()))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return folder


def with_apt_get(programs: Path, does: str) -> Path:
    """A stand-in of apt-get that writes down what it is called with; answers where."""
    log = programs / "log"
    script = programs / "apt-get"
    script.write_text(APT_GET.format(log=log, does=does))
    script.chmod(0o755)
    return log


def with_browser(programs: Path, name: str) -> str:
    (programs / name).write_text("")
    (programs / name).chmod(0o755)
    return str(programs / name)


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_that_is_there_is_taken(programs: Path, name: str) -> None:
    log = with_apt_get(programs, INSTALLS)
    path = with_browser(programs, name)
    assert chromium.find() == path
    assert commands.main(["browser"]) == 0
    assert not log.exists()


def test_a_missing_browser_is_installed(programs: Path) -> None:
    log = with_apt_get(programs, INSTALLS)
    assert commands.main(["browser"]) == 0
    assert log.read_text().splitlines() == [UPDATE, INSTALL]
    assert chromium.find() == str(programs / "chromium")


def test_an_installation_that_fails_is_tried_once_more(programs: Path) -> None:
    log = with_apt_get(programs, STUMBLES)
    assert commands.main(["browser"]) == 0
    assert log.read_text().splitlines() == [UPDATE, UPDATE, INSTALL]


def test_an_installation_that_fails_again_is_told_with_what_was_said(
    programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = with_apt_get(programs, "exit 1")
    assert commands.main(["browser"]) == 1
    assert log.read_text().splitlines() == [UPDATE, UPDATE]
    assert capsys.readouterr().err.splitlines() == [
        "apt-get says: update",
        "apt-get says: update",
        "Chromium could not be installed; mend what the lines above say.",
    ]


@pytest.mark.parametrize("user", [0, 1000])
def test_who_cannot_install_is_told_to(
    user: int, programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    if user:
        with_apt_get(programs, INSTALLS)
    assert commands.main(["browser"]) == 1
    assert capsys.readouterr().err == (
        "The browser tests need Chromium: install it (Debian and Ubuntu: apt install chromium), "
        "and run the same command again.\n"
    )
    assert not (programs / "log").exists()
