"""Which stacks an environment has, where they are, and which must stand before which."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from infra.config import GLOBAL_REGION, Config
from infra.stack import Stack
from infra.stacks import (
    api,
    assets,
    auth,
    backup,
    budget,
    compute,
    data,
    dns,
    frontend,
    observability,
    security,
)


def at_home(config: Config) -> str:
    """The region of an environment."""
    return config.region


def at_cloudfront(_config: Config) -> str:
    """The region where CloudFront and billing have their own."""
    return GLOBAL_REGION


def at_second(config: Config) -> str:
    """The region of the copies."""
    return config.second_region


def _always(_config: Config) -> bool:
    return True


def _has_site(config: Config) -> bool:
    return bool(config.site)


@dataclass(frozen=True, slots=True)
class Part:
    """A stack: how it is built, the stacks it leans on, its region, and when it is wanted."""

    name: str
    build: Callable[[Config], Stack]
    needs: tuple[str, ...] = ()
    region: Callable[[Config], str] = at_home
    wanted: Callable[[Config], bool] = _always


PARTS: Final = (
    Part("dns", dns.build, region=at_cloudfront, wanted=_has_site),
    Part("security", security.build),
    Part("security-global", security.build_global, region=at_cloudfront, wanted=security.is_wanted_globally),
    Part("data", data.build, needs=("dns", "security")),
    Part("assets", assets.build, needs=("security",)),
    Part("auth", auth.build, needs=("data", "security")),
    Part("compute", compute.build, needs=("auth", "assets", "security")),
    Part("api", api.build, needs=("compute", "dns", "security")),
    Part("frontend", frontend.build, needs=("dns", "compute", "security-global")),
    Part("observability", observability.build, needs=("api", "frontend", "security")),
    Part(
        "observability-global",
        observability.build_global,
        needs=("frontend",),
        region=at_cloudfront,
        wanted=observability.is_wanted_globally,
    ),
    Part("backup-copy", backup.build_copy, region=at_second, wanted=backup.is_copied),
    Part("backup", backup.build, needs=("data", "security", "backup-copy")),
    Part("budget", budget.build, region=at_cloudfront),
)


class UnknownStack(Exception):
    """A name that is no stack of this environment; the sentence lists those that are."""


def parts(config: Config) -> tuple[Part, ...]:
    """The stacks of an environment, each behind those it leans on."""
    return tuple(part for part in PARTS if part.wanted(config))


def chosen(config: Config, wanted: Iterable[str]) -> tuple[Part, ...]:
    """The stacks with these names, in order; all without a name. Raises UnknownStack."""
    return _named(config, parts(config), wanted)


def chosen_of_all(config: Config, wanted: Iterable[str]) -> tuple[Part, ...]:
    """The same, of the stacks that today's switches leave out too: they may stand since an earlier deploy."""
    return _named(config, PARTS, wanted)


def _named(config: Config, known: tuple[Part, ...], wanted: Iterable[str]) -> tuple[Part, ...]:
    asked = set(wanted)
    strange = asked - {part.name for part in known}
    if strange:
        listed = ", ".join(part.name for part in known)
        raise UnknownStack(f"{', '.join(sorted(strange))}: no such stack in {config.env}; there are {listed}.")
    return tuple(part for part in known if not asked or part.name in asked)
