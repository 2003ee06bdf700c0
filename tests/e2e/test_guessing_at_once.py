"""Guesses at one account that arrive at the same moment, over a real server and the embedded AWS."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.conftest import Answer, running

pytestmark = pytest.mark.embedded


def test_of_200_guesses_at_once_ten_are_looked_at(state_dir: Path, tmp_path: Path) -> None:
    # What an address may ask is tested elsewhere; here it must not stand before the account's own limit.
    with running(tmp_path, RATE_LIMITS="auth=1000000") as server:
        account = {"email": "guessed@example.com", "password": "correct horse battery staple"}
        assert server.call("POST", "/auth/signup", account).status == 200
        code = server.wait_for(r"\b(\d{6})\b").group(1)
        assert server.call("POST", "/auth/signup", {"email": account["email"], "code": code}).status == 200

        def guess(number: int) -> Answer:
            return server.call("POST", "/auth/signin", {**account, "password": f"wrong {number}"})

        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(guess, range(200)))
        assert Counter(answer.status for answer in answers) == {401: 10, 429: 190}
        assert all(0 < int(answer.headers["Retry-After"]) <= 900 for answer in answers if answer.status == 429)
        assert server.stop() == 0
