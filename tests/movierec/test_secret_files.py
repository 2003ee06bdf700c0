from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from movierec.secret_files import read, read_or_create, replace


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keys" / "secret"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_is_made_once_for_its_owner_only(path: Path) -> None:
    assert read_or_create(path, lambda: b"first") == b"first"
    assert read_or_create(path, lambda: b"second") == b"first"
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)
    assert list(path.parent.iterdir()) == [path]


def test_many_that_make_it_at_once_agree(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        contents = set(pool.map(lambda number: read_or_create(path, lambda: b"%d" % number), range(32)))
    assert contents == {path.read_bytes()}
    assert list(path.parent.iterdir()) == [path]


def test_reading_makes_nothing(path: Path) -> None:
    assert read(path) is None
    assert not path.parent.exists()
    read_or_create(path, lambda: b"first")
    assert read(path) == b"first"


def test_replacing_leaves_one_private_file(path: Path) -> None:
    read_or_create(path, lambda: b"first")
    path.chmod(0o644)
    replace(path, b"second")
    assert (path.read_bytes(), mode(path)) == (b"second", 0o600)
    assert list(path.parent.iterdir()) == [path]


def test_a_replacement_that_fails_keeps_the_old_content(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_or_create(path, lambda: b"first")

    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ImproperlyConfigured, match="No space left on device"):
        replace(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_used_is_named_with_its_remedy(path: Path) -> None:
    path.mkdir(parents=True)
    for use in (lambda: read(path), lambda: read_or_create(path, lambda: b"x"), lambda: replace(path, b"x")):
        with pytest.raises(ImproperlyConfigured) as caught:
            use()
        assert str(caught.value) == (
            f"{path} cannot be used (Is a directory); make its folder writable or set STATE_DIR to another."
        )
