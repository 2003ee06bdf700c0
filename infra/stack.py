"""A template that knows its configuration: parameters in groups, values that other stacks read, tags, suppressions."""

from __future__ import annotations

import re
from typing import Any, Final

from troposphere import AWSHelperFn, AWSObject, Export, GetAtt, Output, Parameter, Ref, Template
from troposphere.ssm import Parameter as SsmParameter

from infra import names, suppressions, tags
from infra.config import Config
from infra.suppressions import Suppressed, Suppression

Value = str | AWSHelperFn
_FROM_STACKS: Final = "Published by other stacks"


class Stack(Template):
    """The template of one stack of an environment in one region."""

    def __init__(self, config: Config, name: str, region: str, description: str) -> None:
        super().__init__(Description=description)
        self.set_version()
        self.config = config
        self.name = name
        self.region = region
        self.suppressed: list[Suppressed] = []
        self._groups: dict[str, list[str]] = {}
        self._labels: dict[str, str] = {}

    def add(self, resource: AWSObject) -> AWSObject:
        """Puts a resource into the template."""
        self.add_resource(resource)
        return resource

    def ask(self, parameter: Parameter, *, group: str, label: str) -> Ref:
        """A parameter of the stack, shown in a group of the console under a label."""
        self.add_parameter(parameter)
        self._groups.setdefault(group, []).append(str(parameter.title))
        self._labels[str(parameter.title)] = label
        return Ref(parameter)

    def read(self, stack: str, name: str) -> Ref:
        """A value that another stack of this environment published; CloudFormation fetches it from SSM."""
        title = _title(f"{stack}-{name}")
        if title not in self.parameters:
            place = names.parameter_name(self.config, stack, name)
            parameter = Parameter(title, Type="AWS::SSM::Parameter::Value<String>", Default=place)
            self.ask(parameter, group=_FROM_STACKS, label=f"{name} of the stack {stack}")
        return Ref(title)

    def reference(self, stack: str, name: str) -> str:
        """Like `read`, as a text that CloudFormation resolves, for values that never change.

        Control Tower's rules accept a text where they refuse a parameter.
        """
        return f"{{{{resolve:ssm:{names.parameter_name(self.config, stack, name)}}}}}"

    def publish(self, name: str, value: Value, description: str, *, export: str | None = None) -> None:
        """Makes a value known: as an output, and as the SSM parameter that other stacks read.

        `name` is in lower case with hyphens, such as user-pool-id; `export` is the name of an export, where it has one.
        """
        title = _title(name)
        exported = {"Export": Export(export)} if export else {}
        self.add_output(Output(title, Description=description, Value=value, **exported))
        place = names.parameter_name(self.config, self.name, name)
        self.add(SsmParameter(f"{title}Parameter", Name=place, Type="String", Value=value, Description=description))

    def suppress(self, resource: AWSObject, suppression: Suppression) -> None:
        """Notes at a resource which rules are not followed there, and why."""
        suppressions.note(resource, suppression)
        self.suppressed.append(Suppressed(suppression, str(resource.title)))

    def finish(self) -> Stack:
        """The last pass over a complete template: tags on all that can have them, and the groups of the parameters."""
        given = {
            "Environment": self.config.env,
            "Project": self.config.domain,
            "Stack": self.name,
            "ManagedBy": "cloudformation",
        }
        for resource in self.resources.values():
            tags.put(resource, given)
        if self._groups:
            self.set_metadata({**self.metadata, "AWS::CloudFormation::Interface": self._interface()})
        return self

    def _interface(self) -> dict[str, Any]:
        groups = [{"Label": {"default": group}, "Parameters": titles} for group, titles in self._groups.items()]
        labels = {title: {"default": label} for title, label in self._labels.items()}
        return {"ParameterGroups": groups, "ParameterLabels": labels}


def arn_of(resource: AWSObject) -> GetAtt:
    """The ARN of a resource of the same template."""
    return GetAtt(resource, "Arn")


def _title(name: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"[-/]", name))
