"""The function's package, and the settings of the tool that uploads it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from infra import names
from infra.config import Config
from infra.declared import functions
from infra.declared.package import LARGEST_UNPACKED, LARGEST_ZIP, RUNTIME
from infra.deployment.checks.finding import Finding, Patient, Verdict
from infra.release.settings import inherited

ROOT: Final = Path(__file__).resolve().parents[3]
_CHECK: Final = "Zappa settings"


def zappa_settings(patient: Patient, root: Path = ROOT) -> Iterator[Finding]:
    """Whether zappa_settings.json names the same things as the templates."""
    try:
        stages = json.loads((root / "zappa_settings.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield Finding(_CHECK, Verdict.WRONG, f"zappa_settings.json cannot be read ({error}).")
        return
    wrong = list(differences(patient.aws.config, stages))
    for sentence in wrong:
        yield Finding(_CHECK, Verdict.WRONG, sentence, "Mend zappa_settings.json.")
    if not wrong:
        yield Finding(_CHECK, Verdict.OK, "They name what the templates make.")


def differences(config: Config, stages: dict[str, Any]) -> Iterator[str]:
    """What the settings of the two functions say otherwise than the templates."""
    for stage, expected in wanted(config).items():
        if stage not in stages:
            yield f"There is no stage {stage}."
            continue
        found = inherited(stages, stage)
        for name, value in expected.items():
            if found.get(name) != value:
                yield f"{name} of {stage} is {found.get(name)!r}, and {value!r} is deployed."


def wanted(config: Config) -> dict[str, dict[str, Any]]:
    """What the stages of an environment have to say."""
    common = {
        "project_name": config.domain,
        "aws_region": config.region,
        "runtime": RUNTIME,
        "s3_bucket": names.bucket(config, "deployment"),
        "apigateway_enabled": False,
        "manage_roles": False,
        "keep_warm": False,
    }
    return {
        one.stage: {
            **common,
            "role_name": names.role(config, one.concern),
            "timeout_seconds": one.timeout_seconds,
            "memory_size": one.memory_mb,
        }
        for one in functions.functions(config)
    }


def package(patient: Patient, root: Path = ROOT) -> Iterator[Finding]:
    """Whether the package that was built last is small enough to start quickly."""
    path = Path("build") / patient.aws.config.env / "package.zip"
    try:
        with zipfile.ZipFile(root / path) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
        packed = (root / path).stat().st_size
    except FileNotFoundError:
        yield Finding("package", Verdict.UNSEEN, f"{path} is not built.")
        return
    except (OSError, zipfile.BadZipFile) as error:
        yield Finding("package", Verdict.WRONG, f"{path} cannot be read ({error}).", "Build it again.")
        return
    sizes = f"{packed / 2**20:.1f} MiB, unpacked {unpacked / 2**20:.1f} MiB"
    if packed > LARGEST_ZIP or unpacked > LARGEST_UNPACKED:
        remedy = f"Leave more out; {LARGEST_ZIP // 2**20} and {LARGEST_UNPACKED // 2**20} are allowed."
        yield Finding("package", Verdict.WRONG, f"{path} is too large: {sizes}.", remedy)
    else:
        yield Finding("package", Verdict.OK, f"{path} has {sizes}.")
