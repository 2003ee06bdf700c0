"""The environment variables of the functions; all are declared in movierec/env.py, which a test holds."""

from __future__ import annotations

from collections.abc import Mapping

from infra import names
from infra.config import Config
from infra.declared import secrets


def variables(config: Config, published: Mapping[str, str]) -> dict[str, str]:
    """The variables by name. `published` has what the stacks published, such as auth/user-pool-id.

    Raises KeyError, with the key, where a stack has not published what is needed.
    """
    pool = _imported(config) if config.auth == "import" else published
    given = {
        "MOVIEREC_ENV": config.env,
        "DOMAIN": config.domain,
        "ALLOWED_HOSTS": ",".join(_hosts(config, published)),
        "SECRET_KEY_SECRET": names.secret(config, secrets.SIGNING),
        "TMDB_API_KEY_SECRET": names.secret(config, secrets.TMDB),
        "IDENTITY_PROVIDER": "cognito",
        "COGNITO_USER_POOL_ID": pool["auth/user-pool-id"],
        # The service's own sign-ins use the first.
        "COGNITO_CLIENT_ID": ",".join(dict.fromkeys((pool["auth/user-pool-client-id"], pool["auth/api-client-id"]))),
        "CORS_ALLOWED_ORIGINS": ",".join(config.web_origins),
        "MODEL_STORE": f"s3://{names.bucket(config, 'models')}",
        "CATALOGUE_STORE": f"s3://{names.bucket(config, 'catalogue')}",
        "EMAIL_URL": "ses://",
        "EMAIL_FROM": config.mail_from,
        "JOBS_FUNCTION": f"{names.jobs_function(config)}:{names.ALIAS}",
        "BUDGET_NAME": names.budget(config),
        **_admin(config, pool, published),
    }
    if config.hosting == "django":
        given["ORIGIN_SECRET"] = names.secret(config, secrets.ORIGIN)
        # Whole, because pages are served at the API's own address as well, which has no static files.
        given["STATIC_BASE"] = f"https://{config.site or published['frontend/distribution-host']}/static/"
    return given


def _admin(config: Config, pool: Mapping[str, str], published: Mapping[str, str]) -> dict[str, str]:
    """How staff enter the admin; nothing where the pool has no sign-in pages, or nobody knows where the admin is."""
    host = config.user_pool_host if config.auth == "import" else published["auth/sign-in-host"]
    address = config.admin_url
    if not address and config.hosting == "django":
        address = f"https://{published['frontend/distribution-host']}/ops"
    if not (host and address):
        return {}
    return {
        "COGNITO_DOMAIN": host,
        "COGNITO_WEB_CLIENT_ID": pool["auth/user-pool-client-id"],
        "OPS_URL": address,
    }


def _imported(config: Config) -> dict[str, str]:
    client = config.user_pool_client_id
    return {
        "auth/user-pool-id": config.user_pool_id,
        "auth/user-pool-client-id": client,
        "auth/api-client-id": client,
    }


def _hosts(config: Config, published: Mapping[str, str]) -> list[str]:
    own = [config.site, f"www.{config.site}", config.api_host] if config.site else []
    found = [published["api/host"]]
    if config.hosting == "django":
        found += [published["frontend/site-api-host"], published["frontend/distribution-host"]]
    return own + found
