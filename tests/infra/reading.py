"""Finds things in a template."""

from __future__ import annotations

from typing import Any


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The resources of a type, such as AWS::S3::Bucket, by their names in the template."""
    return {title: body for title, body in template["Resources"].items() if body["Type"] == kind}


def only(template: dict[str, Any], kind: str) -> dict[str, Any]:
    """The properties of the one resource of a type."""
    (found,) = of_type(template, kind).values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def published(template: dict[str, Any]) -> dict[str, Any]:
    """The values that a stack publishes, by their SSM parameters."""
    parameters = of_type(template, "AWS::SSM::Parameter").values()
    return {body["Properties"]["Name"]: body["Properties"]["Value"] for body in parameters}


def statements(policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The statements of a policy's document, by their Sid."""
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def tag_names(properties: dict[str, Any]) -> set[str]:
    """The names of a resource's tags, in whichever of the forms they are."""
    for name in ("Tags", "ResourceTags", "BackupPlanTags", "BackupVaultTags"):
        if name in properties:
            tags = properties[name]
            return set(tags) if isinstance(tags, dict) else {tag["Key"] for tag in tags}
    return set()
