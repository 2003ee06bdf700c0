"""What Zappa is told: zappa_settings.json, and what an environment adds to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from infra import names
from infra.config import Config
from infra.declared.functions import Function, functions

ROOT: Final = Path(__file__).resolve().parents[2]
FILE: Final = ROOT / "zappa_settings.json"
BUILD: Final = ROOT / "build"

Settings = dict[str, Any]


def folder(config: Config) -> Path:
    """Where what is built for an environment goes."""
    return BUILD / config.env


def written(config: Config, roles: Mapping[str, str], variables: Mapping[str, str]) -> Path:
    """Writes the settings of an environment's functions, for Zappa to read; answers the file.

    `roles` has the ARN of each function's role by its concern, and `variables` is what the functions will have as
    their environment; both may be empty to make a package, which holds neither.
    """
    target = folder(config) / FILE.name
    target.parent.mkdir(parents=True, exist_ok=True)
    stages = {one.stage: of_function(config, one, roles, variables) for one in functions(config)}
    target.write_text(json.dumps(stages, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return target


def of_function(config: Config, function: Function, roles: Mapping[str, str], variables: Mapping[str, str]) -> Settings:
    """The settings of one function, complete: the file's, and over them what the configuration says."""
    stages = json.loads(FILE.read_text(encoding="utf-8"))
    found = inherited(stages, function.stage) | {
        "project_name": config.domain,
        "aws_region": config.region,
        "s3_bucket": names.bucket(config, "deployment"),
        "role_name": names.role(config, function.concern),
        "memory_size": function.memory_mb,
        "timeout_seconds": function.timeout_seconds,
        "xray_tracing": config.is_on("tracing") and _chooses_traces(config, function),
        "aws_environment_variables": dict(variables),
        # Zappa asks nothing about this; our hook does.
        "carries_static_files": config.hosting != "django",
        "tags": {"Environment": config.env, "Project": config.domain, "ManagedBy": "zappa"},
    }
    if function.concern in roles:
        found["role_arn"] = roles[function.concern]
    return found


def _chooses_traces(config: Config, function: Function) -> bool:
    """Whether nobody chooses before the function what is traced.

    The REST API's gateway chooses by the sampling rule, and functions trace what it chose without being told to
    ("AWS Lambda and AWS X-Ray", AWS X-Ray Developer Guide). A function that chooses takes one request of every second.
    """
    return function.concern == "jobs" or config.api == "http"


def inherited(stages: Mapping[str, Settings], stage: str) -> Settings:
    """The settings of a stage with those that it extends, as far as these are there."""
    own = dict(stages[stage])
    parent = own.pop("extends", None)
    return {**inherited(stages, parent), **own} if parent in stages else own
