"""What a checker of templates says and we do not follow, each with the reason, beside the resource it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from troposphere import AWSObject

# The checker of a rule, by how its rules are called; the last two read no metadata, so a reader has to.
_CHECKERS: Final = (
    ("checkov", r"CKV2?_AWS_\d+"),
    ("cdk-nag", r"(AwsSolutions|Serverless)-\w+"),
    ("cfn-lint", r"[EWI]\d{4}"),
    ("cfn-guard", r"CT\.[A-Z0-9]+\.PR\.\d+|[a-z0-9_]+_check|[A-Z0-9_]+_[A-Z0-9_]+"),
    ("parliament", r"parliament:\w+"),
    ("cloudsplaining", r"cloudsplaining:\w+"),
)
# Where the checkers look in a resource's metadata.
_PLACES: Final = ("cdk_nag", "cfn-lint", "checkov", "cloudsplaining", "guard", "parliament")


@dataclass(frozen=True, slots=True)
class Suppression:
    """Rules that are not followed, and the one reason for all of them."""

    rules: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A suppression where it stands: at a resource of a stack."""

    suppression: Suppression
    resource: str


def checker_of(rule: str) -> str:
    """The checker that has a rule. Raises ValueError for a rule of none."""
    for checker, pattern in _CHECKERS:
        if re.fullmatch(pattern, rule):
            return checker
    raise ValueError(f"{rule!r} is a rule of no checker that is known here.")


def note(resource: AWSObject, suppression: Suppression) -> None:
    """Writes a suppression into the resource's metadata, where each checker looks for it."""
    metadata: dict[str, Any] = dict(getattr(resource, "Metadata", None) or {})
    for checker, rules in _by_checker(suppression.rules).items():
        _write(metadata, checker, rules, suppression.reason)
    resource.Metadata = metadata


def without_notes(template: Mapping[str, Any]) -> dict[str, Any]:
    """A template without what only checkers read, which is up to half of it, as it is sent to CloudFormation."""
    resources = {name: _unnoted(body) for name, body in template["Resources"].items()}
    return {**template, "Resources": resources}


def _unnoted(resource: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in resource.get("Metadata", {}).items() if name not in _PLACES}
    rest = {name: value for name, value in resource.items() if name != "Metadata"}
    return {**rest, "Metadata": kept} if kept else rest


def _by_checker(rules: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in rules:
        found.setdefault(checker_of(rule), []).append(rule)
    return found


def _write(metadata: dict[str, Any], checker: str, rules: list[str], reason: str) -> None:
    if checker == "checkov":
        skipped = metadata.setdefault("checkov", {"skip": []})["skip"]
        skipped.extend({"id": rule, "comment": reason} for rule in rules)
    elif checker == "cdk-nag":
        kept = metadata.setdefault("cdk_nag", {"rules_to_suppress": []})["rules_to_suppress"]
        kept.extend({"id": rule, "reason": reason} for rule in rules)
    elif checker == "cfn-lint":
        metadata.setdefault("cfn-lint", {"config": {"ignore_checks": []}})["config"]["ignore_checks"].extend(rules)
    elif checker == "cfn-guard":
        metadata.setdefault("guard", {"SuppressedRules": []})["SuppressedRules"].extend(rules)
    else:
        skipped = metadata.setdefault(checker, {"skip": []})["skip"]
        skipped.extend({"id": rule.partition(":")[2], "comment": reason} for rule in rules)
