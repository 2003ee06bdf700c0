from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import time

import pytest
from django.core.exceptions import ImproperlyConfigured

from apps.accounts.providers.local import key_files
from apps.accounts.providers.local.rotation import RotatedLately
from movierec import secret_files

# A token's life, the skew allowed, and how long a process may go on with the keys it read.
LIFE = 3600 + 60 + 300


def kids() -> list[str]:
    return [key.kid for key in key_files.read()]


def rotated(key_file: Path, seconds: int) -> None:
    """Makes the last rotation so many seconds old."""
    os.utime(key_file, (time() - seconds, time() - seconds))


def files(key_file: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in key_file.parent.iterdir()}


def test_the_key_is_made_once_and_for_its_owner_only(key_file: Path) -> None:
    (first,) = key_files.read()
    assert files(key_file) == {"token_key.pem": 0o600}
    assert key_file.parent.stat().st_mode & 0o777 == 0o700
    assert kids() == [first.kid]


def test_a_rotation_keeps_the_key_before_as_the_previous(key_file: Path) -> None:
    (old,) = kids()
    new = key_files.rotate()
    assert kids() == [new.kid, old]
    assert files(key_file) == {"token_key.pem": 0o600, "token_key.previous.pem": 0o600, "token_key.lock": 0o600}


def test_a_key_that_was_never_replaced_may_be_replaced_at_any_age(key_file: Path) -> None:
    assert key_files.rotate().kid == kids()[0]
    assert len(kids()) == 2


def test_a_second_rotation_waits_for_the_last_token_of_the_key_it_drops(key_file: Path) -> None:
    key_files.rotate()
    before = kids()
    rotated(key_file, LIFE - 10)
    with pytest.raises(RotatedLately):
        key_files.rotate()
    assert kids() == before
    rotated(key_file, LIFE + 1)
    new = key_files.rotate()
    assert kids() == [new.kid, before[0]]


def test_parallel_rotations_drop_no_key(key_file: Path) -> None:
    (old,) = kids()

    def attempt(_: int) -> bool:
        try:
            key_files.rotate()
        except RotatedLately:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(attempt, range(4))).count(True) == 1
    assert kids()[1] == old


@pytest.mark.parametrize("at", [1, 2])
def test_a_rotation_that_is_killed_leaves_a_working_pair_and_can_be_run_again(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    key_files.rotate()
    rotated(key_file, LIFE + 1)
    current = kids()[0]
    replace, done = Path.replace, [0]

    def killed(path: Path, target: Path) -> Path:
        done[0] += 1
        if done[0] == at:
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            key_files.rotate()
    assert kids()[0] == current
    new = key_files.rotate()
    assert kids() == [new.kid, current]


def test_whoever_reads_during_a_rotation_sees_the_key_before_it(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old,) = kids()
    read = secret_files.read

    def rotate_first(path: Path) -> bytes | None:
        monkeypatch.setattr(secret_files, "read", read)
        key_files.rotate()
        return read(path)

    monkeypatch.setattr(secret_files, "read", rotate_first)
    assert old in kids()


@pytest.mark.parametrize("name", ["token_key.pem", "token_key.previous.pem"])
@pytest.mark.parametrize("content", [b"", b"hello"], ids=["empty", "no PEM"])
def test_an_unusable_file_is_named_with_its_remedy(key_file: Path, name: str, content: bytes) -> None:
    key_files.rotate()
    broken = key_file.with_name(name)
    broken.write_bytes(content)
    with pytest.raises(ImproperlyConfigured) as caught:
        key_files.read()
    assert str(caught.value) == (
        f"{broken} is not an unencrypted RSA key of at least 2048 bits in PEM; "
        "remove it and start again (tokens that it signed are then no longer good)."
    )
    with pytest.raises(ImproperlyConfigured):
        key_files.rotate()
    assert broken.read_bytes() == content
