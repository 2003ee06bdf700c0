"""Puts tags on resources, in whichever of its forms a resource type wants them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from troposphere import AWSObject

# Types whose tags are a map of names to values, with the property they stand in.
_MAPS: Final = {
    "AWS::ApiGatewayV2::Api": "Tags",
    "AWS::ApiGatewayV2::DomainName": "Tags",
    "AWS::ApiGatewayV2::Stage": "Tags",
    "AWS::Backup::BackupPlan": "BackupPlanTags",
    "AWS::Backup::BackupVault": "BackupVaultTags",
    "AWS::Cognito::UserPool": "UserPoolTags",
    "AWS::SSM::Parameter": "Tags",
}
# Types whose list of tags has another name.
_LISTS: Final = {
    "AWS::Budgets::Budget": "ResourceTags",
    "AWS::CE::AnomalyMonitor": "ResourceTags",
    "AWS::CE::AnomalySubscription": "ResourceTags",
}


def put(resource: AWSObject, given: Mapping[str, str]) -> None:
    """Adds tags to a resource that can have them; its own tags of the same name count before these."""
    kind = str(resource.resource_type)
    if kind in _MAPS:
        name = _MAPS[kind]
        setattr(resource, name, {**given, **resource.properties.get(name, {})})
        return
    name = _LISTS.get(kind, "Tags")
    if name in resource.props:
        own: list[dict[str, Any]] = list(resource.properties.get(name, []))
        taken = {tag["Key"] for tag in own}
        resource.properties[name] = own + [
            {"Key": key, "Value": value} for key, value in given.items() if key not in taken
        ]
