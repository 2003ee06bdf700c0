"""The only reader of the process environment.

Every variable is declared here once, with its default and its explanation; `.env.example` lists the same
names (a test holds the two together). Settings ask this module and nothing else reads `os.environ`. A wrong
value is noted in `rejected` and reading goes on, so that the process can refuse to start for all of them at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("local", "dev", "staging", "prod")
_PAIR = re.compile(r"([a-z_]+)\s*=\s*([1-9][0-9]{0,8})")
# As browsers write origins: lower case, and nothing behind the port.
_ORIGIN = re.compile(r"https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")

SES = "movierec.mail.ses.SesBackend"
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its name, its default as written in a shell, and what it does."""

    name: str
    default: str
    help: str


VARIABLES = {
    variable.name: variable
    for variable in (
        Variable("MOVIEREC_ENV", "local", "Which environment this is: local, dev, staging or prod."),
        Variable("DEBUG", "", "on or off; empty means on in local and off elsewhere."),
        Variable("SECRET_KEY", "", "Random text that seals secrets. Empty in local makes a key file in STATE_DIR."),
        Variable("SECRET_KEY_FALLBACKS", "", "Older values of SECRET_KEY that still open what they sealed."),
        Variable(
            "SECRET_KEY_SECRET",
            "",
            "Secrets Manager secret with SECRET_KEY and SECRET_KEY_FALLBACKS as JSON, in place of them.",
        ),
        Variable("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", "Host names served, comma separated."),
        Variable(
            "ORIGIN_SECRET",
            "",
            "Secrets Manager secret with the key by which CloudFront shows itself. Empty believes no proxy.",
        ),
        Variable("STATIC_BASE", "/static/", "Address of the static files, such as https://d1.cloudfront.net/static/."),
        Variable("STATE_DIR", ".local", "Folder of the embedded AWS's state, local keys and the model."),
        Variable("AWS_ENDPOINT_URL", "", "Address of an AWS stand-in. Empty in local starts the embedded one."),
        Variable("AWS_REGION", "eu-north-1", "AWS region of the tables."),
        Variable("EMBEDDED_AWS_PYTHON", ".venv-aws/bin/python", "The Python that has the embedded AWS."),
        Variable("DOMAIN", "movierec", "First part of the single table's name, <domain>-<env>-data-table."),
        Variable("MODEL_STORE", "", "Published models: a folder or s3://bucket/prefix. Empty means STATE_DIR/models."),
        Variable(
            "MODEL_CACHE",
            "",
            "Folder for copies of models from S3. Empty means STATE_DIR/model-cache, on Lambda /tmp/model-cache.",
        ),
        Variable("MODEL_CHECK_SECONDS", "20", "How often a process looks for another model or catalogue index."),
        Variable("TMDB_API_KEY", "", "Key of TMDB's API, v3 or v4. Without one the demo catalogue serves."),
        Variable("TMDB_API_KEY_SECRET", "", "Secrets Manager secret with that key, in place of TMDB_API_KEY."),
        Variable("TMDB_BASE_URL", "https://api.themoviedb.org/3", "Address of TMDB's API."),
        Variable("TMDB_EXPORT_URL", "https://files.tmdb.org/p/exports", "Address of TMDB's daily exports of ids."),
        Variable(
            "CATALOGUE_STORE",
            "",
            "The published index of the catalogue: a folder or s3://bucket/prefix. Empty means STATE_DIR/catalogue.",
        ),
        Variable(
            "CATALOGUE_LANGUAGES",
            "en,es,fr,de,hi,ja,ko,zh",
            "Languages that titles are kept in, comma separated; the first is the one to fall back on.",
        ),
        Variable(
            "CORS_ALLOWED_ORIGINS",
            "https://www.movierec.net,https://movierec.net,"
            "http://localhost:3000,http://localhost:8080,http://127.0.0.1:3000",
            "Origins whose pages may call the API, comma separated.",
        ),
        Variable(
            "RATE_LIMITS",
            "auth=10,user=100,recommendations=20,media=200",
            "Requests a minute by scope; auth and media per address, the others per user.",
        ),
        Variable("IDENTITY_PROVIDER", "local", "Who signs people in: local or cognito."),
        Variable("TOKEN_ISSUER", "", "`iss` of the local provider's tokens. Empty: the address of DOMAIN's API."),
        Variable("TOKEN_CLIENT_ID", "movierec-web", "`client_id` that access tokens must carry."),
        Variable(
            "TOKEN_KEY_SECRET",
            "",
            "Secrets Manager secret with the tokens' signing key. Empty in local: a file.",
        ),
        Variable("COGNITO_USER_POOL_ID", "", "The user pool, for cognito."),
        Variable("COGNITO_CLIENT_ID", "", "App clients of the pool, comma separated; sign-ins use the first."),
        Variable("COGNITO_DOMAIN", "", "Host of the pool's own sign-in pages, by which staff enter the admin."),
        Variable("COGNITO_WEB_CLIENT_ID", "", "The app client without a secret that those pages sign staff in for."),
        Variable("OPS_URL", "", "Where people find the admin, which those pages lead back to."),
        Variable(
            "EMAIL_URL",
            "consolemail://",
            "Where mail goes: ses://, smtp+tls://user:password@host:587, or consolemail:// (terminal).",
        ),
        Variable("EMAIL_FROM", "MovieRec <no-reply@movierec.net>", "The sender of mail."),
        Variable(
            "JOBS_FUNCTION", "", "The Lambda function that runs jobs, with its alias. Empty: jobs are child processes."
        ),
        Variable("BUDGET_NAME", "", "The AWS budget that the admin shows. Empty where nothing is paid for."),
        Variable("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    )
}

# What is wrong with the variables: one sentence by name.
rejected: dict[str, str] = {}

# A function is told all of it; the file is about the machine of whoever deploys.
if not os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
    environ.Env.read_env(BASE_DIR / ".env")


def reject(name: str, sentence: str) -> None:
    """Notes what is wrong with a variable; the first sentence about each counts."""
    rejected.setdefault(name, sentence)


def text(name: str) -> str:
    """The value of a declared variable, or its default.

    Raises KeyError when the variable is not declared in `VARIABLES`.
    """
    return os.environ.get(name, VARIABLES[name].default).strip()


def words(name: str) -> list[str]:
    """A comma-separated variable as a list without empty entries."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def origins(name: str) -> frozenset[str]:
    """A comma-separated variable of web origins; one that no browser would send is rejected."""
    found = frozenset(words(name))
    for origin in sorted(found):
        if not _ORIGIN.fullmatch(origin):
            reject(name, f"{name} has {origin!r}; write origins such as https://movierec.net.")
    return found


def codes(name: str, pattern: str, example: str) -> tuple[str, ...]:
    """A comma-separated variable of at least one code, each of which must match `pattern`; else it is rejected.

    The sentence about another text shows `example`.
    """
    found = tuple(dict.fromkeys(words(name)))
    wrong = [code for code in found if not re.fullmatch(pattern, code, re.ASCII)]
    if found and not wrong:
        return found
    reject(name, f"{name} is {text(name)!r}; write it like {example}.")
    return tuple(VARIABLES[name].default.split(","))


def matching(name: str, pattern: str, example: str, *, secret: bool = False) -> str:
    """A variable whose whole text must match `pattern`; empty is right only where that is the default.

    The sentence about another text shows `example`, and the text unless it is `secret`.
    """
    value = text(name)
    if value != VARIABLES[name].default and not re.fullmatch(pattern, value, re.ASCII):
        reject(name, f"{name} is {'not right' if secret else repr(value)}; write it like {example}.")
    return value


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """A variable that must be one of `allowed`; the sentence about another text names both."""
    value = text(name)
    if value not in allowed:
        reject(name, f"{name} is {value!r}; set it to one of {', '.join(allowed)}.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """An on/off variable; empty means `default`, and so does a word that is rejected."""
    value = text(name).lower()
    if value in ("on", "true", "yes", "1"):
        return True
    if value in ("off", "false", "no", "0"):
        return False
    if value != "":
        reject(name, f"{name} is {value!r}; set it to on or off.")
    return default


def numbers(name: str) -> dict[str, int]:
    """A variable of the form `key=3,other=5` as whole numbers from 1; keys it leaves out keep their default.

    A key that the default does not have, and what is no such number, is rejected.
    """
    pairs = _pairs(name, VARIABLES[name].default)
    own = _pairs(name, text(name))
    for key in own:
        if key not in pairs:
            reject(name, f"{name} has the unknown name {key!r}; use {', '.join(pairs)}.")
    return {**pairs, **own}


def _pairs(name: str, value: str) -> dict[str, int]:
    pairs = {}
    for word in filter(None, map(str.strip, value.split(","))):
        found = _PAIR.fullmatch(word)
        if found:
            pairs[found[1]] = int(found[2])
        else:
            reject(name, f"{name} has {word!r}; write name=number, comma separated.")
    return pairs


def seconds(name: str) -> int:
    """A variable that is a whole number of seconds from 1 to 9999; anything else is rejected."""
    value = text(name)
    if re.fullmatch(r"[1-9][0-9]{0,3}", value):
        return int(value)
    reject(name, f"{name} is {value!r}; write a whole number of seconds from 1 to 9999.")
    return int(VARIABLES[name].default)


def mail(name: str) -> dict[str, object]:
    """A mail address such as ses:// or smtp+tls://user:password@host:587 as Django's settings."""
    if text(name) == "ses://":
        return {**environ.Env.email_url_config("dummymail://"), "EMAIL_BACKEND": SES}
    try:
        return dict(environ.Env.email_url_config(text(name) or VARIABLES[name].default))
    except (ValueError, ImproperlyConfigured):
        # Without the value, since it may hold a password.
        reject(
            name, f"{name} is not a mail address; write consolemail://, ses:// or smtp+tls://user:password@host:587."
        )
        return dict(environ.Env.email_url_config(VARIABLES[name].default))


def path(name: str, fallback: Path | None = None) -> Path:
    """A folder or file; relative ones start at the project's root. Empty means `fallback`, else the default."""
    value = text(name)
    if value == "" and fallback is not None:
        return fallback
    written = Path(value or VARIABLES[name].default)
    try:
        return (BASE_DIR / written.expanduser()).absolute()
    except RuntimeError:
        reject(name, f"{name} is {value!r}, and there is no such home folder; write the whole path.")
        return BASE_DIR / written


def folder_or_bucket(name: str, fallback: Path) -> str:
    """A folder as `path` reads it, or the address of a bucket such as s3://bucket/prefix, as text."""
    value = text(name)
    if not value.startswith("s3:"):
        return str(path(name, fallback))
    if not _BUCKET.fullmatch(value):
        reject(name, f"{name} is {value!r}; write a folder, or a bucket like s3://bucket/prefix.")
    return value


def set_with_prefix(prefix: str) -> list[str]:
    """The names of variables, declared or not, that start with `prefix` and are not empty; in alphabetical order."""
    return sorted(name for name, value in os.environ.items() if name.startswith(prefix) and value.strip())


def hand_down(name: str, value: str) -> None:
    """Sets a declared variable for the processes this one starts."""
    os.environ[VARIABLES[name].name] = value


def take_over(variables: Mapping[str, str]) -> None:
    """Sets the variables that a package was deployed with; for before settings are read."""
    os.environ.update(variables)


def on_lambda() -> bool:
    """Whether AWS Lambda runs this process."""
    return bool(os.environ.get("AWS_LAMBDA_FUNCTION_NAME"))


def lambda_memory_mb() -> int | None:
    """The memory of the function on AWS Lambda, None elsewhere."""
    size = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "") if on_lambda() else ""
    return int(size) if size.isdecimal() else None


def trace_id() -> str:
    """X-Ray's id of what AWS Lambda runs at the moment, empty elsewhere."""
    parts = os.environ.get("_X_AMZN_TRACE_ID", "").split(";")
    return next((part.removeprefix("Root=") for part in parts if part.startswith("Root=")), "")


def in_reloader_child() -> bool:
    """Whether this is the process that Django's autoreloader starts again and again."""
    return os.environ.get("RUN_MAIN") == "true"
