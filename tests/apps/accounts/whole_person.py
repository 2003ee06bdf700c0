"""A person with everything that can be stored about one, and a look at what is left of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pyotp
from django.core import mail
from django.test import Client

from apps.lists.services import RatingRow, put_ratings
from movierec.dynamo.registry import tables
from movierec.dynamo.table import Row

EMAIL = "Zoe.Quux@Example.com"
ADDRESS = "zoe.quux@example.com"
PASSWORD = "correct horse battery"
USERNAME = "Zuzu.Quux"

Snapshot = dict[str, list[Row]]


class WholePerson:
    """Signs up and uses everything, over HTTP where there is an endpoint."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.headers: dict[str, str] = {}
        self._sign_up()
        self.user_id: str = self.get("/auth/user")["userId"]
        self._use()
        self.recovery_codes = self._guard()
        self._try()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sender = getattr(self.client, method)
        return sender(path, body or {}, content_type="application/json", headers={**self.headers, **headers})

    def ok(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        response = self.send(method, path, body, **headers)
        assert response.status_code == 200, response.content
        return response.json()

    def get(self, path: str) -> Any:
        response = self.client.get(path, headers=self.headers)
        assert response.status_code == 200, response.content
        return response.json()

    def delete_account(self) -> str:
        """Asks for the deletion and answers when it is due."""
        body = {"password": PASSWORD, "recoveryCode": self.recovery_codes.pop()}
        return str(self.ok("delete", "/user", body)["deletionAt"])

    def sign_in(self, **more: Any) -> Any:
        """Signs in by password and recovery code and answers the last response."""
        asked = self.ok("post", "/auth/signin", {"email": EMAIL, "password": PASSWORD, **more})
        return self.send(
            "post", "/auth/challenge", {"session": asked["session"], "recoveryCode": self.recovery_codes.pop()}
        )

    def _sign_up(self) -> None:
        self.ok("post", "/auth/signup", {"email": EMAIL, "password": PASSWORD, "username": USERNAME})
        self.ok("post", "/auth/resend", {"email": EMAIL})
        self.ok("post", "/auth/signup", {"email": EMAIL, "code": _code()})
        for agent in ("curl/8.0", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"):
            signed_in = self._enter(agent)
            self.ok("post", "/auth/refresh", {"refreshToken": signed_in["refreshToken"]})
        self.ok("post", "/auth/signout", {"refreshToken": signed_in["refreshToken"]})
        self.headers = {"authorization": f"Bearer {self._enter('curl/8.0')['accessToken']}"}

    def _enter(self, agent: str) -> Any:
        return self.ok("post", "/auth/signin", {"email": USERNAME, "password": PASSWORD}, **{"user-agent": agent})

    def _use(self) -> None:
        self.ok("put", "/user/profile", {"displayName": "Zoë"})
        self.ok("put", "/user/preferences", {"contentType": "both", "favoriteGenres": [18], "ownField": "kept"})
        self.ok("post", "/user/favourites", {"mediaId": "603", "title": "The Matrix"})
        self.ok("post", "/user/watchlist", {"mediaId": "1396", "mediaType": "tv", "title": "Breaking Bad"})
        moment = datetime(2026, 1, 2, tzinfo=UTC)
        list(put_ratings([RatingRow(self.user_id, ("movie", 603), 4.5, moment)]))
        said = {"mediaId": "949", "kind": "not_interested", "scope": "for_now"}
        assert self.send("post", "/recommendations/feedback", said).status_code == 201
        self.ok("post", "/user/stats/award-xp", {"amount": 1500}, **{"idempotency-key": "once"})
        self.ok("post", "/user/stats/update", {"moviesWatched": 3, "badge": "first"})

    def _guard(self) -> list[str]:
        secret = self.ok("post", "/auth/mfa/totp")["secret"]
        codes: list[str] = self.ok("post", "/auth/mfa/totp/confirm", {"code": pyotp.TOTP(secret).now()})[
            "recoveryCodes"
        ]
        return codes

    def _try(self) -> None:
        """Leaves counters of wrong guesses, a code, and a wish of somebody who signs up with the same address."""
        assert self.send("post", "/auth/signin", {"email": EMAIL, "password": "wrong password"}).status_code == 401
        assert self.send("delete", "/user", {"password": "wrong password"}).status_code == 403
        self.ok("post", "/auth/forgot", {"email": EMAIL})
        self.ok("post", "/auth/signup", {"email": EMAIL, "password": "another password", "username": "not-zoe"})


def _code() -> str:
    found = re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))
    assert found
    return found.group()


def everything() -> Snapshot:
    """Every row of every table."""
    return {table.Meta.table_name: list(table.scan_rows()) for table in tables()}


def restore(snapshot: Snapshot) -> None:
    """Empties every table and fills it as it was."""
    for table in tables():
        table.delete_rows(table.scan_rows())
        list(table.put_rows(snapshot[table.Meta.table_name]))


def rows_about(*texts: str) -> list[Row]:
    """Every row of any table but the audit's that has one of the texts somewhere in it, in whatever letter case."""
    wanted = [text.casefold() for text in texts]
    rows = [row for found in everything().values() for row in found if not row.get("pk", "").startswith("AUDIT#")]
    return [row for row in rows if any(text in repr(row).casefold() for text in wanted)]
