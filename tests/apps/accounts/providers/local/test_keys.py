from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured

from apps.accounts.providers.local import key_files, keys
from apps.accounts.providers.local.keys import KeyRing
from apps.accounts.providers.local.provider import LocalProvider
from apps.accounts.providers.local.rotation import KeysUnreachable
from apps.accounts.providers.local.signing_key import SigningKey, key_of, new_pem
from apps.accounts.providers.local.tokens import access_claims, issue_access_token
from movierec.api.errors import Unauthorized

NOW = 1_800_000_000
OLD, NEW = key_of(new_pem()), key_of(new_pem())
NewProcess = Callable[[], KeyRing]


class Place:
    """Where keys are kept, as a ring reads it: counts the reads and can be down."""

    def __init__(self, *kept: SigningKey) -> None:
        self.kept: Sequence[SigningKey] = kept
        self.error: Exception | None = None
        self.reads = 0

    def __call__(self) -> Sequence[SigningKey]:
        self.reads += 1
        if self.error:
            raise self.error
        return self.kept


@pytest.fixture
def place() -> Place:
    return Place(OLD)


@pytest.fixture
def ring(place: Place) -> KeyRing:
    """A ring that read the old key at NOW."""
    ring = KeyRing(place)
    with time_machine.travel(NOW, tick=False):
        assert ring.held() == (OLD,)
    return ring


def held(ring: KeyRing, at: int) -> Sequence[SigningKey]:
    with time_machine.travel(at, tick=False):
        return ring.held()


def find(ring: KeyRing, header: str, at: int) -> SigningKey | None:
    with time_machine.travel(at, tick=False):
        return ring.find(header)


def test_keys_are_read_again_after_five_minutes(ring: KeyRing, place: Place) -> None:
    place.kept = (NEW, OLD)
    assert held(ring, NOW + 299) == (OLD,)
    assert held(ring, NOW + 300) == (NEW, OLD)
    assert held(ring, NOW + 599) == (NEW, OLD)
    assert place.reads == 2


def test_a_clock_that_went_back_has_them_read_again(ring: KeyRing, place: Place) -> None:
    place.kept = (NEW, OLD)
    assert held(ring, NOW - 10_000) == (NEW, OLD)


def test_an_unknown_header_has_them_read_again_at_most_once_a_minute(ring: KeyRing, place: Place) -> None:
    assert find(ring, NEW.header, NOW + 59) is None
    assert place.reads == 1
    place.kept = (NEW, OLD)
    assert find(ring, NEW.header, NOW + 60) == NEW
    assert place.reads == 2
    for second in range(60):
        assert find(ring, f"unknown-{second}", NOW + 60 + second) is None
    assert place.reads == 2
    assert find(ring, "unknown", NOW + 120) is None
    assert place.reads == 3


def test_known_headers_cost_no_read(ring: KeyRing, place: Place) -> None:
    assert all(find(ring, OLD.header, NOW + second) == OLD for second in range(300))
    assert place.reads == 1


def test_a_storm_of_unknown_headers_from_many_threads_is_one_read(ring: KeyRing, place: Place) -> None:
    place.kept = (NEW, OLD)
    headers = [NEW.header if number % 10 == 0 else f"unknown-{number}" for number in range(200)]
    with time_machine.travel(NOW + 60, tick=False), ThreadPoolExecutor(16) as pool:
        found = list(pool.map(ring.find, headers))
    assert place.reads == 2
    assert [key for key in found if key] == [NEW] * 20


def test_while_one_thread_reads_old_keys_again_the_others_go_on(place: Place) -> None:
    reading, go_on = Event(), Event()

    def slow() -> Sequence[SigningKey]:
        if place.reads:
            reading.set()
            assert go_on.wait(5)
        return place()

    ring = KeyRing(slow)
    held(ring, NOW)
    place.kept = (NEW, OLD)
    with time_machine.travel(NOW + 300, tick=False), ThreadPoolExecutor(1) as pool:
        slow_one = pool.submit(ring.held)
        assert reading.wait(5)
        assert ring.held() == (OLD,)
        assert ring.find(OLD.header) == OLD
        go_on.set()
        assert slow_one.result(5) == (NEW, OLD)
    assert place.reads == 2


@pytest.mark.parametrize("error", [KeysUnreachable("ThrottlingException"), ImproperlyConfigured("no key")])
def test_when_they_cannot_be_read_again_the_known_ones_stay(
    ring: KeyRing, place: Place, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    place.error = error
    with caplog.at_level(logging.ERROR, logger="apps.accounts.providers.local.keys"):
        assert held(ring, NOW + 300) == (OLD,)
        assert find(ring, OLD.header, NOW + 359) == OLD
        assert find(ring, NEW.header, NOW + 359) is None
    assert place.reads == 2
    assert caplog.messages == ["The signing keys cannot be read again; those known stay in use."]
    place.error, place.kept = None, (NEW, OLD)
    assert held(ring, NOW + 360) == (NEW, OLD)


@pytest.mark.parametrize("error", [KeysUnreachable("ThrottlingException"), ImproperlyConfigured("no key")])
def test_a_first_read_that_fails_is_told_and_tried_again(place: Place, error: Exception) -> None:
    ring = KeyRing(place)
    place.error = error
    for use in (ring.held, lambda: ring.find(OLD.header)):
        with pytest.raises(type(error)):
            use()
    place.error = None
    assert ring.held() == (OLD,)


def test_parallel_first_reads_are_one(place: Place) -> None:
    ring = KeyRing(place)
    with ThreadPoolExecutor(8) as pool:
        assert {keys[0].kid for keys in pool.map(lambda _: ring.held(), range(32))} == {OLD.kid}
    assert place.reads == 1


def test_the_process_reads_the_file_once(key_file: Path, new_process: NewProcess) -> None:
    new_process()
    first = keys.signing_key()
    key_file.unlink()
    assert keys.signing_key() is first
    assert keys.key_with_header(first.header) is first
    assert not key_file.exists()


def token() -> str:
    return issue_access_token("user-1", email="a@example.com", session_id="s")


def test_a_rotation_signs_nobody_out(key_file: Path, new_process: NewProcess) -> None:
    with time_machine.travel(NOW, tick=False):
        new_process()
        before = token()
        new = keys.rotate()
        assert access_claims(before)["sub"] == "user-1"
    with time_machine.travel(NOW + 300, tick=False):
        after = token()
        assert after.startswith(new.header + ".")
        assert not before.startswith(new.header)
        assert access_claims(before)["sub"] == access_claims(after)["sub"] == "user-1"


def test_a_new_key_signs_once_every_process_may_have_read_it(key_file: Path, new_process: NewProcess) -> None:
    new_process()
    old, new = keys.signing_key(), keys.rotate()
    rotated_at = key_file.stat().st_mtime
    new_process()
    for age, kid in ((0, old.kid), (119, old.kid), (121, new.kid)):
        with time_machine.travel(rotated_at + age, tick=False):
            assert keys.signing_key().kid == kid


def test_a_token_of_another_process_that_knows_the_new_key_already_is_good(
    key_file: Path, new_process: NewProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(NOW, tick=False):
        here = new_process()
        here.held()
    with time_machine.travel(NOW + 61, tick=False):
        keys.rotate()
        new_process()
        theirs = token()
        monkeypatch.setattr(keys, "_ring", here)
        assert access_claims(theirs)["sub"] == "user-1"


def test_a_token_of_a_key_two_rotations_ago_is_refused(key_file: Path, new_process: NewProcess) -> None:
    new_process()
    oldest = token()
    for _ in range(2):
        key_files.previous_file().unlink(missing_ok=True)
        keys.rotate()
    new_process()
    with pytest.raises(Unauthorized):
        access_claims(oldest)


def test_both_keys_are_published(key_file: Path, new_process: NewProcess) -> None:
    old = new_process().held()[0]
    new = keys.rotate()
    new_process()
    published: list[dict[str, Any]] = LocalProvider().public_keys()
    assert published == [new.jwk(), old.jwk()]
    assert not any({"d", "p", "q"} & set(jwk) for jwk in published)


def test_a_process_with_an_unusable_key_does_not_start(key_file: Path, new_process: NewProcess) -> None:
    new_process()
    key_file.parent.mkdir()
    key_file.write_bytes(b"hello")
    with pytest.raises(ImproperlyConfigured, match=r"token_key\.pem is not an unencrypted RSA key"):
        LocalProvider().check_configuration()
    key_file.unlink()
    LocalProvider().check_configuration()
    assert key_file.exists()
