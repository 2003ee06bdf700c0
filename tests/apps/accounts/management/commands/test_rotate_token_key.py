from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from apps.accounts.providers.local import key_files


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    settings.TOKEN_KEY_FILE = tmp_path / "keys" / "token_key.pem"
    return tmp_path / "keys" / "token_key.pem"


def run() -> str:
    out = io.StringIO()
    call_command("rotate_token_key", stdout=out)
    return out.getvalue()


def test_it_names_the_new_key_and_says_that_nobody_is_signed_out(key_file: Path) -> None:
    (old,) = key_files.read()
    printed = run()
    new, previous = key_files.read()
    assert previous == old
    assert printed == (
        f"The key {new.kid} signs tokens soon, in every process within 5 minutes. Tokens of the key before it stay "
        "good; nobody has to sign in again.\n"
    )
    assert "PRIVATE" not in printed


def test_a_second_rotation_right_after_is_refused(key_file: Path) -> None:
    run()
    before = key_files.read()
    with pytest.raises(CommandError, match=re.escape("tokens of the key before it may still be good")):
        run()
    assert key_files.read() == before


def test_a_secret_that_is_not_there_is_named(tables: None, settings: Settings) -> None:
    settings.AWS_ENDPOINT_URL = "https://secretsmanager.eu-north-1.amazonaws.com"
    settings.TOKEN_KEY_SECRET = "movierec-test-absent"
    with pytest.raises(CommandError, match=r"TOKEN_KEY_SECRET names movierec-test-absent, .*ResourceNotFoundException"):
        run()


def test_a_user_pool_rotates_its_own_keys(key_file: Path, settings: Settings) -> None:
    settings.IDENTITY_PROVIDER = "cognito"
    with pytest.raises(CommandError, match="the user pool rotates its own keys"):
        run()
    assert not key_file.exists()
