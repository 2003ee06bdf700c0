from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from infra import environments
from infra.config import ENVIRONMENTS
from infra.declared.functions import functions
from infra.deployment.checks.package import differences
from infra.release import settings
from movierec import env

STAGES = json.loads(settings.FILE.read_text(encoding="utf-8"))


def test_there_is_a_stage_for_each_function_of_each_environment() -> None:
    stages = {one.stage for name in ENVIRONMENTS for one in functions(environments.load(name))}
    assert set(STAGES) == {"base", *stages}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_settings_are_what_the_templates_are_made_of(name: str) -> None:
    config = environments.load(name)
    assert list(differences(config, STAGES)) == []
    for one in functions(config):
        file = settings.inherited(STAGES, one.stage)
        filled = settings.of_function(config, one, {}, {})
        added = {"aws_environment_variables": {}, "carries_static_files": False, "tags": filled["tags"]}
        assert filled == {"xray_tracing": False} | file | added
        assert re.sub("[^a-z0-9]+", "-", f"{file['project_name']}-{one.stage}") == one.name


def test_the_application_chooses_what_is_traced_only_behind_a_gateway_that_cannot() -> None:
    found = [
        settings.of_function(config, functions(config)[0], {}, {})["xray_tracing"]
        for config in (environments.load("prod", words) for words in ([], ["api=http"], ["api=http", "tracing=off"]))
    ]
    assert found == [False, True, False]


def test_zappa_makes_functions_and_nothing_else() -> None:
    base = STAGES["base"]
    off = ("apigateway_enabled", "manage_roles", "keep_warm", "slim_handler", "use_precompiled_packages", "touch")
    assert {name: base[name] for name in off} == dict.fromkeys(off, False)
    # It would remove the version that the alias points to.
    assert base["num_retained_versions"] is None
    # With its own defaults it logs every request with its token.
    assert (base["debug"], base["log_level"]) == (False, "INFO")
    assert not any("events" in stage or "environment_variables" in stage for stage in STAGES.values())


def test_the_settings_hold_no_secret_and_no_account() -> None:
    text = settings.FILE.read_text(encoding="utf-8")
    assert not re.search(r"\d{12}|arn:|AKIA|SECRET|TOKEN|PASSWORD", text)


def test_what_is_filled_in_is_written_for_both_functions(tmp_path: Path) -> None:
    config = environments.load("prod", ["domain=cinema", "hosting=spa", "app_memory_mb=768"])
    roles = {"app": "arn:aws:iam::1:role/a", "jobs": "arn:aws:iam::1:role/j"}
    file = settings.written(config, roles, {"MOVIEREC_ENV": "prod"})
    written = json.loads(file.read_text(encoding="utf-8"))
    assert file.parent == settings.folder(config)
    assert set(written) == {"prod", "prod_jobs"}
    expected = {
        "project_name": "cinema",
        "s3_bucket": "cinema-prod-deployment",
        "role_name": "cinema-prod-app",
        "role_arn": "arn:aws:iam::1:role/a",
        "memory_size": 768,
        "timeout_seconds": 30,
        "xray_tracing": False,
        "carries_static_files": True,
        "aws_environment_variables": {"MOVIEREC_ENV": "prod"},
        "tags": {"Environment": "prod", "Project": "cinema", "ManagedBy": "zappa"},
    }
    assert {name: written["prod"][name] for name in expected} == expected
    assert written["prod_jobs"]["xray_tracing"] is True
    assert (written["prod_jobs"]["timeout_seconds"], written["prod_jobs"]["memory_size"]) == (300, 1024)
    assert written["prod_jobs"]["role_arn"] == "arn:aws:iam::1:role/j"


def test_the_handler_is_the_applications() -> None:
    module, _, name = STAGES["base"]["lambda_handler"].rpartition(".")
    source = (env.BASE_DIR / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    assert f"def {name}(event" in source
