"""A wrong configuration fails at the start."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

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
        with pytest.raises(ImproperlyConfigured) as caught:
            env.origins("CORS_ALLOWED_ORIGINS")
        assert str(caught.value) == f"CORS_ALLOWED_ORIGINS has {origin!r}; write origins such as https://movierec.net."
