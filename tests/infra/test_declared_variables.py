"""The variables of the functions are the application's, hold no secret, and make settings that load."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from infra import environments
from infra.config import Config
from infra.declared.variables import variables
from movierec import env

PUBLISHED = {
    "api/host": "a1b2c3.execute-api.eu-north-1.amazonaws.com",
    "auth/user-pool-id": "eu-north-1_AbCdEfGhI",
    "auth/user-pool-client-id": "webclient",
    "auth/api-client-id": "apiclient",
    "auth/sign-in-host": "movierec-prod-123456789012.auth.eu-north-1.amazoncognito.com",
    "frontend/site-api-host": "d4e5f6.execute-api.eu-north-1.amazonaws.com",
    "frontend/distribution-host": "d111abc.cloudfront.net",
}
MODES: tuple[tuple[str, ...], ...] = (
    ("dev",),
    ("staging",),
    ("prod",),
    ("prod", "hosting=spa"),
    ("prod", "hosting=amplify"),
    ("prod", "auth=import"),
    ("dev", "hosting=spa", "api=http", "roles=shared"),
)
LOAD = """
import json
from django.conf import settings
names = ["MOVIEREC_ENV", "DEBUG", "ALLOWED_HOSTS", "COGNITO_USER_POOL_ID", "COGNITO_CLIENT_IDS", "MODEL_STORE",
         "CATALOGUE_STORE", "IDENTITY_PROVIDER", "TMDB_API_KEY_SECRET", "STATIC_URL"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def config_of(mode: tuple[str, ...]) -> Config:
    return environments.load(mode[0], mode[1:])


def loaded(given: dict[str, str]) -> dict[str, Any]:
    """The settings of a process on Lambda that has these variables and no others of ours."""
    ended = subprocess.run(
        [sys.executable, "-c", LOAD],
        check=False,
        capture_output=True,
        text=True,
        cwd=env.BASE_DIR,
        env={
            **{name: variable.default for name, variable in env.VARIABLES.items()},
            "PATH": "",
            "DJANGO_SETTINGS_MODULE": "movierec.settings",
            "AWS_LAMBDA_FUNCTION_NAME": "movierec-test",
            "AWS_REGION": "eu-north-1",
            **given,
        },
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
def test_the_application_declares_each(mode: tuple[str, ...]) -> None:
    given = variables(config_of(mode), PUBLISHED)
    assert set(given) <= set(env.VARIABLES)
    assert all(given.values())


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
def test_no_variable_is_a_secret(mode: tuple[str, ...]) -> None:
    given = variables(config_of(mode), PUBLISHED)
    kept = {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "TMDB_API_KEY", "DEBUG", "AWS_ENDPOINT_URL"}
    assert not kept & set(given)
    # Names of secrets, which begin as the environment's do.
    named = {name: value for name, value in given.items() if name.endswith("_SECRET")}
    assert all(value.startswith(f"movierec/{mode[0]}/") for value in named.values())


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
def test_settings_load_with_exactly_these(mode: tuple[str, ...]) -> None:
    config = config_of(mode)
    given = variables(config, PUBLISHED)
    settings = loaded(given)
    assert settings["MOVIEREC_ENV"] == config.env
    assert settings["DEBUG"] is False
    assert settings["IDENTITY_PROVIDER"] == "cognito"
    assert settings["ALLOWED_HOSTS"] == given["ALLOWED_HOSTS"].split(",")
    assert settings["MODEL_STORE"] == f"s3://movierec-{config.env}-models"
    assert settings["CATALOGUE_STORE"] == f"s3://movierec-{config.env}-catalogue"


class TestProd:
    def test_every_variable(self) -> None:
        assert variables(config_of(("prod",)), PUBLISHED) == {
            "MOVIEREC_ENV": "prod",
            "DOMAIN": "movierec",
            "ALLOWED_HOSTS": "movierec.net,www.movierec.net,api.movierec.net,"
            "a1b2c3.execute-api.eu-north-1.amazonaws.com,d4e5f6.execute-api.eu-north-1.amazonaws.com,"
            "d111abc.cloudfront.net",
            "SECRET_KEY_SECRET": "movierec/prod/signing",
            "TMDB_API_KEY_SECRET": "movierec/prod/tmdb",
            "IDENTITY_PROVIDER": "cognito",
            "COGNITO_USER_POOL_ID": "eu-north-1_AbCdEfGhI",
            "COGNITO_CLIENT_ID": "webclient,apiclient",
            "CORS_ALLOWED_ORIGINS": "https://www.movierec.net,https://movierec.net,http://localhost:3000,"
            "http://localhost:8080,http://127.0.0.1:3000",
            "MODEL_STORE": "s3://movierec-prod-models",
            "CATALOGUE_STORE": "s3://movierec-prod-catalogue",
            "EMAIL_URL": "ses://",
            "EMAIL_FROM": "MovieRec <no-reply@movierec.net>",
            "ORIGIN_SECRET": "movierec/prod/origin",
            "STATIC_BASE": "https://movierec.net/static/",
            "JOBS_FUNCTION": "movierec-prod-jobs:live",
            "BUDGET_NAME": "movierec-prod-monthly",
            "COGNITO_DOMAIN": "movierec-prod-123456789012.auth.eu-north-1.amazoncognito.com",
            "COGNITO_WEB_CLIENT_ID": "webclient",
            "OPS_URL": "https://movierec.net/ops",
        }

    def test_the_origins_are_those_that_the_application_allows_by_itself(self) -> None:
        given = variables(config_of(("prod",)), PUBLISHED)
        assert given["CORS_ALLOWED_ORIGINS"] == env.VARIABLES["CORS_ALLOWED_ORIGINS"].default


def test_without_a_site_the_addresses_are_those_that_aws_gives() -> None:
    given = variables(config_of(("dev",)), PUBLISHED)
    assert given["ALLOWED_HOSTS"].split(",") == [
        PUBLISHED["api/host"],
        PUBLISHED["frontend/site-api-host"],
        PUBLISHED["frontend/distribution-host"],
    ]
    assert given["STATIC_BASE"] == "https://d111abc.cloudfront.net/static/"
    assert given["OPS_URL"] == "https://d111abc.cloudfront.net/ops"


def test_the_admin_is_where_pages_are() -> None:
    admin = ("COGNITO_DOMAIN", "COGNITO_WEB_CLIENT_ID", "OPS_URL")
    spa = variables(config_of(("prod", "hosting=spa")), PUBLISHED)
    assert spa["OPS_URL"] == "https://api.movierec.net/ops"
    nowhere = variables(config_of(("dev", "hosting=spa")), PUBLISHED)
    assert not set(admin) & set(nowhere)
    imported = variables(config_of(("prod", "auth=import", "user_pool_host=auth.movierec.net")), PUBLISHED)
    assert [imported[name] for name in admin] == [
        "auth.movierec.net",
        "4gob38of1s9tu7h9ciik5unjrl",
        "https://movierec.net/ops",
    ]


def test_an_imported_pool_needs_nothing_published() -> None:
    given = variables(config_of(("prod", "auth=import", "hosting=spa")), {"api/host": PUBLISHED["api/host"]})
    assert given["COGNITO_USER_POOL_ID"] == "eu-north-1_x2FwI0mFK"
    assert given["COGNITO_CLIENT_ID"] == "4gob38of1s9tu7h9ciik5unjrl"
    assert not {"ORIGIN_SECRET", "STATIC_BASE"} & set(given)


@pytest.mark.parametrize("missing", ["auth/user-pool-id", "auth/api-client-id", "api/host"])
def test_what_no_stack_has_published_is_named(missing: str) -> None:
    published = {name: value for name, value in PUBLISHED.items() if name != missing}
    with pytest.raises(KeyError, match=missing):
        variables(config_of(("prod",)), published)
