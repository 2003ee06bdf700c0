"""The REST API: its deployment, its stage with limits and logs, and its domain.

With a domain it stands at CloudFront's edges, because the domain's certificate is in CloudFront's region and an API is
where its domain is; without one it stays in its own region.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Final

from troposphere import AWSObject, GetAtt, Ref, Sub
from troposphere.apigateway import (
    AccessLogSetting,
    Account,
    ApiStage,
    BasePathMapping,
    Deployment,
    DomainName,
    EndpointConfiguration,
    MethodSetting,
    QuotaSettings,
    RestApi,
    Stage,
    ThrottleSettings,
    UsagePlan,
)
from troposphere.iam import Role
from troposphere.wafv2 import WebACLAssociation

from infra import names
from infra.config import Config
from infra.stack import Stack, arn_of
from infra.stacks import _keys, _logs, _reasons, _records
from infra.stacks.api import access_log, limits, methods, refusals
from infra.stacks.api.outputs import Gateway

STAGE: Final = "prod"
# The gateway packs answers, and unpacks bodies, by gzip; the application does neither.
PACK_FROM_BYTES: Final = 1024
# What is no text, to go through as it is. Not */*: every JSON body would be binary, and models look into none.
BINARY: Final = ["application/octet-stream", "font/woff2", "image/jpeg", "image/png", "image/webp", "image/x-icon"]
_LOGS_POLICY: Final = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"


def add(stack: Stack) -> Gateway:
    """The API with all that belongs to it."""
    api = _api(stack.config)
    stack.add(api)
    parts = [api, *methods.add(stack, api), *refusals.add(stack, api)]
    deployment = _deployment(api, parts)
    stack.add(deployment)
    stage = _add_stage(stack, api, deployment)
    stack.add(_plan(stack.config, api, stage))
    if stack.config.is_on("waf"):
        stack.add(_firewall(stack))
    if stack.config.api_host:
        _add_domain(stack, api, stage)
    return Gateway("RestApi", STAGE, f"/{STAGE}")


def _api(config: Config) -> RestApi:
    return RestApi(
        "RestApi",
        Name=config.prefix,
        Description="MovieRec's API",
        EndpointConfiguration=_endpoint(config),
        BinaryMediaTypes=BINARY,
        MinimumCompressionSize=PACK_FROM_BYTES,
    )


def _endpoint(config: Config) -> EndpointConfiguration:
    """Where the API is, and its domain with it, for IPv4 and IPv6."""
    return EndpointConfiguration(Types=["EDGE" if config.api_host else "REGIONAL"], IpAddressType="dualstack")


def _deployment(api: RestApi, parts: Iterable[AWSObject]) -> Deployment:
    """What the stage serves. A deployment is a copy, so that each other content needs one of another name."""
    made = {str(part.title): part for part in parts}
    content = {title: part.to_dict()["Properties"] for title, part in made.items()}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    return Deployment(f"Deployment{digest}", RestApiId=Ref(api), DependsOn=sorted(made.keys() - {"RestApi"}))


def _add_stage(stack: Stack, api: RestApi, deployment: Deployment) -> Stage:
    """The stage; the gateway may write logs, and there is a group for them that forgets, before it begins to."""
    execution = Sub(f"API-Gateway-Execution-Logs_${{RestApi}}/{STAGE}")
    executions = _logs.add_log_group(stack, "ExecutionLog", execution, _keys.key_of(stack, "security"))
    before = [_add_account(stack), executions]
    stage = Stage(
        "RestStage",
        RestApiId=Ref(api),
        DeploymentId=Ref(deployment),
        StageName=STAGE,
        TracingEnabled=stack.config.is_on("tracing"),
        MethodSettings=[_settings()],
        AccessLogSetting=AccessLogSetting(
            DestinationArn=access_log.add(stack), Format=access_log.line(access_log.REST)
        ),
        DependsOn=[str(one.title) for one in before],
    )
    stack.add(stage)
    stack.suppress(stage, _reasons.NO_GATEWAY_CACHE)
    for switch, reason in (("waf", _reasons.NO_FIREWALL), ("tracing", _reasons.TRACING_OFF)):
        if not stack.config.is_on(switch):
            stack.suppress(stage, reason)
    return stage


def _settings() -> MethodSetting:
    """Of every method. Bodies are never logged; figures by method would be 0.30 USD a month each."""
    return MethodSetting(
        HttpMethod="*",
        ResourcePath="/*",
        LoggingLevel="ERROR",
        DataTraceEnabled=False,
        MetricsEnabled=False,
        CachingEnabled=False,
        ThrottlingRateLimit=limits.REQUESTS_A_SECOND,
        ThrottlingBurstLimit=limits.BURST,
    )


def _add_account(stack: Stack) -> Account:
    """The role by which API Gateway writes logs: one for all APIs of an account in a region."""
    role = Role(
        "LogsRole",
        RoleName=names.role(stack.config, "api-logs"),
        AssumeRolePolicyDocument={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "apigateway.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        },
        ManagedPolicyArns=[Sub(_LOGS_POLICY)],
    )
    stack.suppress(role, _reasons.ASKED_FOR_BY_GATEWAY)
    stack.add(role)
    account = Account("GatewayAccount", CloudWatchRoleArn=arn_of(role))
    stack.add(account)
    return account


def _plan(config: Config, api: RestApi, stage: Stage) -> UsagePlan:
    return UsagePlan(
        "UsagePlan",
        UsagePlanName=config.prefix,
        Description="What one key may ask for",
        ApiStages=[ApiStage(ApiId=Ref(api), Stage=Ref(stage))],
        Throttle=ThrottleSettings(RateLimit=limits.PLAN_REQUESTS_A_SECOND, BurstLimit=limits.PLAN_BURST),
        Quota=QuotaSettings(Limit=limits.PLAN_REQUESTS_A_MONTH, Period="MONTH"),
    )


def _firewall(stack: Stack) -> WebACLAssociation:
    place = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${RestApi}/stages/${RestStage}"
    return WebACLAssociation("Firewall", ResourceArn=Sub(place), WebACLArn=stack.read("security", "web-acl-arn"))


def _add_domain(stack: Stack, api: RestApi, stage: Stage) -> None:
    name = DomainName(
        "RestDomain",
        DomainName=stack.config.api_host,
        CertificateArn=stack.read("dns", "api-certificate-arn"),
        EndpointConfiguration=_endpoint(stack.config),
        SecurityPolicy="TLS_1_2",
    )
    stack.add(name)
    stack.add(BasePathMapping("BasePath", DomainName=Ref(name), RestApiId=Ref(api), Stage=Ref(stage)))
    edge = _records.Target(GetAtt(name, "DistributionDomainName"), GetAtt(name, "DistributionHostedZoneId"))
    _records.add_aliases(stack, "Api", stack.config.api_host, _records.zone(stack), edge)
