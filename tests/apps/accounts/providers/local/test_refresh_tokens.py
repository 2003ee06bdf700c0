from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine

from apps.accounts import denials, sessions
from apps.accounts.caller import NOBODY
from apps.accounts.errors import InvalidRefreshToken
from apps.accounts.providers.interface import Claims, SessionKey
from apps.accounts.providers.local import refresh_tokens
from apps.accounts.providers.local.refresh_tokens import OpenSession

NOW = 1_800_000_000
DAY = 24 * 3600
Rows = Callable[[], list[dict[str, Any]]]


def begin() -> OpenSession:
    """A session of the user `ann-id`, begun at NOW."""
    with time_machine.travel(NOW, tick=False):
        begun = refresh_tokens.begin("ann-id")
        sessions.begin("ann-id", begun.session_id, NOBODY)
    return begun


@pytest.fixture
def session(tables: None) -> OpenSession:
    """A listed session."""
    return begin()


def is_denied(session: OpenSession) -> bool:
    claims = Claims(session.user_id, session.session_id, session.signed_in_at, None)
    return denials.is_denied(claims, fresh=True)


def renew(token: str, at: float = NOW + 3600) -> OpenSession:
    with time_machine.travel(at, tick=False):
        return refresh_tokens.renew(token)


def assert_refused(token: str, at: float = NOW + 3600) -> None:
    with pytest.raises(InvalidRefreshToken):
        renew(token, at)


def test_a_session_begins_with_one_row_and_no_token_is_stored(tables: None, rows: Rows) -> None:
    with time_machine.travel(NOW, tick=False):
        begun = refresh_tokens.begin("ann-id")
    (row,) = rows()
    assert row == {
        "pk": "USER#ann-id",
        "sk": row["sk"],
        "sessionId": begun.session_id,
        "expiresAt": NOW + 30 * DAY,
    }
    assert row["sk"].startswith("REFRESH#")
    assert len(row["sk"]) == len("REFRESH#") + 64
    assert begun.refresh_token not in str(row)


def test_a_token_is_good_only_while_its_session_is_listed(tables: None, rows: Rows) -> None:
    with time_machine.travel(NOW, tick=False):
        begun = refresh_tokens.begin("ann-id")
    before = rows()
    assert_refused(begun.refresh_token)
    assert rows() == before


def test_a_token_names_its_session(session: OpenSession) -> None:
    with time_machine.travel(NOW, tick=False):
        assert refresh_tokens.session_of(session.refresh_token) == SessionKey("ann-id", session.session_id)
        assert refresh_tokens.session_of("x") is None
        assert refresh_tokens.session_of(refresh_tokens._token("ann-id", b"x" * 32)) is None
    with time_machine.travel(NOW + 30 * DAY, tick=False):
        assert refresh_tokens.session_of(session.refresh_token) is None


def test_a_token_is_replaced_within_its_session(session: OpenSession) -> None:
    second = renew(session.refresh_token)
    third = renew(second.refresh_token, NOW + 7200)
    assert {(one.user_id, one.session_id, one.signed_in_at) for one in (second, third)} == {
        ("ann-id", session.session_id, NOW)
    }
    assert len({session.refresh_token, second.refresh_token, third.refresh_token}) == 3


def test_a_retry_within_10_seconds_gets_the_same_successor(session: OpenSession, rows: Rows) -> None:
    first = renew(session.refresh_token, NOW)
    before = rows()
    assert renew(session.refresh_token, NOW + 10) == first
    assert rows() == before
    assert renew(first.refresh_token, NOW + 11).session_id == session.session_id


def test_a_later_reuse_ends_the_session(session: OpenSession, rows: Rows) -> None:
    successor = renew(session.refresh_token, NOW).refresh_token
    assert_refused(session.refresh_token, NOW + 10.1)
    assert is_denied(session)
    assert_refused(successor, NOW + 11)
    assert not [row for row in rows() if row["sk"].startswith("SESSION#")]


def test_a_retry_after_the_successor_was_used_ends_the_session(session: OpenSession) -> None:
    second = renew(session.refresh_token, NOW)
    third = renew(second.refresh_token, NOW + 1)
    assert_refused(session.refresh_token, NOW + 2)
    assert_refused(third.refresh_token, NOW + 3)


def test_reuse_ends_no_other_session(session: OpenSession) -> None:
    other = begin()
    renew(session.refresh_token, NOW)
    assert_refused(session.refresh_token, NOW + 60)
    assert renew(other.refresh_token, NOW + 61).session_id == other.session_id
    assert (is_denied(session), is_denied(other)) == (True, False)


def test_a_session_ends_30_days_after_its_sign_in_however_often_it_was_refreshed(session: OpenSession) -> None:
    second = renew(session.refresh_token, NOW + 30 * DAY - 20)
    third = renew(second.refresh_token, NOW + 30 * DAY - 1)
    assert_refused(third.refresh_token, NOW + 30 * DAY)


def test_parallel_renewals_make_one_successor(session: OpenSession, rows: Rows, atomic_requests: None) -> None:
    with time_machine.travel(NOW, tick=False), ThreadPoolExecutor(6) as pool:
        renewed = list(pool.map(refresh_tokens.renew, [session.refresh_token] * 6))
    assert len({one.refresh_token for one in renewed}) == 1
    refresh = [row for row in rows() if row["sk"].startswith("REFRESH#")]
    assert len(refresh) == 2
    assert len([row for row in refresh if "usedAt" in row]) == 1


def test_an_ended_session_renews_nothing(session: OpenSession, rows: Rows) -> None:
    sessions.end("ann-id", session.session_id)
    before = rows()
    assert_refused(session.refresh_token)
    assert rows() == before


def test_a_retry_in_an_ended_session_is_refused(session: OpenSession) -> None:
    renew(session.refresh_token, NOW)
    sessions.end("ann-id", session.session_id)
    assert_refused(session.refresh_token, NOW + 1)


def test_the_owner_in_a_token_cannot_be_exchanged(session: OpenSession, rows: Rows) -> None:
    before = rows()
    forged = refresh_tokens._token("bob-id", b"x" * 32)
    assert_refused(forged)
    assert_refused(session.refresh_token[:-1])
    assert_refused(session.refresh_token + "A")
    assert_refused(session.refresh_token + "=")
    assert rows() == before


@pytest.mark.parametrize("token", ["", "x", "é" * 40, "A" * 1025, "!" * 44, "_" * 100, "\x00", "a.b.c"])
def test_any_other_text_is_refused(tables: None, token: str) -> None:
    assert_refused(token)
