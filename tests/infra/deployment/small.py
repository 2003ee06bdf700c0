"""Small stacks that lean on one another as the real ones do, and a clock of the tests'."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from troposphere import GetAtt, ImportValue, Parameter, Ref
from troposphere.dynamodb import AttributeDefinition, KeySchema, Table
from troposphere.s3 import Bucket
from troposphere.secretsmanager import RotationSchedule
from troposphere.sqs import Queue
from troposphere.ssm import Parameter as SsmParameter

from infra.config import GLOBAL_REGION, Config
from infra.deployment.aws import Aws
from infra.deployment.waiting import Clock, until
from infra.graph import Part, at_cloudfront
from infra.stack import Stack


def function(aws: Aws, name: str) -> str:
    """Makes a Lambda function with a version, which is answered."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.py", "def handler(event, context):\n    return event\n")
    client = aws.client("lambda")
    client.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role="arn:aws:iam::000000000000:role/one",
        Handler="one.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    assert until(lambda: _is_active(client, name), Clock(), 30)
    return str(client.publish_version(FunctionName=name)["Version"])


def _is_active(client: Any, name: str) -> bool | None:
    return client.get_function_configuration(FunctionName=name)["State"] == "Active" or None


@dataclass
class Ticking:
    """A clock that moves on when somebody waits, and keeps the pauses."""

    time: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds


def clock(ticking: Ticking | None = None) -> Clock:
    used = ticking or Ticking()
    return Clock(now=lambda: used.time, wait=used.wait)


def dns(config: Config) -> Stack:
    stack = Stack(config, "dns", GLOBAL_REGION, "A value of the other region")
    stack.publish("site-certificate-arn", "arn:one", "The certificate")
    return stack


def data(config: Config) -> Stack:
    stack = Stack(config, "data", config.region, "A table")
    table = stack.add(
        Table(
            "Things",
            TableName=f"{config.prefix}-things",
            KeySchema=[KeySchema(AttributeName="id", KeyType="HASH")],
            AttributeDefinitions=[AttributeDefinition(AttributeName="id", AttributeType="S")],
            BillingMode="PAY_PER_REQUEST",
            DeletionPolicy="Retain",
        )
    )
    stack.publish("things-table-name", Ref(table), "The table", export=f"{config.prefix}Things")
    return stack


def compute(config: Config) -> Stack:
    stack = Stack(config, "compute", config.region, "A bucket and a queue")
    stack.add(Bucket("Deployment", BucketName=f"{config.prefix}-deployment"))
    stack.add(
        RotationSchedule("Rotation", SecretId="some-secret", RotationLambdaARN=stack.read("data", "things-table-name"))
    )
    return with_queue(stack)


def with_queue(stack: Stack, **properties: Any) -> Stack:
    queue = stack.add(Queue("Letters", QueueName=f"{stack.config.prefix}-letters", **properties))
    stack.publish("letters-arn", GetAtt(queue, "Arn"), "The queue")
    return stack


def api(config: Config) -> Stack:
    stack = Stack(config, "api", config.region, "A parameter of an operator's and two of stacks'")
    zone = stack.ask(Parameter("HostedZoneId", Type="String"), group="Domain", label="the zone")
    for title, value in (
        ("Zone", zone),
        ("Certificate", stack.read("dns", "site-certificate-arn")),
        ("Letters", stack.read("compute", "letters-arn")),
    ):
        stack.add(SsmParameter(title, Name=f"/{config.prefix}/{title}", Type="String", Value=value))
    stack.publish("url", "https://api.example.org", "The address")
    return stack


def budget(config: Config) -> Stack:
    stack = Stack(config, "budget", GLOBAL_REGION, "Left out on the embedded AWS")
    stack.publish("name", "budget", "The budget")
    return stack


def failing(build: Callable[[Config], Stack], after: tuple[str, ...] = ()) -> Callable[[Config], Stack]:
    """A stack with a resource more, which CloudFormation cannot make, once those are made."""

    def built(config: Config) -> Stack:
        stack = build(config)
        value = ImportValue(f"{config.prefix}Nowhere")
        name = f"/{config.prefix}/broken"
        stack.add(SsmParameter("Broken", Name=name, Type="String", Value=value, DependsOn=list(after)))
        return stack

    return built


PARTS = (
    Part("dns", dns, region=at_cloudfront),
    Part("data", data, needs=("dns",)),
    Part("compute", compute, needs=("data",)),
    Part("api", api, needs=("compute", "dns")),
    Part("budget", budget, region=at_cloudfront),
)


def changed(name: str, build: Callable[[Config], Stack]) -> tuple[Part, ...]:
    """The small stacks with another way to build one of them."""
    return tuple(replace(part, build=build) if part.name == name else part for part in PARTS)


def only(*names: str, parts: tuple[Part, ...] = PARTS) -> tuple[Part, ...]:
    """Some of the stacks."""
    return tuple(part for part in parts if part.name in names)
