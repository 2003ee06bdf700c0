"""A configuration that cannot be right stops every process before it does anything, with a sentence a variable."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from movierec import env
from movierec.settings.checked import weakness_of

POOL = {
    "IDENTITY_PROVIDER": "cognito",
    "COGNITO_USER_POOL_ID": "eu-north-1_AbCdEfGhI",
    "COGNITO_CLIENT_ID": "client-1",
}

Refused = Callable[..., list[str]]


@pytest.fixture
def started(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Reads the settings in a process that has only the given variables; the others have their defaults."""

    def start(**variables: str) -> subprocess.CompletedProcess[str]:
        defaults = {name: variable.default for name, variable in env.VARIABLES.items()}
        return subprocess.run(
            [sys.executable, "manage.py", "diffsettings"],
            check=False,
            capture_output=True,
            text=True,
            cwd=env.BASE_DIR,
            env={**defaults, "PATH": "", "STATE_DIR": str(tmp_path), **variables},
        )

    return start


@pytest.fixture
def refused(started: Callable[..., subprocess.CompletedProcess[str]]) -> Refused:
    """The sentences with which a process refuses to start."""

    def sentences(**variables: str) -> list[str]:
        ended = started(**variables)
        assert (ended.returncode, ended.stdout) == (1, "")
        return ended.stderr.splitlines()

    return sentences


def deployed() -> dict[str, str]:
    """A configuration that is right outside local."""
    return {
        "MOVIEREC_ENV": "prod",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "SECRET_KEY_FALLBACKS": f"{secrets.token_urlsafe(64)},{secrets.token_urlsafe(64)}",
        "ALLOWED_HOSTS": "api.movierec.net,.example.com,localhost",
        "EMAIL_URL": "smtp+tls://mail.example.com:587",
        **POOL,
    }


class TestRight:
    def test_the_defaults(self, started: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        assert started().returncode == 0

    def test_outside_local(self, started: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        ended = started(**deployed())
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "LOCAL = False" in ended.stdout
        assert "movierec.api.static.HashedNames" in ended.stdout

    def test_on_lambda(self, started: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        assert started(**{**deployed(), "AWS_LAMBDA_FUNCTION_NAME": "movierec"}).returncode == 0

    def test_a_stand_in_in_a_development_environment(
        self, started: Callable[..., subprocess.CompletedProcess[str]]
    ) -> None:
        stand_in = {"MOVIEREC_ENV": "dev", "DEBUG": "on", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
        assert started(**{**deployed(), **stand_in}).returncode == 0

    def test_local_without_debug(self, started: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        assert started(DEBUG="off").returncode == 0

    def test_the_autoreloaders_child_with_the_address_of_the_embedded_aws(
        self, started: Callable[..., subprocess.CompletedProcess[str]]
    ) -> None:
        assert started(DEBUG="off", RUN_MAIN="true", AWS_ENDPOINT_URL="http://127.0.0.1:4566").returncode == 0

    def test_a_stand_in_and_any_host_while_developing(
        self, started: Callable[..., subprocess.CompletedProcess[str]]
    ) -> None:
        ended = started(
            AWS_ENDPOINT_URL="http://127.0.0.1:4566", AWS_ENDPOINT_URL_S3="http://127.0.0.1:4566", ALLOWED_HOSTS="*"
        )
        assert ended.returncode == 0


class TestOneVariable:
    def test_a_default_secret(self, refused: Refused) -> None:
        key = f"django-insecure-{secrets.token_urlsafe(64)}"
        assert refused(**{**deployed(), "SECRET_KEY": key}) == [
            "SECRET_KEY is a well-known default; set it to a long random text outside local."
        ]

    def test_a_weak_older_secret_without_showing_it(self, refused: Refused) -> None:
        keys = f"{secrets.token_urlsafe(64)},{secrets.token_urlsafe(16)}"
        assert refused(**{**deployed(), "SECRET_KEY_FALLBACKS": keys}) == [
            "SECRET_KEY_FALLBACKS has a key that is shorter than 50 characters; take it out."
        ]

    @pytest.mark.parametrize("environment", ["staging", "prod"])
    def test_debugging_where_people_are(self, refused: Refused, environment: str) -> None:
        assert refused(**{**deployed(), "MOVIEREC_ENV": environment, "DEBUG": "on"}) == [
            f"DEBUG is on in {environment}; set it to off or leave it empty."
        ]

    def test_lambda_as_local(self, refused: Refused) -> None:
        assert refused(AWS_LAMBDA_FUNCTION_NAME="movierec") == [
            "MOVIEREC_ENV is local on AWS Lambda; set it to dev, staging or prod."
        ]

    def test_mail_that_prints_codes_into_the_log(self, refused: Refused) -> None:
        assert refused(**{**deployed(), "EMAIL_URL": "consolemail://"}) == [
            "EMAIL_URL would print codes into the log; write ses:// or smtp+tls://user:password@host:587."
        ]

    @pytest.mark.parametrize("hosts", ["", env.VARIABLES["ALLOWED_HOSTS"].default])
    def test_no_host_but_this_machine(self, refused: Refused, hosts: str) -> None:
        assert refused(**{**deployed(), "ALLOWED_HOSTS": hosts}) == [
            "ALLOWED_HOSTS names no host but this machine; write host names such as api.movierec.net."
        ]

    @pytest.mark.parametrize("host", ["*", "https://api.movierec.net", "*.movierec.net"])
    def test_what_is_no_host(self, refused: Refused, host: str) -> None:
        assert refused(**{**deployed(), "ALLOWED_HOSTS": f"api.movierec.net,{host}"}) == [
            f"ALLOWED_HOSTS has {host!r}; write host names such as api.movierec.net."
        ]

    def test_a_stand_in_without_debug(self, refused: Refused) -> None:
        assert refused(DEBUG="off", AWS_ENDPOINT_URL="http://127.0.0.1:4566") == [
            "AWS_ENDPOINT_URL is set while DEBUG is off; leave it empty."
        ]

    def test_the_signing_keys_secret_outside_local(self, refused: Refused) -> None:
        assert refused(**{**deployed(), "IDENTITY_PROVIDER": "local"}) == [
            "TOKEN_KEY_SECRET is empty; set it to the Secrets Manager secret of the tokens' signing key, "
            "which IDENTITY_PROVIDER=local needs."
        ]

    def test_an_issuer_that_is_no_https_address(self, refused: Refused) -> None:
        assert refused(TOKEN_ISSUER="http://api.movierec.net") == [
            "TOKEN_ISSUER is 'http://api.movierec.net'; write it like https://api.movierec.net/identity."
        ]

    def test_a_folder_that_cannot_be_used(self, refused: Refused, tmp_path: Path) -> None:
        (tmp_path / "keys").write_text("a file where the folder should be")
        assert refused() == [
            f"{tmp_path}/keys/secret_key cannot be used (File exists); "
            "make its folder writable or set STATE_DIR to another."
        ]

    def test_an_unknown_environment_is_judged_for_nothing_else_and_writes_nothing(
        self, refused: Refused, tmp_path: Path
    ) -> None:
        assert refused(MOVIEREC_ENV="production", ALLOWED_HOSTS="") == [
            "MOVIEREC_ENV is 'production'; set it to one of local, dev, staging, prod."
        ]
        assert list(tmp_path.iterdir()) == []


class TestSecrets:
    """Those of Secrets Manager are not read while settings are."""

    SECRET = "movierec/prod/signing"

    def test_the_keys_from_a_secret(self, started: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        keys = {"SECRET_KEY": "", "SECRET_KEY_FALLBACKS": "", "SECRET_KEY_SECRET": self.SECRET}
        ended = started(**{**deployed(), **keys, "EMAIL_URL": "ses://", "ORIGIN_SECRET": "movierec/prod/origin"})
        assert (ended.returncode, ended.stderr) == (0, "")
        assert f"SECRET_KEY_SECRET = '{self.SECRET}'" in ended.stdout
        assert "ORIGIN_SECRET = 'movierec/prod/origin'" in ended.stdout

    @pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FALLBACKS"])
    def test_a_key_in_two_places(self, refused: Refused, name: str) -> None:
        keys = {"SECRET_KEY": "", "SECRET_KEY_FALLBACKS": "", name: deployed()[name], "SECRET_KEY_SECRET": self.SECRET}
        assert refused(**{**deployed(), **keys}) == [f"{name} and SECRET_KEY_SECRET are both set; keep one of them."]


class TestStaticFiles:
    def test_at_another_address(self, started: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        address = "https://d111111abcdef8.cloudfront.net/static/"
        ended = started(**{**deployed(), "STATIC_BASE": address})
        assert ended.returncode == 0
        assert f"STATIC_URL = '{address}'" in ended.stdout
        assert ended.stdout.count("'https://d111111abcdef8.cloudfront.net'") == 3

    @pytest.mark.parametrize("address", ["http://a.example/static/", "static/", "/static", "https://a.example", "/"])
    def test_what_is_no_address_of_files(self, refused: Refused, address: str) -> None:
        assert refused(STATIC_BASE=address) == [
            f"STATIC_BASE is {address!r}; write it like https://d1.cloudfront.net/static/."
        ]


class TestWayIntoAdmin:
    """By the pages of a user pool."""

    WAY: ClassVar[dict[str, str]] = {
        "COGNITO_DOMAIN": "movierec.auth.eu-north-1.amazoncognito.com",
        "COGNITO_WEB_CLIENT_ID": "4k3o5b1c8f0r2m7n6p9q1s4t5v",
        "OPS_URL": "https://api.movierec.net/ops",
    }

    def test_all_of_it(self, started: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        ended = started(**deployed(), **self.WAY)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "COGNITO_PAGES_URL = 'https://movierec.auth.eu-north-1.amazoncognito.com'" in ended.stdout

    @pytest.mark.parametrize("name", WAY)
    def test_a_part_of_it(self, refused: Refused, name: str) -> None:
        assert refused(**deployed(), **{**self.WAY, name: ""}) == [
            f"{name} is empty; set COGNITO_DOMAIN, COGNITO_WEB_CLIENT_ID, OPS_URL, or none of them: "
            "staff need all to enter the admin."
        ]

    def test_is_nothing_to_the_local_provider(self, started: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        assert started(OPS_URL="http://127.0.0.1:8000/ops").returncode == 0

    @pytest.mark.parametrize(
        ("name", "value", "example"),
        [
            ("COGNITO_DOMAIN", "https://movierec.auth.example.com", "movierec.auth.eu-north-1.amazoncognito.com"),
            ("COGNITO_DOMAIN", "movierec", "movierec.auth.eu-north-1.amazoncognito.com"),
            ("COGNITO_WEB_CLIENT_ID", "a,b", "4k3o5b1c8f0r2m7n6p9q1s4t5v"),
            ("OPS_URL", "https://movierec.net/", "https://movierec.net/ops"),
            ("OPS_URL", "https://movierec.net/ops/", "https://movierec.net/ops"),
            ("OPS_URL", "https://movierec.net/ops?a=b", "https://movierec.net/ops"),
        ],
    )
    def test_in_another_form(self, refused: Refused, name: str, value: str, example: str) -> None:
        assert refused(**deployed(), **{**self.WAY, name: value}) == [f"{name} is {value!r}; write it like {example}."]

    def test_anyone_on_the_way_can_read(self, refused: Refused) -> None:
        assert refused(**deployed(), **{**self.WAY, "OPS_URL": "http://movierec.net/ops"}) == [
            "OPS_URL is 'http://movierec.net/ops', which anyone on the way can read; write https://."
        ]


class TestTmdb:
    KEY = "0" * 32

    def test_a_key_and_its_secret_at_once(self, refused: Refused) -> None:
        assert refused(TMDB_API_KEY=self.KEY, TMDB_API_KEY_SECRET="movierec/tmdb") == [
            "TMDB_API_KEY and TMDB_API_KEY_SECRET are both set; keep one of them."
        ]

    def test_a_wrong_key_is_not_repeated(self, refused: Refused) -> None:
        (sentence,) = refused(TMDB_API_KEY="half a key")
        assert sentence == "TMDB_API_KEY is not right; write it like the key that TMDB's settings page shows."

    @pytest.mark.parametrize("name", ["TMDB_BASE_URL", "TMDB_EXPORT_URL"])
    def test_an_address_that_anyone_on_the_way_can_read(self, refused: Refused, name: str) -> None:
        assert refused(**deployed(), **{name: "http://api.example.com/3"}) == [
            f"{name} is 'http://api.example.com/3', which anyone on the way can read; write https://."
        ]

    def test_a_stand_in_while_developing(self, started: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        assert started(TMDB_API_KEY=self.KEY, TMDB_BASE_URL="http://127.0.0.1:4567/3").returncode == 0


def test_every_wrong_variable_is_named_at_once_in_the_order_of_the_documentation(refused: Refused) -> None:
    wrong = {
        "MOVIEREC_ENV": "staging",
        "DEBUG": "maybe",
        "SECRET_KEY_FALLBACKS": "changeme",
        "AWS_ENDPOINT_URL": "nonsense",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:4566",
        "AWS_REGION": "moon",
        "DOMAIN": "a b",
        "CORS_ALLOWED_ORIGINS": "*",
        "RATE_LIMITS": "auth=none",
        "IDENTITY_PROVIDER": "cognito",
        "COGNITO_USER_POOL_ID": "pool",
        "EMAIL_URL": "pigeon://robot:hidden@x",
        "EMAIL_FROM": "nobody",
        "LOG_LEVEL": "loud",
    }
    assert refused(**wrong) == [
        "DEBUG is 'maybe'; set it to on or off.",
        "SECRET_KEY is empty; set it to a long random text outside local.",
        "SECRET_KEY_FALLBACKS has a key that is a well-known default; take it out.",
        "ALLOWED_HOSTS names no host but this machine; write host names such as api.movierec.net.",
        "AWS_ENDPOINT_URL is 'nonsense'; write it like http://127.0.0.1:4566.",
        "AWS_REGION is 'moon'; write it like eu-north-1.",
        "DOMAIN is 'a b'; write it like movierec.",
        "CORS_ALLOWED_ORIGINS has '*'; write origins such as https://movierec.net.",
        "RATE_LIMITS has 'auth=none'; write name=number, comma separated.",
        "COGNITO_USER_POOL_ID is 'pool'; write it like eu-north-1_AbCdEfGhI.",
        "COGNITO_CLIENT_ID is empty; set it to the id of an app client, which IDENTITY_PROVIDER=cognito needs.",
        "EMAIL_URL is not a mail address; write consolemail://, ses:// or smtp+tls://user:password@host:587.",
        "EMAIL_FROM is 'nobody'; write it like MovieRec <no-reply@movierec.net>.",
        "LOG_LEVEL is 'loud'; set it to one of DEBUG, INFO, WARNING, ERROR.",
        "AWS_ENDPOINT_URL_DYNAMODB is set while DEBUG is off; leave it empty.",
    ]


def test_missing_pool_ids_have_a_sentence_each(refused: Refused) -> None:
    assert refused(IDENTITY_PROVIDER="cognito") == [
        "COGNITO_USER_POOL_ID is empty; set it to the user pool's id, which IDENTITY_PROVIDER=cognito needs.",
        "COGNITO_CLIENT_ID is empty; set it to the id of an app client, which IDENTITY_PROVIDER=cognito needs.",
    ]


class TestWeakness:
    @pytest.mark.parametrize(
        ("key", "weakness"),
        [
            ("", "is empty"),
            ("x" * 49, "is shorter than 50 characters"),
            ("abcd" * 20, "has fewer than 5 different characters"),
            ("django-insecure-" + "k3J" * 20, "is a well-known default"),
            ("ChangeMe" * 8, "is a well-known default"),
            ("change-me-" * 8, "is a well-known default"),
            ("my-secret-key-" * 5, "is a well-known default"),
            ("secret", "is a well-known default"),
            ("abcde" * 10, None),
        ],
    )
    def test_each(self, key: str, weakness: str | None) -> None:
        assert weakness_of(key) == weakness

    def test_random_keys_are_good(self) -> None:
        assert [weakness_of(secrets.token_urlsafe(64)) for _ in range(200)] == [None] * 200
