"""The parameters of a stack: what is given, what is remembered, and what other stacks published."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from infra import graph
from infra.config import Config, WrongConfig
from infra.deployment.aws import Aws
from infra.deployment.stacks import Standing
from infra.deployment.telling import Trouble

PUBLISHED_TYPE: Final = "AWS::SSM::Parameter::Value<String>"
# SSM answers for this many names at once.
_BATCH: Final = 10
_COPIED_FROM: Final = "CopiedFrom"


def given(texts: Iterable[str]) -> dict[str, str]:
    """The parameters of `--parameter Name=value`. Raises WrongConfig."""
    pairs = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise WrongConfig(f"--parameter {text}: write Name=value, such as HostedZoneId=Z0123456789.")
        pairs[name] = value
    return pairs


def must_be_known(texts: Mapping[str, str], templates: Iterable[Mapping[str, Any]]) -> None:
    """Raises WrongConfig for a given parameter that no template has."""
    known = {
        name
        for template in templates
        for name, body in template.get("Parameters", {}).items()
        if body["Type"] != PUBLISHED_TYPE
    }
    if strange := sorted(set(texts) - known):
        there = f"they have {', '.join(sorted(known))}" if known else "they have none"
        raise WrongConfig(f"--parameter {strange[0]}: no such parameter in these stacks; {there}.")


def values(
    template: Mapping[str, Any], texts: Mapping[str, str], standing: Standing | None, before: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The parameters of a change set, as CloudFormation takes them.

    What was given in an earlier deploy stays; what was only the default of the template `before` follows the new
    default. Raises WrongConfig for a parameter that nobody has given yet.
    """
    asked = {name: body for name, body in template.get("Parameters", {}).items() if body["Type"] != PUBLISHED_TYPE}
    found = (_value(name, body, texts, standing, before) for name, body in asked.items())
    return [one for one in found if one]


def _value(
    name: str, body: Mapping[str, Any], texts: Mapping[str, str], standing: Standing | None, before: Mapping[str, Any]
) -> dict[str, Any]:
    if name in texts:
        return {"ParameterKey": name, "ParameterValue": texts[name]}
    remembered = standing.parameters.get(name) if standing else None
    was_default = before.get("Parameters", {}).get(name, {}).get("Default")
    if remembered is not None and remembered != str(was_default):
        return {"ParameterKey": name, "UsePreviousValue": True}
    if "Default" not in body:
        raise WrongConfig(
            f"The parameter {name} has no value yet ({body.get('Description') or body['Type']}). "
            f"Add --parameter {name}=value; later deploys remember it."
        )
    return {}


def template_of(cloudformation: Any, standing: Standing | None) -> dict[str, Any]:
    """The template that a stack has now; empty where there is no stack."""
    if standing is None:
        return {}
    body = cloudformation.get_template(StackName=standing.name, TemplateStage="Original")["TemplateBody"]
    found = json.loads(body) if isinstance(body, str) else body
    return dict(found)


def read_names(template: Mapping[str, Any]) -> list[str]:
    """The names of the published values that a template reads, by parameters or in its texts."""
    bodies = template.get("Parameters", {}).values()
    by_parameters = {str(body["Default"]) for body in bodies if body["Type"] == PUBLISHED_TYPE}
    return sorted(by_parameters | set(re.findall(r"\{\{resolve:ssm:([^:}]+)", json.dumps(template))))


def home_region(config: Config, name: str) -> str:
    """The region of the stack that publishes a value."""
    stack = stack_of(name)
    for part in graph.PARTS:
        if part.name == stack:
            return part.region(config)
    return config.region


def stack_of(name: str) -> str:
    """The stack that publishes a value, such as auth for /movierec/dev/auth/user-pool-id."""
    return name.split("/")[3]


def bring(aws: Aws, template: Mapping[str, Any], region: str) -> list[str]:
    """Copies the values that a template reads from the regions of their stacks to its own; answers what was copied.

    CloudFormation reads SSM in the stack's own region only. Raises Trouble for a value that nobody has published.
    """
    names = read_names(template)
    homes = {name: home_region(aws.config, name) for name in names}
    found: dict[str, str] = {}
    for home in sorted(set(homes.values())):
        found |= stored(aws, [name for name in names if homes[name] == home], home)
    if missing := [name for name in names if name not in found]:
        stack = stack_of(missing[0])
        raise Trouble(
            f"{missing[0]} is not published: deploy the stack {stack} first, "
            f"by `python -m infra deploy --env {aws.config.env} --stack {stack}`."
        )
    foreign = [name for name in names if homes[name] != region]
    present = stored(aws, foreign, region)
    stale = [name for name in foreign if present.get(name) != found[name]]
    for name in stale:
        _copy(aws.client("ssm", region), name, found[name], homes[name])
    return stale


def stored(aws: Aws, names: list[str], region: str) -> dict[str, str]:
    """The values of SSM parameters in a region, without those that are not there."""
    ssm = aws.client("ssm", region)
    found: dict[str, str] = {}
    for start in range(0, len(names), _BATCH):
        answer = ssm.get_parameters(Names=names[start : start + _BATCH])
        found |= {one["Name"]: str(one["Value"]) for one in answer["Parameters"]}
    return found


def _copy(ssm: Any, name: str, value: str, home: str) -> None:
    ssm.put_parameter(
        Name=name,
        Value=value,
        Type="String",
        Overwrite=True,
        Description=f"A copy of the value in {home}, which the deployer keeps equal.",
    )
    # SSM takes no tags where it overwrites.
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=[{"Key": _COPIED_FROM, "Value": home}])


def published(aws: Aws, region: str | None = None) -> dict[str, str]:
    """What the stacks of the environment published, by names such as auth/user-pool-id; copies are left aside."""
    config = aws.config
    start = f"/{config.domain}/{config.env}/"
    regions = [region] if region else sorted({part.region(config) for part in graph.parts(config)})
    found: dict[str, str] = {}
    for place in regions:
        for page in (
            aws.client("ssm", place).get_paginator("get_parameters_by_path").paginate(Path=start, Recursive=True)
        ):
            for one in page["Parameters"]:
                if home_region(config, one["Name"]) == place:
                    found[one["Name"].removeprefix(start)] = str(one["Value"])
    return found


def forget_copies(aws: Aws, stack: str, home: str) -> None:
    """Removes the copies of what a stack published in other regions than its own."""
    config = aws.config
    for region in sorted({part.region(config) for part in graph.PARTS} - {home}):
        ssm = aws.client("ssm", region)
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=f"/{config.domain}/{config.env}/{stack}/")
        names = [one["Name"] for page in pages for one in page["Parameters"]]
        for start in range(0, len(names), _BATCH):
            ssm.delete_parameters(Names=names[start : start + _BATCH])
