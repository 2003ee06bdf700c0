"""The service as its clients see it, whichever provider stands behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from django.test import Client

# Fit for a pool's policy as well: four kinds of characters.
PASSWORD = "Correct horse 7!"
OTHER_PASSWORD = "Another horse 8?"
ANN = "ann@example.com"
BOB = "bob@example.com"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"

Purpose = Literal["sign-up", "reset"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Calls the API; `code` is the newest one mailed to an address for a purpose, `app_code` that of a TOTP secret.

    No two calls of `app_code` answer codes of the same thirty seconds where the provider takes each only once.
    """

    client: Client
    code: Callable[[str, Purpose], str]
    app_code: Callable[[str], str]

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, token: str = "", agent: str = ""
    ) -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if agent:
            headers["user-agent"] = agent
        return self.client.generic(
            method, path, orjson.dumps(body or {}), content_type="application/json", headers=headers
        )

    def get(self, path: str, token: str = "") -> Any:
        return self.client.get(path, headers={"authorization": f"Bearer {token}"} if token else {})

    def post(self, name: str, body: Mapping[str, Any] | None = None, token: str = "") -> Any:
        return self.call("POST", f"/auth/{name}", body, token)

    def delete(self, path: str, token: str, body: Mapping[str, Any] | None = None) -> Any:
        return self.call("DELETE", path, body, token)

    def sign_up(self, email: str = ANN, **more: Any) -> str:
        answer = self.post("signup", {"email": email, "password": PASSWORD, **more})
        assert answer.status_code == 200, answer.content
        return str(answer.json()["userSub"])

    def account(self, email: str = ANN, **more: Any) -> str:
        user_id = self.sign_up(email, **more)
        answer = self.post("signup", {"email": email, "code": self.code(email, "sign-up")})
        assert answer.status_code == 200, answer.content
        return user_id

    def tokens(self, email: str = ANN, password: str = PASSWORD, agent: str = "") -> dict[str, Any]:
        answer = self.call("POST", "/auth/signin", {"email": email, "password": password}, agent=agent)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def token(self, email: str = ANN, password: str = PASSWORD) -> str:
        return str(self.tokens(email, password)["accessToken"])

    def is_good(self, access_token: str) -> bool:
        answer = self.get("/auth/user", access_token)
        assert answer.status_code in (200, 401), answer.content
        return bool(answer.status_code == 200)

    def can_sign_in(self, password: str, email: str = ANN) -> bool:
        return self.post("signin", {"email": email, "password": password}).status_code == 200


def coded(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"
