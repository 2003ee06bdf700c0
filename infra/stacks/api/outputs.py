"""What people and other stacks want to know: the API's address, and what a frontend and a backend need."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from troposphere import Export, Output, Ref, Sub

from infra import names
from infra.config import Config
from infra.declared import tables
from infra.stack import Stack, Value

_BUCKETS: Final = ("assets", "models", "catalogue")
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gateway:
    """An API that stands: its title in the template, its stage, and the path of the stage on the host AWS gives."""

    title: str
    stage: str
    path: str


def add(stack: Stack, gateway: Gateway) -> None:
    """The outputs; those that other stacks read are published."""
    host = f"${{{gateway.title}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"
    url = _url(stack.config, f"https://{host}{gateway.path}")
    stack.publish("id", Ref(gateway.title), "The id of the API")
    stack.publish("host", Sub(host), "The host that AWS gives the API")
    stack.publish("stage", gateway.stage, "The stage of the API")
    stack.publish("url", url, "The address of the API")
    frontend, backend = _frontend(stack, url), _backend(stack)
    _add_json(stack, "FrontendConfig", "What a frontend needs to know", frontend)
    _add_json(stack, "BackendConfig", "What a backend needs to know", backend)
    for title, value in _leaves({**backend, **frontend}):
        exported = {"Export": Export("MovieRecApiUrl")} if title == "ApiUrl" else {}
        stack.add_output(Output(title, Value=value, **exported))


def _url(config: Config, address: str) -> Value:
    return f"https://{config.api_host}" if config.api_host else Sub(address)


def _frontend(stack: Stack, url: Value) -> Values:
    return {
        "apiUrl": url,
        "region": Ref("AWS::Region"),
        "userPoolId": stack.read("auth", "user-pool-id"),
        "userPoolClientId": stack.read("auth", "user-pool-client-id"),
    }


def _backend(stack: Stack) -> Values:
    config = stack.config
    return {
        "region": Ref("AWS::Region"),
        "userPoolId": stack.read("auth", "user-pool-id"),
        "tables": {_camel(table.key): table.name_in(config) for table in tables.TABLES},
        "buckets": {purpose: names.bucket(config, purpose) for purpose in _BUCKETS},
        "functions": {"app": names.app_function(config), "jobs": names.jobs_function(config)},
    }


def _camel(key: str) -> str:
    first, *others = key.split("-")
    return first + "".join(word.capitalize() for word in others)


def _add_json(stack: Stack, title: str, description: str, values: Values) -> None:
    """An output with the values as one JSON object; CloudFormation puts in what it knows when it deploys."""
    known: dict[str, Any] = {}

    def place(value: Value) -> str:
        known[f"V{len(known)}"] = value
        return f"${{V{len(known) - 1}}}"

    text = json.dumps(values, default=place)
    stack.add_output(Output(title, Description=description, Value=Sub(text, **known)))


def _leaves(values: Values, before: str = "") -> Iterator[tuple[str, Any]]:
    """The single values, by titles such as TablesCache."""
    for name, value in values.items():
        title = before + name[0].upper() + name[1:]
        if isinstance(value, dict):
            yield from _leaves(value, title)
        else:
            yield title, value
