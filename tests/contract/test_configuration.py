"""A wrong configuration fails at the start, and what is written about the configuration is so."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path

import botocore.docs
import pytest

from movierec import env

ALLOWED = {
    "https://www.movierec.net",
    "https://movierec.net",
    "http://localhost:3000",
    "http://localhost:8080",
    "http://127.0.0.1:3000",
}


class TestOrigins:
    def test_the_defaults(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CORS_ALLOWED_ORIGINS", raising=False)
        assert env.origins("CORS_ALLOWED_ORIGINS") == ALLOWED

    @pytest.mark.parametrize("origin", ["https://app.example.com", "http://localhost", "http://[::1]:3000"])
    def test_others_may_be_set(self, monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
        monkeypatch.setenv("CORS_ALLOWED_ORIGINS", f" {origin} ,")
        assert env.origins("CORS_ALLOWED_ORIGINS") == {origin}

    @pytest.mark.parametrize(
        "origin",
        [
            "*",
            "null",
            "movierec.net",
            "https://movierec.net/",
            "https://movierec.net/app",
            "https://*.movierec.net",
            "https://Movierec.net",
            "ftp://movierec.net",
            "https://",
            "https://movierec.net:",
        ],
    )
    def test_what_no_browser_sends_is_refused(self, monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
        monkeypatch.setenv("CORS_ALLOWED_ORIGINS", f"https://movierec.net,{origin}")
        rejected: dict[str, str] = {}
        monkeypatch.setattr(env, "rejected", rejected)
        env.origins("CORS_ALLOWED_ORIGINS")
        sentence = f"CORS_ALLOWED_ORIGINS has {origin!r}; write origins such as https://movierec.net."
        assert rejected == {"CORS_ALLOWED_ORIGINS": sentence}


def test_the_rights_on_the_pool_are_those_that_the_provider_uses() -> None:
    accounts = env.BASE_DIR / "apps" / "accounts"
    files = [*(accounts / "providers" / "cognito").glob("*.py"), accounts / "directory" / "cognito.py"]
    called = {name for path in files for name in re.findall(r'call\(\s*"(\w+)"', path.read_text())}
    # AWS asks for rights on these alone; the others are open, or take the person's token.
    with_rights = {name for name in called if name.startswith(("Admin", "Describe", "List"))}
    operations = (env.BASE_DIR / "docs" / "operations.md").read_text()
    assert set(re.findall(r"`cognito-idp:(\w+)`", operations)) == with_rights
    assert "AdminGetUser" in with_rights


class TestLambdaPackage:
    """Zappa leaves out names anywhere in the package by `exclude`, and paths from its top by `exclude_glob`."""

    SETTINGS = json.loads((env.BASE_DIR / "zappa_settings.json").read_text())["base"]

    def left_out(self, path: Path) -> bool:
        names = any(fnmatch(part, pattern) for part in path.parts for pattern in self.SETTINGS["exclude"])
        return names or any(path.is_relative_to(top) for top in self.SETTINGS["exclude_glob"])

    def test_it_has_everything_but_the_training(self) -> None:
        files = [
            path for folder in ("apps", "movierec") for path in (env.BASE_DIR / folder).rglob("*") if path.is_file()
        ]
        missing = {path.relative_to(env.BASE_DIR) for path in files if self.left_out(path.relative_to(env.BASE_DIR))}
        training = Path("apps/recommendations/training")
        assert {path for path in missing if "__pycache__" not in path.parts and training not in path.parents} == set()

    def test_it_has_the_collected_static_files_and_every_part_of_the_libraries(self) -> None:
        assert not self.left_out(Path("build/static/web/movierec.css"))
        assert not self.left_out(Path(botocore.docs.__file__).relative_to(Path(botocore.docs.__file__).parents[2]))

    @pytest.mark.parametrize(
        "path", [".env", ".venv/bin/python", ".local/keys/secret_key", "tests/conftest.py", "docs/api.md"]
    )
    def test_it_has_nothing_that_is_not_served(self, path: str) -> None:
        assert self.left_out(Path(path))
