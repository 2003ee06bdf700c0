"""What an environment is: its names, its switches, and which of them go together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

ENVIRONMENTS: Final = ("dev", "staging", "prod")
# Where CloudFront, its certificates and its firewall, and the budget have to be.
GLOBAL_REGION: Final = "us-east-1"

SWITCHES: Final[dict[str, tuple[str, ...]]] = {
    "api": ("rest", "http"),
    "roles": ("separate", "shared"),
    "data": ("create", "import"),
    "auth": ("create", "import"),
    "pool_mail": ("cognito", "ses"),
    "capacity": ("on_demand", "provisioned"),
    "authorizer": ("on", "off"),
    "hosting": ("django", "spa", "amplify"),
    "media": ("private", "public"),
    "tracing": ("on", "off"),
    "waf": ("on", "off"),
    "cmk": ("on", "off"),
    "cross_region_backup": ("on", "off"),
    "canary": ("on", "off"),
}
_HOST: Final = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"
# What each text must look like, and an example for whom it does not.
_TEXTS: Final[dict[str, tuple[str, str]]] = {
    # Cognito refuses its own words in the prefix of a pool's domain, which begins with this.
    "domain": (r"(?!.*(aws|amazon|cognito))[a-z][a-z0-9-]{0,18}[a-z0-9]", "movierec"),
    "site": (rf"({_HOST})?", "movierec.net"),
    "region": (r"[a-z]{2}(-[a-z]+)+-\d", "eu-north-1"),
    "second_region": (r"[a-z]{2}(-[a-z]+)+-\d", "eu-west-1"),
    "alarm_email": (r"([^@\s<>]+@[^@\s<>]+)?", "ops@movierec.net"),
    "mail_from": (r"([^<>\n]+<)?[^@\s<>]+@[^@\s<>]+>?", "MovieRec <no-reply@movierec.net>"),
    "user_pool_id": (r"[a-z]{2}(-[a-z]+)+-\d_[0-9A-Za-z]+", "eu-north-1_AbCdEfGhI"),
    "user_pool_client_id": (r"[a-z0-9]{1,128}", "the client's id"),
    "user_pool_host": (rf"({_HOST})?", "auth.movierec.net"),
}
_NUMBERS: Final[dict[str, tuple[int, int]]] = {
    "budget_usd": (1, 1_000_000),
    "app_memory_mb": (256, 10_240),
    "jobs_memory_mb": (512, 10_240),
}
# CloudWatch keeps logs for these numbers of days and no others.
LOG_DAYS: Final = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288)
_LISTS: Final[dict[str, tuple[str, str]]] = {
    "web_origins": (r"https?://[a-z0-9.-]+(:\d{1,5})?", "https://movierec.net"),
    "sign_in_urls": (rf"https://{_HOST}/.*|http://localhost(:\d+)?/.*", "https://movierec.net/"),
}


class WrongConfig(Exception):
    """The environments file, or a `--set`, has values that cannot be; one sentence a line."""


@dataclass(frozen=True, slots=True)
class Config:
    """One environment. Texts are as in environments.toml; the properties below are what templates ask."""

    env: str
    domain: str
    site: str
    region: str
    second_region: str
    api: str
    roles: str
    data: str
    auth: str
    pool_mail: str
    capacity: str
    authorizer: str
    hosting: str
    media: str
    tracing: str
    waf: str
    cmk: str
    cross_region_backup: str
    canary: str
    alarm_email: str
    mail_from: str
    budget_usd: int
    log_days: int
    app_memory_mb: int
    jobs_memory_mb: int
    user_pool_id: str
    user_pool_client_id: str
    user_pool_host: str
    web_origins: tuple[str, ...]
    sign_in_urls: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """What names of this environment begin with, such as movierec-dev."""
        return f"{self.domain}-{self.env}"

    @property
    def is_prod(self) -> bool:
        """Whether people depend on it."""
        return self.env == "prod"

    def is_on(self, switch: str) -> bool:
        """Whether an on/off switch is on."""
        return bool(getattr(self, switch) == "on")

    @property
    def api_host(self) -> str:
        """The domain of the API; empty without a site."""
        return f"api.{self.site}" if self.site else ""

    @property
    def admin_url(self) -> str:
        """Where the pages of the admin are; empty without a site, whose address nobody knows before it is made."""
        host = self.site if self.hosting == "django" else self.api_host
        return f"https://{host}/ops" if host else ""


def checked(env: str, values: dict[str, Any]) -> Config:
    """The configuration of an environment from its values. Raises WrongConfig, which names every wrong value."""
    wrong = _unknown(values) + [sentence for name in values for sentence in _complaints(name, values[name])]
    if not wrong:
        wrong = _contradictions(env, values)
    if wrong:
        raise WrongConfig("\n".join(wrong))
    listed = {name: tuple(values[name]) for name in _LISTS}
    return Config(env=env, **{**values, **listed})


def _unknown(values: dict[str, Any]) -> list[str]:
    known = [name for name in Config.__dataclass_fields__ if name != "env"]
    extra = [
        f"{name} is no value of an environment; known are {', '.join(known)}." for name in values if name not in known
    ]
    return extra + [f"{name} is missing; write it into [defaults]." for name in known if name not in values]


def _complaints(name: str, value: Any) -> list[str]:
    sentence = ""
    if name in SWITCHES:
        sentence = "" if value in SWITCHES[name] else f"write one of {', '.join(SWITCHES[name])}"
    elif name in _TEXTS:
        sentence = _wrong_text(value, *_TEXTS[name])
    elif name in _NUMBERS:
        least, most = _NUMBERS[name]
        fits = _is_whole(value) and least <= value <= most
        sentence = "" if fits else f"write a whole number from {least} to {most}"
    elif name == "log_days":
        sentence = "" if _is_whole(value) and value in LOG_DAYS else f"write one of {', '.join(map(str, LOG_DAYS))}"
    elif name in _LISTS:
        sentence = _wrong_list(value, *_LISTS[name])
    return [f"{name} is {value!r}; {sentence}."] if sentence else []


def _is_whole(value: Any) -> bool:
    # To Python, True is 1 and 14.0 is 14.
    return isinstance(value, int) and not isinstance(value, bool)


def _wrong_text(value: Any, pattern: str, example: str) -> str:
    return "" if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) else f"write it like {example}"


def _wrong_list(value: Any, pattern: str, example: str) -> str:
    fits = isinstance(value, list) and all(not _wrong_text(word, pattern, example) for word in value)
    return "" if fits and value else f"write a list of texts like {example}"


def _contradictions(env: str, values: dict[str, Any]) -> list[str]:
    """What each value alone allows and all together do not."""
    pool_region = values["user_pool_id"].partition("_")[0]
    rules = (
        (env != "dev" and values["authorizer"] == "off", "authorizer is off; only dev may do without one."),
        (env == "prod" and values["media"] == "public", "media is public; in prod it must be private."),
        (values["region"] == values["second_region"], "second_region is the region itself; write another one."),
        (
            values["auth"] == "import" and pool_region != values["region"],
            f"user_pool_id is in {pool_region}, and region is {values['region']}; write a pool of the same region.",
        ),
        (values["hosting"] == "amplify" and not values["site"], "hosting is amplify, which needs a site."),
    )
    return [sentence for broken, sentence in rules if broken]
