"""A server whose tokens cannot be checked does not start, and says why."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from movierec import env
from tests.contract.issuers import POOL_ID, key_server, private_key, public_jwk

LOAD = "from movierec.wsgi import application; print(application.request_class.__name__)"
COGNITO = {"IDENTITY_PROVIDER": "cognito", "COGNITO_USER_POOL_ID": POOL_ID, "COGNITO_CLIENT_ID": "client-1"}


def run(arguments: list[str], state: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs Python with the given variables only; the others have their defaults."""
    defaults = {name: variable.default for name, variable in env.VARIABLES.items()}
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=env.BASE_DIR,
        env={**defaults, "PATH": "", "STATE_DIR": str(state), **variables},
    )


def why_not_loaded(state: Path, **variables: str) -> str:
    """The error with which the application that servers load refuses to be loaded."""
    ended = run(["-c", LOAD], state, **variables)
    assert (ended.returncode, ended.stdout) == (1, "")
    return ended.stderr.splitlines()[-1].removeprefix("django.core.exceptions.ImproperlyConfigured: ")


@pytest.fixture
def bad_key(tmp_path: Path) -> Path:
    """The file of the signing key, which holds none."""
    path = tmp_path / "keys" / "token_key.pem"
    path.parent.mkdir()
    path.write_text("no key")
    return path


class TestLocalProvider:
    def test_the_first_start_makes_a_key_for_its_owner_only(self, tmp_path: Path) -> None:
        ended = run(["-c", LOAD], tmp_path, DEBUG="off")
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ApiRequest\n", "")
        assert (tmp_path / "keys" / "token_key.pem").stat().st_mode & 0o777 == 0o600

    def test_a_signing_key_that_cannot_be_used(self, tmp_path: Path, bad_key: Path) -> None:
        assert why_not_loaded(tmp_path) == (
            f"{bad_key} is not an unencrypted RSA key of at least 2048 bits in PEM; "
            "remove it and start again (tokens that it signed are then no longer good)."
        )
        assert bad_key.read_text() == "no key"

    def test_commands_that_serve_nobody_do_not_need_the_key(self, tmp_path: Path, bad_key: Path) -> None:
        ended = run(["manage.py", "diffsettings"], tmp_path)
        assert (ended.returncode, ended.stderr) == (0, "")


class TestCognito:
    def test_keys_that_can_be_read(self, tmp_path: Path) -> None:
        with key_server(public_jwk(private_key("the pool's"), "pool-key-1")) as server:
            ended = run(["-c", LOAD], tmp_path, **COGNITO, AWS_ENDPOINT_URL=server.address)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ApiRequest\n", "")
        assert server.asked == [f"/{POOL_ID}/.well-known/jwks.json"]

    def test_keys_that_cannot_be_read(self, tmp_path: Path) -> None:
        with key_server() as server:
            server.down = True
            sentence = why_not_loaded(tmp_path, **COGNITO, AWS_ENDPOINT_URL=server.address)
        assert sentence == (
            f"COGNITO_USER_POOL_ID: the keys of the pool cannot be read at {server.address}/{POOL_ID}"
            "/.well-known/jwks.json (HTTP status 503); check the id and the way to that address."
        )

    def test_an_address_without_keys(self, tmp_path: Path) -> None:
        with key_server() as server:
            sentence = why_not_loaded(tmp_path, **COGNITO, AWS_ENDPOINT_URL=server.address)
        assert "(no RSA key for signatures)" in sentence


def test_runserver_says_it_in_a_sentence(tmp_path: Path, bad_key: Path) -> None:
    # Nothing listens at this address: it must not come to that.
    arguments = ["manage.py", "runserver", "--noreload", "127.0.0.1:0"]
    ended = run(arguments, tmp_path, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"{bad_key} is not an unencrypted RSA key of at least 2048 bits in PEM; "
        "remove it and start again (tokens that it signed are then no longer good).\n"
    )
