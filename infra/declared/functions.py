"""The two functions of the application, which Zappa makes of one package: names, time and memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra import names
from infra.config import Config

# The gateway waits 29 seconds for an answer; a job begins nothing new in its last ten seconds.
APP_SECONDS: Final = 30
JOBS_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function; `stage` is how Zappa calls it, `concern` whose role it has."""

    name: str
    stage: str
    concern: str
    timeout_seconds: int
    memory_mb: int


def app(config: Config) -> Function:
    """The one that answers requests."""
    return Function(names.app_function(config), config.env, "app", APP_SECONDS, config.app_memory_mb)


def jobs(config: Config) -> Function:
    """The one that runs jobs."""
    return Function(names.jobs_function(config), f"{config.env}_jobs", "jobs", JOBS_SECONDS, config.jobs_memory_mb)


def functions(config: Config) -> tuple[Function, ...]:
    """Both."""
    return (app(config), jobs(config))
